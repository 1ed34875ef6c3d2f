"""Keys of an issuer: fetched once, again when they change, not whenever somebody invents one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from funcyard.azure.signing_keys import (
    FRESH_SECONDS,
    PAUSE_SECONDS,
    STALE_SECONDS,
    KeysUnreachableError,
    SigningKeys,
)
from funcyard.emulator.identity.signing import SigningKey

_ONE, _TWO = SigningKey.made(), SigningKey.made()


class _Issuer:
    """A server of keys that a test changes at will."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.body: Any = {"keys": [_ONE.public_jwk()]}
        self.now = 1000.0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        del request
        self.asked += 1
        await asyncio.sleep(0)
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        moved = {"location": self.url + "/elsewhere"}
        return web.Response(status=self.status, text=text, headers=moved)

    async def answer_well(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"keys": [_ONE.public_jwk()]})

    def keys(self) -> SigningKeys:
        return SigningKeys(f"{self.url}/keys", clock=lambda: self.now)


@pytest.fixture
async def issuer() -> AsyncIterator[_Issuer]:
    made = _Issuer()
    app = web.Application()
    app.router.add_get("/keys", made.answer)
    app.router.add_get("/elsewhere", made.answer_well)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


async def test_keys_are_fetched_once_however_many_ask(issuer: _Issuer) -> None:
    keys = issuer.keys()
    found = await asyncio.gather(*(keys.find(_ONE.identifier) for _ in range(20)))
    assert all(one == _ONE.public for one in found)
    assert issuer.asked == 1
    issuer.now += FRESH_SECONDS
    await keys.find(_ONE.identifier)
    assert issuer.asked == 2


async def test_a_new_key_is_found_and_an_old_one_forgotten(issuer: _Issuer) -> None:
    keys = issuer.keys()
    await keys.find(_ONE.identifier)
    issuer.body = {"keys": [_TWO.public_jwk()]}
    issuer.now += PAUSE_SECONDS
    assert await keys.find(_TWO.identifier) == _TWO.public
    assert await keys.find(_ONE.identifier) is None


async def test_invented_keys_do_not_make_it_ask_again_and_again(issuer: _Issuer) -> None:
    keys = issuer.keys()
    await keys.find(_ONE.identifier)
    for number in range(50):
        assert await keys.find(f"invented-{number}") is None
    assert issuer.asked == 1
    issuer.now += PAUSE_SECONDS
    for number in range(50):
        assert await keys.find(f"invented-{number}") is None
    assert issuer.asked == 2


async def test_known_keys_count_for_a_day_without_the_issuer(issuer: _Issuer) -> None:
    keys = issuer.keys()
    await keys.find(_ONE.identifier)
    issuer.status = 500
    issuer.now += FRESH_SECONDS
    assert await keys.find(_ONE.identifier) == _ONE.public
    with pytest.raises(KeysUnreachableError, match="answered 500"):
        await keys.find(_TWO.identifier)
    issuer.now += STALE_SECONDS
    with pytest.raises(KeysUnreachableError):
        await keys.find(_ONE.identifier)
    issuer.status = 200
    issuer.now += 5
    assert await keys.find(_ONE.identifier) == _ONE.public


async def test_an_issuer_that_fails_is_not_asked_by_everybody(issuer: _Issuer) -> None:
    issuer.status = 500
    keys = issuer.keys()
    for _ in range(20):
        with pytest.raises(KeysUnreachableError):
            await keys.find(_ONE.identifier)
    assert issuer.asked == 1


async def test_an_issuer_that_is_not_there_is_told() -> None:
    with pytest.raises(KeysUnreachableError) as fault:
        await SigningKeys("http://127.0.0.1:1/keys").find("x")
    assert (fault.value.status, fault.value.exit_code) == (503, 4)


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", "{}", '{"keys": 1}', '{"keys": []}', '{"keys": [1, {}]}', "[" * 100_000,
     "x" * 2_000_000],
)  # fmt: skip
async def test_what_is_no_set_of_keys_is_not_taken_for_one(issuer: _Issuer, body: str) -> None:
    issuer.body = body
    with pytest.raises(KeysUnreachableError):
        await issuer.keys().find(_ONE.identifier)


async def test_the_issuer_is_not_followed_elsewhere(issuer: _Issuer) -> None:
    issuer.status = 302
    with pytest.raises(KeysUnreachableError, match="answered 302"):
        await issuer.keys().find(_ONE.identifier)


async def test_only_strong_keys_for_signing_count(issuer: _Issuer) -> None:
    weak = SigningKey(rsa.generate_private_key(65537, 1024)).public_jwk()  # noqa: S505 - refused
    good = _TWO.public_jwk()
    issuer.body = {
        "keys": [
            _ONE.public_jwk(),
            {**weak, "kid": "weak"},
            {**good, "kid": "encrypts", "use": "enc"},
            {**good, "kid": "other", "alg": "RS512"},
            {"kty": "oct", "kid": "secret", "k": "AAAA"},
            {**good, "kid": "broken", "n": "%"},
            {name: value for name, value in good.items() if name not in {"alg", "use"}},
        ]
    }
    keys = issuer.keys()
    for refused in ("weak", "encrypts", "other", "secret", "broken"):
        assert await keys.find(refused) is None, refused
    assert await keys.find(_TWO.identifier) == _TWO.public
