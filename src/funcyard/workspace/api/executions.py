"""Executions as a caller has them done: started once, followed by their log, read to their end.

A log is asked for piece by piece, not streamed: a gateway ends a call in which nothing is sent for
long, and an execution outlives every connection.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import UsageError
from funcyard.workspace.api.errors import (
    NO_JSON,
    WHERE,
    ApiRefusedError,
    ApiTimeoutError,
    ApiUnreachableError,
)
from funcyard.workspace.api.paths import segment
from funcyard.workspace.http_address import is_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.workspace.api.client import ApiAnswer, ApiClient

SUCCESS: Final = "Success"
RETURNED: Final = frozenset({SUCCESS, "CompletedWithErrors"})
"""How executions end that have a result."""

ENDED: Final = RETURNED | {"Failed", "Timeout", "Cancelled"}
"""How executions end."""

_AT_ONCE: Final = 5.0
"""After how many seconds the log of an execution is followed that was to be answered at once."""

_SOONEST: Final = 0.1
_LATEST: Final = 1.0
_SLOWER: Final = 1.5


_LONGEST_KEY: Final = 200
_AWAY: Final = (0.5, 1.0, 2.0, 4.0)
"""How many seconds a platform is waited for that does not answer while a log is followed."""


class IdempotencyKeyError(UsageError):
    """What is given as an idempotency key can be none."""

    code = "workspace-idempotency-key"


@dataclass(frozen=True, slots=True)
class LogPart:
    """A part of a log.

    Attributes:
        entries: ``time``, ``level``, ``source`` and ``text`` of each.
        next: The place to go on from.
        over: Whether nothing follows.
    """

    entries: list[dict[str, Any]]
    next: int
    over: bool


def start(
    api: ApiClient, name: str, given: Mapping[str, Any], *, wait: bool, key: str | None = None
) -> dict[str, Any]:
    """Start a workflow and return its execution: as it ended, or as it stands.

    Every start has an idempotency key, so that one whose answer is lost is found again.

    Args:
        api: The platform.
        name: The workflow's.
        given: Its parameters.
        wait: Whether a workflow whose mode is ``sync`` is waited for, a few seconds.
        key: The idempotency key; a new one unless given.

    Raises:
        IdempotencyKeyError: The key can be none.
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    if key is not None and (not key or len(key) > _LONGEST_KEY or not is_word(key)):
        raise IdempotencyKeyError(
            "that can be no idempotency key",
            hint=f"1 to {_LONGEST_KEY} characters of ASCII, without spaces",
        )
    body = {"input": dict(given)} | ({} if wait else {"mode": "async"})
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    place = f"/workflows/{segment(name)}/executions"
    impatient = replace(api, seconds=min(_AT_ONCE, api.seconds)) if wait else api
    try:
        answer = impatient.ask("POST", place, body, headers=headers)
    except ApiTimeoutError:
        answer = api.ask("POST", place, body, headers=headers)
    started: dict[str, Any] = answer.json
    return started


def read(api: ApiClient, identity: str) -> dict[str, Any]:
    """Return an execution as it stands.

    Raises:
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    found: dict[str, Any] = api.call("GET", f"/executions/{segment(identity)}")
    return found


def result(api: ApiClient, identity: str) -> Any:  # noqa: ANN401 - JSON
    """Return what an execution returned.

    Raises:
        ApiRefusedError: It returned nothing (yet).
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    return api.call("GET", f"/executions/{segment(identity)}/result")


def log(api: ApiClient, identity: str, after: int = 0) -> LogPart:
    """Return an execution's log from a place on, as far as it is there.

    Raises:
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    return _part(_log(api, identity, after))


def follow(api: ApiClient, identity: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of an execution's log as they come, until it is over.

    A platform that is away meanwhile, while a new release of it is deployed say, is waited for some
    seconds.

    Raises:
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    place, pause = 0, _SOONEST
    while True:
        part = _part(_patiently(api, identity, place))
        yield from part.entries
        if part.over:
            return
        pause = _SOONEST if part.next > place else min(pause * _SLOWER, _LATEST)
        place = part.next
        time.sleep(pause)


def _patiently(api: ApiClient, identity: str, after: int) -> ApiAnswer:
    for pause in _AWAY:
        try:
            return _log(api, identity, after)
        except ApiUnreachableError:
            time.sleep(pause)
        except ApiRefusedError as fault:
            if fault.status != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            time.sleep(pause)
    return _log(api, identity, after)


def _log(api: ApiClient, identity: str, after: int) -> ApiAnswer:
    place = f"/executions/{segment(identity)}/logs"
    return api.ask("GET", place, query={"after": str(after)})


def _part(answer: ApiAnswer) -> LogPart:
    try:
        entries = [json.loads(line) for line in answer.content.splitlines()]
        following = int(answer.headers["X-Log-Next"])
    except (*NO_JSON, TypeError):
        raise ApiUnreachableError(
            "that is no workspace platform: its answer is no log", hint=WHERE
        ) from None
    return LogPart(entries, following, answer.headers["X-Log-Over"] == "true")
