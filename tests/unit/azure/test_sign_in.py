"""What was given to one client of an identity is there for the others."""

from __future__ import annotations

import asyncio
import time
from typing import Self

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from funcyard.azure.sign_in import SharedSignIn


class Issuing:
    """Gives out tokens, each another one, that count for some seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.asked: list[tuple[str, ...]] = []
        self.refusing = False

    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.asked.append(scopes)
        await asyncio.sleep(0)
        if self.refusing:
            raise ClientAuthenticationError("no")
        return AccessToken(f"{len(self.asked)}", int(time.time()) + self.seconds)

    async def close(self) -> None:
        return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return


async def given(sign_in: SharedSignIn, scope: str, claims: str | None = None) -> int:
    """Return the number of the token that is given."""
    return int((await sign_in.get_token(scope, claims=claims, enable_cae=False)).token)


async def test_who_asks_at_once_or_later_is_given_one_token() -> None:
    async with SharedSignIn(Issuing(3600)) as sign_in:
        assert await asyncio.gather(*(given(sign_in, "a") for _ in range(3))) == [1, 1, 1]
        assert [await given(sign_in, scope) for scope in "aba"] == [1, 2, 1]


async def test_a_token_that_ends_soon_or_lacks_what_a_service_wants_is_not_given_again() -> None:
    async with SharedSignIn(Issuing(200)) as sign_in:
        assert [await given(sign_in, "a") for _ in range(2)] == [1, 2]
    async with SharedSignIn(Issuing(3600)) as sign_in:
        assert [await given(sign_in, "a", claims) for claims in (None, "{}", None)] == [1, 2, 2]


async def test_a_sign_in_that_failed_is_tried_again_by_the_next() -> None:
    issuing = Issuing(3600)
    issuing.refusing = True
    async with SharedSignIn(issuing) as sign_in:
        with pytest.raises(ClientAuthenticationError):
            await given(sign_in, "a")
        issuing.refusing = False
        assert await given(sign_in, "a") == 2
