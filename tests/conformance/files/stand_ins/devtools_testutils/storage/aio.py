"""The base of the asynchronous storage tests."""

from __future__ import annotations

import time
from typing import Self

from azure.core.credentials import AccessToken

from . import StorageRecordedTestCase


class AsyncToken:
    """An asynchronous credential, which the emulator refuses."""

    async def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)

    async def close(self) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


class AsyncStorageRecordedTestCase(StorageRecordedTestCase):
    """What every asynchronous test class of the package is derived from."""

    def get_credential(self, client_class: object, **_: object) -> object:
        del client_class
        return AsyncToken()
