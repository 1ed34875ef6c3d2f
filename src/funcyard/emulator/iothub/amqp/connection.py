"""A service that is connected by AMQP: it says who it is, and sends messages to devices.

It puts a token to ``$cbs`` and gets an answer; it attaches to ``/messages/devicebound``, and each
message that it sends there is kept for its device before it is settled.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub import access, errors
from funcyard.emulator.iothub.amqp import frames, links, messages
from funcyard.emulator.iothub.amqp.links import CREDIT, Link, Session, Use
from funcyard.emulator.iothub.amqp.types import BadValueError, Described, Symbol, UInt, UShort
from funcyard.emulator.iothub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.iothub.amqp.frames import Frame
    from funcyard.emulator.iothub.amqp.messages import AmqpMessage
    from funcyard.emulator.iothub.hub import Hub

_IDLE_SECONDS: Final = 120
_WINDOW: Final = 5000
_MECHANISMS: Final = ("MSSBCBS", "ANONYMOUS")
_GOOD: Final = 200
_TO: Final = re.compile(r"/?devices/([^/]+)/messages/devicebound", re.IGNORECASE)
_PATH: Final = "/messages/devicebound"
_MOST_SESSIONS: Final = 16
_MOST_LINKS: Final = 64
_LEAST_PAUSE_SECONDS: Final = 0.05


class AmqpConnection:
    """A connection of a service.

    Args:
        hub: Whose devices are meant.
        reader: Where the service is heard.
        writer: Where it is answered.
    """

    def __init__(
        self, hub: Hub, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._writer = writer
        self._sessions: dict[int, Session] = {}
        self._token = ""
        self._beat: asyncio.Task[None] | None = None
        self._handlers: dict[int, Callable[[Frame], None]] = {
            frames.BEGIN: self._begin,
            frames.ATTACH: self._attach,
            frames.FLOW: lambda _: None,
            frames.TRANSFER: self._transfer,
            frames.DISPOSITION: lambda _: None,
            frames.DETACH: self._detach,
            frames.END: self._end,
        }

    async def serve(self) -> None:
        """Answer until the service leaves.

        Raises:
            BadValueError: It says what is no AMQP, or nothing that a hub takes.
            OSError: It went away.
        """
        try:
            await self._sign_in()
            await self._open()
            while (frame := await self._read()).kind != frames.CLOSE:
                if frame.kind is None:
                    continue  # it is there
                handler = self._handlers.get(frame.kind)
                if handler is None:
                    raise BadValueError(f"a service sends no frames {frame.kind:#x}")
                handler(frame)
                await self._writer.drain()
            self._send(frames.CLOSE, [])
            await self._writer.drain()
        finally:
            if self._beat is not None:
                self._beat.cancel()
                await asyncio.gather(self._beat, return_exceptions=True)

    async def _sign_in(self) -> None:
        """Let anybody in: a token says later who it is."""
        await self._expect(frames.SASL_HEADER)
        names = [Symbol(name) for name in _MECHANISMS]
        self._writer.write(frames.mechanisms(names))
        asked = await self._read()
        if asked.kind != frames.INIT or asked.fields["mechanism"] not in _MECHANISMS:
            raise BadValueError("the service signs in by no mechanism that a hub has")
        self._writer.write(frames.outcome(0))

    async def _open(self) -> None:
        await self._expect(frames.HEADER)
        asked = await self._read()
        if asked.kind != frames.OPEN:
            raise BadValueError("the first frame is no OPEN")
        host = asked.fields["host"]
        limits = [UInt(frames.LARGEST), UShort(_MOST_SESSIONS - 1), UInt(_IDLE_SECONDS * 1000)]
        self._send(frames.OPEN, [self._hub.name, host if isinstance(host, str) else None, *limits])
        idle = asked.fields["idle"]
        if isinstance(idle, int) and idle > 0:
            self._beat = asyncio.create_task(
                self._keep_alive(max(idle / 2000, _LEAST_PAUSE_SECONDS))
            )

    async def _keep_alive(self, seconds: float) -> None:
        with contextlib.suppress(OSError):
            while True:
                await asyncio.sleep(seconds)
                self._writer.write(frames.empty())
                await self._writer.drain()

    def _begin(self, frame: Frame) -> None:
        if frame.channel >= _MOST_SESSIONS:
            raise BadValueError(f"a connection has no more than {_MOST_SESSIONS} sessions")
        session = Session(frame.channel, frame.number("next_outgoing"))
        self._sessions[frame.channel] = session
        window, last = UInt(_WINDOW), UInt(_MOST_LINKS - 1)
        self._send(frames.BEGIN, [UShort(frame.channel), UInt(0), window, window, last], session)

    def _attach(self, frame: Frame) -> None:
        session, handle = self._session(frame), frame.number("handle")
        if handle >= _MOST_LINKS:
            raise BadValueError(f"a session has no more than {_MOST_LINKS} links")
        self._send(frames.ATTACH, links.attached(frame), session)
        use = links.use_of(frame)
        try:
            if use is None:
                raise errors.not_served("this by AMQP", "It takes messages to devices.")
            if use is Use.DEVICES:
                self._check()
        except HubError as fault:
            self._send(frames.DETACH, [UInt(handle), True, links.error(fault)], session)
            return
        link = session.links[handle] = Link(handle, use)
        if use is not Use.ANSWERS:
            self._grant(session, link)

    def _transfer(self, frame: Frame) -> None:
        session = self._session(frame)
        session.incoming = links.next_number(session.incoming)
        link = session.links.get(frame.number("handle"))
        if link is None:
            return  # it was refused, and the service has not heard of that yet
        link.add(frame)
        if frame.fields["aborted"]:
            link.count = links.next_number(link.count)
            link.clear()
        elif not frame.fields["more"]:
            self._take(session, link)

    def _take(self, session: Session, link: Link) -> None:
        """Take a message of which all has come."""
        message = None if link.is_too_large else messages.read(bytes(link.payload))
        link.count = links.next_number(link.count)
        state = self._taken(link, message)
        if not link.is_settled:
            number = UInt(link.delivery or 0)
            self._send(frames.DISPOSITION, [True, number, number, True, state], session)
        link.clear()
        if link.use is Use.TOKENS and message is not None:
            # Clients want its answer after it is settled.
            self._answer(session, message, *self._take_token(message))
        if link.count % (CREDIT // 2) == 0:
            self._grant(session, link)

    def _taken(self, link: Link, message: AmqpMessage | None) -> Described:
        """Take a message, None where it is too large; return what becomes of it."""
        if message is None:
            large = links.error(HubError(413, "MessageTooLarge"))
            return Described(frames.REJECTED, [large])
        try:
            if link.use is Use.DEVICES:
                self._check()
                self._keep(message)
        except HubError as fault:
            return Described(frames.REJECTED, [links.error(fault)])
        return Described(frames.ACCEPTED, [])

    def _take_token(self, message: AmqpMessage) -> tuple[int, str]:
        """Take a token; return whether it counts, as a status of HTTP, and why."""
        if message.application.get("operation") != "put-token":
            return 400, "The operation is not put-token."
        token = str(message.body)
        try:
            self._check(token)
        except HubError as fault:
            return fault.status, fault.message
        self._token = token
        return _GOOD, "OK"

    def _answer(self, session: Session, asked: AmqpMessage, status: int, reason: str) -> None:
        told = {"status-code": status, "status-description": reason}
        for link in session.links.values():
            if link.use is Use.ANSWERS:
                number = UInt(session.outgoing)
                tag = session.outgoing.to_bytes(4)
                session.outgoing = links.next_number(session.outgoing)
                link.count = links.next_number(link.count)
                values = [UInt(link.handle), number, tag, UInt(0), True, False]
                payload = messages.answer(asked, told)
                self._send(frames.TRANSFER, values, session, payload=payload)

    def _keep(self, message: AmqpMessage) -> None:
        to = str(message.properties.get("to") or "")
        found = _TO.fullmatch(to)
        if found is None:
            raise errors.bad_argument(f"'{to}' is no device's.")
        texts = message.texts
        if texts.pop("iothub-ack", "none").lower() != "none":
            raise errors.not_served("feedback on messages", "Send without iothub-ack.")
        device = self._hub.device(found[1])
        system = {**message.system, "to": to}
        self._hub.queue.send(device, message.payload, texts, system)

    def _check(self, token: str | None = None) -> None:
        """Refuse a service that may not send, or may no more."""
        access.check_service(
            self._hub.core,
            self._hub.kept,
            self._token if token is None else token,
            path=_PATH,
            right="ServiceConnect",
            action="cloudToDeviceMessages/send/action",
        )

    def _grant(self, session: Session, link: Link) -> None:
        window = UInt(_WINDOW)
        ours = [UInt(session.incoming), window, UInt(session.outgoing), window]
        values = [*ours, UInt(link.handle), UInt(link.count), UInt(CREDIT)]
        self._send(frames.FLOW, values, session)

    def _detach(self, frame: Frame) -> None:
        session, handle = self._session(frame), frame.number("handle")
        if session.links.pop(handle, None) is not None:
            self._send(frames.DETACH, [UInt(handle), bool(frame.fields["closed"])], session)

    def _end(self, frame: Frame) -> None:
        session = self._session(frame)
        del self._sessions[session.channel]
        self._send(frames.END, [], session)

    def _session(self, frame: Frame) -> Session:
        found = self._sessions.get(frame.channel)
        if found is None:
            raise BadValueError(f"session {frame.channel} was not begun")
        return found

    async def _expect(self, header: bytes) -> None:
        async with asyncio.timeout(_IDLE_SECONDS):
            found = await self._reader.readexactly(len(header))
        self._writer.write(header)
        if found != header:
            raise BadValueError(f"{found!r} begins no AMQP that is spoken here")

    async def _read(self) -> Frame:
        async with asyncio.timeout(2 * _IDLE_SECONDS):
            return await frames.read(self._reader)

    def _send(
        self, kind: int, values: list[Any], session: Session | None = None, *, payload: bytes = b""
    ) -> None:
        channel = session.channel if session is not None else 0
        self._writer.write(frames.frame(kind, values, channel=channel, payload=payload))
