"""Messages of simulated devices reach a hub of the local Azure, or it is told why not."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import pytest
import trustme
from aiohttp import web
from azure.iot.hub.models import Device
from tests.integration.emulator.iothub import Hub, key_of
from tests.local_azure import LocalAzure

from funcyard.twin.simulator import https
from funcyard.twin.simulator.https import HttpsTransport
from funcyard.twin.simulator.transport import NotSentError

READING = {"temperature": 20.5, "time": "2026-11-22T03:00:00.000Z"}
_KEY = "c2VjcmV0"


def to(hub: Hub, azure: LocalAzure, keys: dict[str, str]) -> HttpsTransport:
    trusted = ssl.create_default_context(cafile=azure.ca)
    return HttpsTransport(hub.host, keys, trusted, through_proxy=False)


async def test_messages_are_taken(azure: LocalAzure, hub: Hub, device: Device) -> None:
    name = str(device.device_id)
    async with to(hub, azure, {name: key_of(device)}) as transport:
        for _ in range(3):
            await transport.send(name, READING)


async def test_a_wrong_key_and_an_unknown_device_are_told_at_once(
    azure: LocalAzure, hub: Hub, device: Device
) -> None:
    name = str(device.device_id)
    async with to(hub, azure, {name: _KEY, "absent": _KEY}) as transport:
        with pytest.raises(NotSentError, match=f"{name}: the hub answers 401"):
            await transport.send(name, READING)
        with pytest.raises(NotSentError, match="absent: the hub answers 401"):
            await transport.send("absent", READING)
        with pytest.raises(NotSentError, match="no such device"):
            await transport.send("never-heard-of", READING)


class Flaky:
    """Something in a hub's place that fails as often as it is told to."""

    def __init__(self) -> None:
        self.failing = 0
        self.status = 503
        self.said = b"busy"
        self.asked = 0

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.asked <= self.failing:
            return web.Response(status=self.status, body=self.said, content_type="text/plain")
        return web.Response(status=204)


@pytest.fixture
async def flaky(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Flaky, HttpsTransport]]:
    monkeypatch.setattr(https, "_PAUSES", (0.0, 0.0, 0.0))
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    made = Flaky()
    app = web.Application()
    app.router.add_post("/devices/{device}/messages/events", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=serving)
    await site.start()
    host = "{}:{}".format(*runner.addresses[0])
    async with HttpsTransport(host, {"d": _KEY}, trusted, through_proxy=False) as transport:
        yield made, transport
    await runner.cleanup()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_waiting_may_mend_is_tried_again(
    flaky: tuple[Flaky, HttpsTransport], status: int
) -> None:
    hub, transport = flaky
    hub.failing, hub.status = 3, status
    await transport.send("d", READING)
    assert hub.asked == 4


async def test_trying_ends(flaky: tuple[Flaky, HttpsTransport]) -> None:
    hub, transport = flaky
    hub.failing = 99
    with pytest.raises(NotSentError, match="d: the hub answers 503: busy"):
        await transport.send("d", READING)
    assert hub.asked == 4


async def test_a_refusal_that_is_no_text_is_told(flaky: tuple[Flaky, HttpsTransport]) -> None:
    hub, transport = flaky
    hub.failing, hub.status, hub.said = 99, 400, b"not \xe4 text" + bytes(10_000_000)
    with pytest.raises(NotSentError, match="d: the hub answers 400: not \ufffd text"):
        await transport.send("d", READING)


async def test_what_is_refused_is_not_tried_again(flaky: tuple[Flaky, HttpsTransport]) -> None:
    hub, transport = flaky
    hub.failing, hub.status = 99, 400
    with pytest.raises(NotSentError, match="answers 400"):
        await transport.send("d", READING)
    assert hub.asked == 1


async def test_a_hub_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "_PAUSES", (0.0,))
    async with HttpsTransport("127.0.0.1:1", {"d": _KEY}, through_proxy=False) as transport:
        with pytest.raises(NotSentError, match="d: the hub is not reached"):
            await transport.send("d", READING)
