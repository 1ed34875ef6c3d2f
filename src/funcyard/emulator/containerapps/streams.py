"""The data plane of Container Apps: lines that containers print, and system events, as they come.

A line of JSON each (recorded); the first say that the stream is connected. Whoever has a token of
the app or the environment (``getAuthToken``) may read. A stream that follows ends with its client,
with the replica, or with the local Azure.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from funcyard.emulator.containerapps import tokens
from funcyard.emulator.containerapps.addresses import STREAMS
from funcyard.emulator.containerapps.naming import APP, ENVIRONMENT, JOB
from funcyard.emulator.core.planes import told_as_failed
from funcyard.emulator.http import Answer, send_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from funcyard.emulator.containerapps.events import SystemEvent
    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.containerapps.runtime.told import LogLine
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.http import Receive, Scope, Send

_LOGGER = logging.getLogger(__name__)
_EVENTS: Final = re.compile(
    r"/subscriptions/([^/]+)/resourcegroups/([^/]+)/(managedenvironments|containerapps)/([^/]+)"
    r"/eventstream",
    re.IGNORECASE,
)
_LOGS: Final = re.compile(
    r"/subscriptions/([^/]+)/resourcegroups/([^/]+)/containerapps/([^/]+)/revisions/([^/]+)"
    r"/replicas/([^/]+)/containers/([^/]+)/logstream",
    re.IGNORECASE,
)
_MOST_LINES: Final = 300
_USUAL_LINES: Final = 20
_FORMATS: Final = ("json", "text")
_CONNECTING: Final = ("Connecting to the events collector...", "StartingGettingEvents")
_CONNECTED: Final = ("Successfully connected to events server", "ConnectedToEventsServer")
_WORDS: Final = {"true": True, "false": False}


class _RefusedError(Exception):
    """Nothing is streamed.

    Args:
        status: Of HTTP.
        code: What is wrong.
        message: For a person.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"error": {"code": code, "message": message}})


class _Asked(NamedTuple):
    """How a stream is wanted: whether to follow, how many lines at first, and in which form."""

    follows: bool
    most: int
    form: str


class StreamsApp:
    """The address of all streams.

    Args:
        core: Where apps are, and what runs of them.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, for as long as it is read."""
        if scope["type"] != "http":
            return
        try:
            lines = self._lines(scope)
        except _RefusedError as refused:
            await send_answer(send, refused.answer)
            return
        sending = asyncio.create_task(_send(send, lines))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            ended = await asyncio.gather(sending, leaving, return_exceptions=True)
        if isinstance(ended[0], Exception) and not isinstance(ended[0], OSError):
            _LOGGER.error("%s ended early", scope["path"], exc_info=ended[0])

    def _lines(self, scope: Scope) -> AsyncIterator[str]:
        path = unquote(scope["raw_path"].decode("latin-1"))
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] != "GET":
            raise _RefusedError(405, "MethodNotAllowed", "Streams are read by GET.")
        found = _EVENTS.fullmatch(path) or _LOGS.fullmatch(path)
        if found is None:
            raise _RefusedError(404, "NotFound", f"Nothing is streamed at '{path}'.")
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        token = headers.get(b"authorization", "").removeprefix("Bearer ")
        if found.re is _EVENTS:
            kinds = (ENVIRONMENT,) if found[3].lower() != "containerapps" else (APP, JOB)
            kept = self._opened((found[1], found[2], found[4]), kinds, token)
            column = "environment" if kept.type == ENVIRONMENT else "app"
            return self._events(column, kept.key, _asked(query))
        app = self._opened((found[1], found[2], found[3]), (APP,), token)
        revision, name, container = found[4], found[5], found[6]
        replica = self._core.container_apps.fleet.find(name)
        owner = f"{app.key}/revisions/{revision.lower()}"
        if replica is None or replica.owner != owner:
            raise _RefusedError(404, "ReplicaNotFound", f"The replica '{name}' was not found.")
        return self._log(replica, revision, container, _asked(query))

    def _opened(self, names: tuple[str, str, str], kinds: tuple[str, ...], token: str) -> Kept:
        """Return what a token opens.

        Raises:
            _RefusedError: It is not there, or not opened by this one.
        """
        subscription, group, name = names
        core = self._core
        for kind in kinds:
            where = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}"
            if not tokens.opens(core.store.key, token, where, core.clock.time()):
                continue
            kept = core.store.find(where)
            if kept is not None:
                return kept
        raise _RefusedError(401, "Unauthorized", "The token does not open this stream.")

    async def _events(self, column: str, key: str, asked: _Asked) -> AsyncIterator[str]:
        book, now = self._core.container_apps.events, self._core.clock.time
        yield _connection(now(), *_CONNECTING)
        yield _connection(now(), *_CONNECTED)
        last, found = book.last, book.tail(column, key, asked.most)
        while True:
            for number, event in found:
                yield _event(event)
                last = max(last, number)
            news = book.news()
            found = book.since(column, key, last) if asked.follows and not book.is_closed else []
            if found:
                continue
            if not asked.follows or book.is_closed:
                return
            await news.wait()

    def _log(
        self, replica: Replica, revision: str, container: str, asked: _Asked
    ) -> AsyncIterator[str]:
        running = replica.running
        if running is None:
            message = f"The replica '{replica.name}' does not run yet. {replica.trouble}".rstrip()
            raise _RefusedError(404, "ReplicaNotRunning", message)
        try:
            book = running.logs(container)
        except KeyError:
            message = f"The container '{container}' was not found."
            raise _RefusedError(404, "ContainerNotFound", message) from None
        write: Callable[[LogLine], str] = _line if asked.form == "json" else _text

        async def lines() -> AsyncIterator[str]:
            if asked.form == "json":
                now = self._core.clock.time
                yield _greeting(now(), f"Connecting to the container '{container}'...")
                yield _greeting(
                    now(),
                    f"Successfully Connected to container: '{container}' [Revision: '{revision}',"
                    f" Replica: '{replica.name}']",
                )
            last = -1
            for one in book.tail(asked.most or 1):
                if asked.most:
                    yield write(one)
                last = one.number
            if asked.follows:
                async for one in book.follow(last):
                    yield write(one)

        return lines()


