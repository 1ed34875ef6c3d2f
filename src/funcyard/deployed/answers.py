"""What a deployed app answered, and what that means.

The admin routes are the Functions host's own, so an answer comes from the host, or from what stands
before it, an ingress or a proxy; their words tell them apart.
https://github.com/Azure/azure-functions-host/wiki/Admin-API
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_OK = 200
_REDIRECTS = range(300, 400)
_REFUSALS = (401, 403)
_NOT_FOUND = 404
_UNAVAILABLE = 503
_SIGN_IN = ("login.microsoftonline.com", "login.windows.net", "/.auth/login")
_SHOWN = 300

NOT_RUNNING = "Function host is not running."
"""What the host answers to any request while it is not ready (HostAvailabilityCheckMiddleware)."""

STOPPED = "Container App is stopped or does not exist"
"""What the ingress of Container Apps says of an app that has no replica to be had."""


class Standing(Enum):
    """How far a request for the host's status came."""

    UNREACHABLE = "unreachable"
    """No Functions host answered."""
    REFUSED = "refused"
    """Somebody answered who wants another key, or a sign-in."""
    DOWN = "down"
    """The host answered that it does not run."""
    TOLD = "told"
    """The host told its status."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back.

    Attributes:
        path: What was asked for.
        status: The answer's status, 0 where none came.
        headers: The answer's headers, names in lower case.
        body: The answer's text.
        failure: Why no answer came.
    """

    path: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    failure: str = ""

    @property
    def document(self) -> Any:  # noqa: ANN401 - JSON
        """The answer's JSON, None where it is none."""
        try:
            return json.loads(self.body) if self.status == _OK else None
        except ValueError:
            return None

    @property
    def quoted(self) -> str:
        """The answer as evidence: what was asked, its status, and the first of its words."""
        if self.failure:
            return f"GET {self.path}: {self.failure}"
        words = " ".join(self.body.split())
        shown = words[:_SHOWN] + ("…" if len(words) > _SHOWN else "")
        return f"GET {self.path}: {self.status} {shown}".rstrip()


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed app as it answered.

    Attributes:
        url: Its address.
        with_key: Whether a key was sent.
        home: The answer of its root.
        status: The answer to ``/admin/host/status``; None where the root gave none.
        functions: The answer to ``/admin/functions``, likewise.
        skew: Seconds that this machine's clock is ahead of the app's, None where it told no time.
    """

    url: str
    with_key: bool
    home: Exchange
    status: Exchange | None = None
    functions: Exchange | None = None
    skew: float | None = None

    @property
    def standing(self) -> Standing:
        """How far the request for the status came."""
        answer = self.answer
        if answer.failure:
            return Standing.UNREACHABLE
        if answer.status in _REFUSALS or self._wants_a_sign_in(answer):
            return Standing.REFUSED
        if answer.status == _UNAVAILABLE and NOT_RUNNING in answer.body:
            return Standing.DOWN
        if isinstance(answer.document, dict) and "state" in answer.document:
            return Standing.TOLD
        return Standing.UNREACHABLE

    @property
    def answer(self) -> Exchange:
        """The answer that says most: that of the host's status, else that of the root."""
        return self.status or self.home

    @property
    def state(self) -> str:
        """The host's state, such as ``Running`` or ``Error``; empty where it is not told."""
        document = self.answer.document
        return str(document.get("state", "")) if isinstance(document, dict) else ""

    @property
    def errors(self) -> tuple[str, ...]:
        """What the host says is wrong with it."""
        document = self.answer.document
        errors = document.get("errors") if isinstance(document, dict) else None
        return tuple(map(str, errors)) if isinstance(errors, list) else ()

    @property
    def names(self) -> tuple[str, ...] | None:
        """The functions that the host serves, None where it did not list them."""
        listed = self.functions.document if self.functions else None
        if not isinstance(listed, list):
            return None
        return tuple(str(one["name"]) for one in listed if isinstance(one, dict) and "name" in one)

    @property
    def why_unreachable(self) -> str:
        """What keeps the host from being reached, as words that go on from *because*."""
        answer = self.answer
        if answer.failure:
            return answer.failure
        if answer.status in _REDIRECTS:
            return f"it redirects to {answer.headers.get('location', 'somewhere')}"
        if answer.status == _NOT_FOUND:
            return _not_found(answer)
        if answer.status == _OK:
            return "something else than a Functions host answers there"
        return _from_before_the_host(answer)

    @staticmethod
    def _wants_a_sign_in(answer: Exchange) -> bool:
        target = answer.headers.get("location", "")
        return answer.status in _REDIRECTS and any(mark in target for mark in _SIGN_IN)


def _not_found(answer: Exchange) -> str:
    if STOPPED in answer.body:
        return "the ingress knows no running container app of that name"
    return "nothing there knows the host's status: the address is not that of a Functions host"


def _from_before_the_host(answer: Exchange) -> str:
    for words, meaning in _INGRESS.items():
        if words in answer.body:
            return meaning
    return f"it answers {answer.status}"


_INGRESS = {
    "no healthy upstream": "the ingress has no healthy replica to send it to",
    "upstream connect error": (
        "the ingress cannot connect to the container: nothing listens on the target port, or it"
        " has not started"
    ),
    "stream timeout": "the ingress waited for the container in vain",
    "upstream request timeout": "the ingress waited for the container in vain",
}
"""What Envoy, the ingress of Container Apps, says on its own account."""
