"""AMQP of a hub, frame by frame: what it is for, and what it refuses."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from tests import local_azure
from tests.integration.emulator.iothub import Hub
from tests.local_azure import LocalAzure

from funcyard.emulator.iothub.amqp import frames
from funcyard.emulator.iothub.amqp.frames import Frame
from funcyard.emulator.iothub.amqp.types import Described, Symbol, UInt, written

_GROUP = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.call("PUT", _GROUP, {"location": "westeurope"})
    with pytest.MonkeyPatch.context() as patched:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patched.setenv(name, service.ca)
        yield service
    service.end()


@pytest.fixture(scope="module")
def hub(azure: LocalAzure) -> Hub:
    return Hub.make(azure, "sent-to-hub")


class Service:
    """A service that says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def at(cls, hub: Hub) -> Service:
        trusting = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        host = hub.host.partition(":")[0]
        return cls(*await asyncio.open_connection(host, 5671, ssl=trusting, server_hostname=host))

    @classmethod
    async def opened(cls, hub: Hub, *, idle: int | None = None) -> Service:
        """Return one that is signed in and has begun a session."""
        made = await cls.at(hub)
        made.writer.write(frames.SASL_HEADER)
        assert await made.reader.readexactly(8) == frames.SASL_HEADER
        offered = await made.read()
        assert (offered.kind, offered.channel) == (frames.MECHANISMS, 0)
        made.say(frames.INIT, [Symbol("ANONYMOUS")], layer=frames.SASL)
        assert (await made.read()).kind == frames.OUTCOME
        made.writer.write(frames.HEADER)
        assert await made.reader.readexactly(8) == frames.HEADER
        waits = None if idle is None else UInt(idle)
        made.say(frames.OPEN, ["test", hub.host, None, None, waits])
        assert (await made.read()).fields["idle"] == 120_000
        made.say(frames.BEGIN, [None, UInt(7), UInt(10), UInt(10)])
        begun = await made.read()
        assert (begun.kind, begun.fields["remote"]) == (frames.BEGIN, 0)
        return made

    def say(self, kind: int, values: list[Any], **more: Any) -> None:  # noqa: ANN401 - as frame
        self.writer.write(frames.frame(kind, values, **more))

    async def read(self) -> Frame:
        async with asyncio.timeout(20):
            return await frames.read(self.reader)

    def attach(self, handle: int, source: str | None, target: str | None) -> None:
        """Ask for a link; with a source it is to receive."""
        ends = [Described(frames.SOURCE, [source]), Described(frames.TARGET, [target])]
        is_receiver = source is not None
        self.say(frames.ATTACH, [f"l{handle}", UInt(handle), is_receiver, None, None, *ends])

    async def has_ended(self) -> bool:
        async with asyncio.timeout(20):
            try:
                while await self.reader.read(1024):
                    pass
            except ConnectionError:
                pass
        await self.end()
        return True

    async def end(self) -> None:
        """Leave."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


def _condition(frame: Frame) -> str:
    error = frame.fields["error"]
    return str(error.value[0])


@pytest.mark.parametrize(
    ("source", "target", "condition"),
    [
        ("/messages/servicebound/feedback", None, "amqp:not-implemented"),
        (None, "/devices/d/messages/events", "amqp:not-implemented"),
        (None, "/messages/devicebound", "amqp:unauthorized-access"),
    ],
)
async def test_a_link_that_a_hub_has_not_is_refused(
    hub: Hub, source: str | None, target: str | None, condition: str
) -> None:
    service = await Service.opened(hub)
    service.attach(3, source, target)
    assert (await service.read()).kind == frames.ATTACH
    detached = await service.read()
    assert (detached.kind, _condition(detached)) == (frames.DETACH, condition)
    service.say(frames.CLOSE, [])
    assert (await service.read()).kind == frames.CLOSE
    assert await service.has_ended()


@pytest.mark.parametrize(
    "body",
    [Described(0x77, "SharedAccessSignature nothing"), Described(0x77, "Bearer nothing")],
)
async def test_a_token_that_is_none_is_told_so(hub: Hub, body: Described) -> None:
    service = await Service.opened(hub)
    service.attach(0, None, "$cbs")
    assert [(await service.read()).kind for _ in range(2)] == [frames.ATTACH, frames.FLOW]
    service.attach(1, "$cbs", None)
    assert (await service.read()).kind == frames.ATTACH
    asked = Described(0x74, {"operation": "put-token"})
    message = written(Described(0x73, ["q1"])) + written(asked) + written(body)
    half = len(message) // 2
    first = [UInt(0), UInt(0), b"t", UInt(0), False, True]
    service.say(frames.TRANSFER, first, payload=message[:half])
    service.say(frames.TRANSFER, [UInt(0), UInt(0), b"t", UInt(0), False], payload=message[half:])
    settled = await service.read()
    assert (settled.kind, settled.fields["state"].code) == (frames.DISPOSITION, frames.ACCEPTED)
    answer = await service.read()
    assert (answer.kind, answer.fields["handle"]) == (frames.TRANSFER, 1)
    assert written("status-code") + written(401) in answer.payload
    service.say(frames.DETACH, [UInt(0), True])
    assert (await service.read()).kind == frames.DETACH
    service.say(frames.END, [])
    assert (await service.read()).kind == frames.END
    await service.end()


async def _sending(hub: Hub, *, channel: int = 0) -> Service:
    """Return a service that has a link for tokens, which take any message."""
    service = await Service.opened(hub)
    if channel:
        numbers = [UInt(2**32 - 1), UInt(10), UInt(10)]
        service.say(frames.BEGIN, [None, *numbers], channel=channel)
        assert (await service.read()).kind == frames.BEGIN
    ends = [Described(frames.SOURCE, [None]), Described(frames.TARGET, ["$cbs"])]
    service.say(frames.ATTACH, ["l", UInt(0), False, None, None, *ends], channel=channel)
    assert [(await service.read()).kind for _ in range(2)] == [frames.ATTACH, frames.FLOW]
    return service


def _transfer(number: int | None, *, more: bool = False, aborted: bool = False) -> list[Any]:
    delivery = None if number is None else UInt(number)
    return [UInt(0), delivery, None, None, None, more, None, None, None, aborted]


async def test_only_the_first_part_of_a_message_says_what_it_is_called(hub: Hub) -> None:
    service = await _sending(hub)
    body = written(Described(0x77, "token"))
    service.say(frames.TRANSFER, _transfer(5, more=True), payload=body[:4])
    service.say(frames.TRANSFER, _transfer(None), payload=body[4:])
    settled = await service.read()
    assert (settled.kind, settled.fields["first"]) == (frames.DISPOSITION, 5)
    await service.end()


async def test_a_message_that_is_too_large_is_rejected_and_the_next_one_is_taken(hub: Hub) -> None:
    service = await _sending(hub)
    for _ in range(3):
        service.say(frames.TRANSFER, _transfer(0, more=True), payload=b"x" * 40_000)
    service.say(frames.TRANSFER, _transfer(0), payload=b"x")
    rejected = (await service.read()).fields["state"]
    assert rejected.code == frames.REJECTED
    assert rejected.value[0].value[0] == "amqp:link:message-size-exceeded"
    service.say(frames.TRANSFER, _transfer(1), payload=written(Described(0x77, "token")))
    assert (await service.read()).fields["state"].code == frames.ACCEPTED
    await service.end()


async def test_a_message_that_its_sender_gives_up_is_none(hub: Hub) -> None:
    service = await _sending(hub)
    service.say(frames.TRANSFER, _transfer(0, more=True), payload=b"no message")
    service.say(frames.TRANSFER, _transfer(0, aborted=True))
    service.say(frames.TRANSFER, _transfer(1), payload=written(Described(0x77, "token")))
    settled = await service.read()
    assert (settled.kind, settled.fields["first"]) == (frames.DISPOSITION, 1)
    await service.end()


async def test_numbers_begin_anew_behind_the_last_one(hub: Hub) -> None:
    service = await _sending(hub, channel=1)
    for number in range(60):  # after fifty there is room for more, which names the next
        message = written(Described(0x77, "token"))
        service.say(frames.TRANSFER, _transfer(number), payload=message, channel=1)
    kinds = {(await service.read()).kind for _ in range(61)}
    assert kinds == {frames.DISPOSITION, frames.FLOW}
    await service.end()


@pytest.mark.parametrize(("kind", "channel", "handle"), [("BEGIN", 16, 0), ("ATTACH", 0, 64)])
async def test_a_connection_has_so_many_sessions_and_links_and_no_more(
    hub: Hub, kind: str, channel: int, handle: int
) -> None:
    service = await Service.opened(hub)
    if kind == "BEGIN":
        service.say(frames.BEGIN, [None, UInt(0), UInt(10), UInt(10)], channel=channel)
    else:
        service.attach(handle, None, "$cbs")
    assert await service.has_ended()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        frames.HEADER,
        frames.SASL_HEADER + frames.frame(frames.OPEN, ["c"]),
        frames.SASL_HEADER + frames.frame(frames.INIT, [Symbol("EXTERNAL")], layer=frames.SASL),
        frames.SASL_HEADER + b"\0\0\0\x04\2\0\0\0",
        frames.SASL_HEADER + b"\xff\xff\xff\xff\2\0\0\0",
    ],
    ids=["HTTP", "no SASL", "no INIT", "mechanism", "short", "large"],
)
async def test_who_speaks_otherwise_is_let_go_of(hub: Hub, data: bytes) -> None:
    service = await Service.at(hub)
    service.writer.write(data)
    assert await service.has_ended()


@pytest.mark.parametrize(
    ("kind", "values", "channel"),
    [
        (frames.ATTACH, ["l", UInt(0), False], 5),
        (frames.ATTACH, ["l", None, False], 0),
        (frames.TRANSFER, [], 0),
        (frames.OPEN, ["again"], 0),
    ],
    ids=["session", "handle", "transfer", "frame"],
)
async def test_a_frame_that_means_nothing_ends_a_connection(
    hub: Hub, kind: int, values: list[Any], channel: int
) -> None:
    service = await Service.opened(hub)
    service.say(kind, values, channel=channel)
    assert await service.has_ended()


async def test_who_wants_signs_of_life_gets_them(hub: Hub) -> None:
    service = await Service.opened(hub, idle=100)
    service.writer.write(frames.empty())
    assert (await service.read()).kind is None
    await service.end()