async def serve(core: Core) -> None:
    """Serve the streams of a location, if they are not served.

    Raises:
        ArmError: No port can be bound.
    """
    if not core.planes.is_served(STREAMS):
        with told_as_failed():
            await core.planes.serve(STREAMS, StreamsApp(core))


def _asked(query: Mapping[str, str]) -> _Asked:
    follows = _WORDS.get(query.get("follow", "false").lower())
    most = query.get("tailLines", str(_USUAL_LINES))
    form = query.get("output", "json").lower()
    if follows is None or form not in _FORMATS or not most.isdecimal():
        raise _RefusedError(400, "BadRequest", "'follow', 'tailLines' or 'output' means nothing.")
    if int(most) > _MOST_LINES:
        raise _RefusedError(400, "BadRequest", f"'tailLines' is {most}: 0 to {_MOST_LINES}.")
    return _Asked(follows, int(most), form)


async def _send(send: Send, lines: AsyncIterator[str]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async with aclosing(lines) as told:  # type: ignore[type-var]
        async for line in told:
            body = f"{line}\n".encode()
            await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _connection(moment: float, message: str, reason: str) -> str:
    return json.dumps(
        {
            "TimeStamp": f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "Type": "Normal",
            "ContainerAppName": None,
            "RevisionName": None,
            "ReplicaName": None,
            "Msg": message,
            "Reason": reason,
            "EventSource": "ContainerAppController",
            "Count": 1,
        }
    )


def _event(event: SystemEvent) -> str:
    return json.dumps(
        {
            "TimeStamp": f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%d %H:%M:%S} +0000 UTC",
            "Type": event.type,
            "ContainerAppName": event.name,
            "RevisionName": event.revision,
            "ReplicaName": event.replica,
            "Msg": event.message,
            "Reason": event.reason,
            "EventSource": event.source,
            "Count": event.count,
        }
    )


def _greeting(moment: float, text: str) -> str:
    stamp = f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%f}"
    return json.dumps({"TimeStamp": stamp, "Log": text})


def _stamp(line: LogLine) -> str:
    return f"{datetime.fromtimestamp(line.time, UTC):%Y-%m-%dT%H:%M:%S.%f}0+00:00"


def _line(line: LogLine) -> str:
    return json.dumps({"TimeStamp": _stamp(line), "Log": line.text})


def _text(line: LogLine) -> str:
    return f"{_stamp(line)} {line.text}"
