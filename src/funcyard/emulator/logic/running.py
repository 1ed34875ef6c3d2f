"""A run of a workflow: its actions one after another, each as those before it ended."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from funcyard.emulator.logic.expressions import ExpressionError, Known, settled
from funcyard.emulator.logic.runs import RUNNING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.logic.definition import Action, Definition
    from funcyard.emulator.logic.runs import Runs

_LOGGER = logging.getLogger(__name__)
_SECONDS: Final = 120
_CHUNK: Final = 64 * 1024
LARGEST_ANSWER: Final = 100 * 1024 * 1024
"""Of what an action calls, as in Azure."""

_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [ -~]*")
_REFUSED: Final = 400
_SUCCEEDED: Final = "Succeeded"
_FAILED: Final = "Failed"
_SKIPPED: Final = "Skipped"
_CODES: Final = {_SUCCEEDED: "OK", _FAILED: "ActionFailed", _SKIPPED: "ActionSkipped"}


class Run:
    """One run.

    Args:
        runs: Where it is recorded.
        definition: What is done.
        trigger: What the request told: ``headers``, ``queries`` and ``body``.
        now: Returns the time of day as Azure writes it.
        trust: What the addresses of this machine are trusted by.

    Attributes:
        name: Its own.
        response: Done with status, headers and body once an action responded; with None where the
            run ended without.
    """

    def __init__(
        self,
        runs: Runs,
        definition: Definition,
        trigger: Json,
        now: Callable[[], str],
        trust: ssl.SSLContext,
    ) -> None:
        self.name = f"{uuid.uuid4().int:040d}"[-20:] + uuid.uuid4().hex[:10].upper()
        self.response: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._runs = runs
        self._definition = definition
        self._now = now
        self._trust = trust
        self._told: dict[str, Json] = {}
        self._record: Json = {
            "name": self.name,
            "status": RUNNING,
            "startTime": now(),
            "endTime": None,
            "trigger": {"name": definition.trigger, "outputs": trigger},
            "actions": {},
        }
        runs.save(self._record)

    async def carry_out(self) -> None:
        """Do what the workflow says, and record how it went."""
        try:
            for one in self._definition.actions:
                self._record["actions"][one.name] = await self._done(one)
                self._runs.save(self._record)
            self._end(self._status())
        except Exception:
            _LOGGER.exception("run %s", self.name)
            self._end(_FAILED)
        finally:
            if not self.response.done():
                self.response.set_result(None)

    def _end(self, status: str) -> None:
        self._record |= {"status": status, "endTime": self._now()}
        self._runs.save(self._record)

    async def _done(self, one: Action) -> Json:
        began = self._now()
        actions = self._record["actions"]
        if not all(actions[other]["status"] in allowed for other, allowed in one.after.items()):
            return self._ended(one, began, _SKIPPED, error=_error("ActionSkipped", "runAfter"))
        known = Known(self._record["trigger"]["outputs"], self._told, self._definition.parameters)
        try:
            inputs = settled(one.inputs, known)
            outputs = await self._http(inputs) if one.type == "Http" else self._respond(inputs)
        except (ExpressionError, _BadInputsError) as fault:
            return self._ended(one, began, _FAILED, error=_error("InvalidTemplate", str(fault)))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
            told = f"Http request failed: {type(fault).__name__} {fault}"
            return self._ended(one, began, _FAILED, error=_error("BadRequest", told))
        self._told[one.name] = outputs
        status = _FAILED if outputs["statusCode"] >= _REFUSED and one.type == "Http" else _SUCCEEDED
        return self._ended(one, began, status, inputs=inputs, outputs=outputs)

    async def _http(self, inputs: Json) -> Json:
        body = inputs.get("body")
        headers = {str(name): str(value) for name, value in (inputs.get("headers") or {}).items()}
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        queries = {str(name): str(one) for name, one in (inputs.get("queries") or {}).items()}
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(
                str(inputs["method"]),
                str(inputs["uri"]),
                params=queries,
                headers=headers,
                data=body,
                ssl=self._trust,
            ) as answer,
        ):
            content = await _content(answer)
            told = dict(answer.headers.items())
            return {
                "statusCode": answer.status,
                "headers": told,
                "body": body_of(content, answer.headers.get("Content-Type", "")),
            }

    def _respond(self, inputs: Json) -> Json:
        status = inputs["statusCode"]
        if isinstance(status, str) and status.isdecimal():
            status = int(status)
        if type(status) is not int or not 200 <= status <= 599:  # noqa: PLR2004 - HTTP's own
            raise _BadInputsError(f"the status code {status!r} is none")
        if self.response.done():
            raise _BadInputsError("the request was answered already")
        for name, value in (inputs.get("headers") or {}).items():
            if not _HEADER.fullmatch(f"{name}: {value}"):
                raise _BadInputsError(f"the header '{name}' cannot be sent")
        answer = {**inputs, "statusCode": status}
        self.response.set_result(answer)
        return answer

    def _ended(
        self,
        one: Action,
        began: str,
        status: str,
        *,
        inputs: Json | None = None,
        outputs: Json | None = None,
        error: Json | None = None,
    ) -> Json:
        told: Json = {
            "type": one.type,
            "status": status,
            "startTime": began,
            "endTime": self._now(),
        }
        told["code"] = _CODES[status]
        for name, value in (("inputs", inputs), ("outputs", outputs), ("error", error)):
            if value is not None:
                told[name] = value
        return told

    def _status(self) -> str:
        """Return how the run ended: by its last actions; of one that was skipped, those before."""
        actions = self._definition.actions
        waited_for = {other for one in actions for other in one.after}
        by_name = {one.name: one for one in actions}
        waiting = [one for one in actions if one.name not in waited_for]
        while waiting:
            one = waiting.pop()
            status = self._record["actions"][one.name]["status"]
            if status == _FAILED:
                return _FAILED
            if status == _SKIPPED:
                waiting += [by_name[other] for other in one.after]
        return _SUCCEEDED


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise ValueError(f"the answer has more than {LARGEST_ANSWER} bytes")
    return bytes(content)


class _BadInputsError(Exception):
    """What an action is given cannot be meant."""


def body_of(content: bytes, kind: str) -> Any:  # noqa: ANN401 - JSON
    """Return a body as workflows see it: JSON where it says so, else its text; None for none."""
    if not content:
        return None
    text = content.decode("utf-8", "replace")
    if "json" in kind.lower():
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _error(code: str, message: str) -> Json:
    if code == "ActionSkipped":
        message = "The execution of the action is skipped: its 'runAfter' condition is not met."
    return {"code": code, "message": message}
