"""The base of Microsoft's storage tests, for live mode."""

from __future__ import annotations

import io
import logging
import os
import time
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ParamSpec, Protocol

from azure.core.credentials import AccessToken

_Arguments = ParamSpec("_Arguments")
_Progress = list[tuple[int, int | None]]


class _Named(Protocol):
    name: str


class Token:
    """A credential as Entra ID would give it, which the emulator refuses."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)


class LogCaptured:
    """Captures what the storage clients log."""

    def __init__(self, test_case: object = None) -> None:
        del test_case
        self._stream = io.StringIO()
        self._handler = logging.StreamHandler(self._stream)

    def __enter__(self) -> io.StringIO:
        logging.getLogger("azure.storage").addHandler(self._handler)
        return self._stream

    def __exit__(self, *_: object) -> None:
        logging.getLogger("azure.storage").removeHandler(self._handler)


class StorageRecordedTestCase:
    """What every test class of the package is derived from."""

    is_live = True

    def is_playback(self) -> bool:
        return False

    def account_url(self, account: str, storage_type: str) -> str:
        scheme, suffix = os.environ["PROTOCOL"], os.environ["ACCOUNT_URL_SUFFIX"]
        return f"{scheme}://{account}.{storage_type}.{suffix}"

    def get_credential(self, client_class: object, **_: object) -> object:
        del client_class
        return Token()

    def get_resource_name(self, prefix: str) -> str:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        return f"{prefix}{zlib.crc32(test.encode()):08x}"

    def get_random_bytes(self, size: int) -> bytes:
        return os.urandom(size)

    def get_random_text_data(self, size: int) -> str:
        return ("hello python world " * size)[:size]

    def get_datetime_variable(self, variables: object, name: str, value: datetime) -> datetime:
        del variables, name
        return value

    def generate_sas(
        self,
        make: Callable[_Arguments, str],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> str:
        return make(*args, **kwargs)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def fail(self, reason: str) -> None:
        raise AssertionError(reason)

    def assertNamedItemInContainer(self, container: Iterable[_Named], name: str) -> None:  # noqa: N802 - theirs
        assert any(name in (one.name, getattr(one, "snapshot", None)) for one in container)

    def assert_upload_progress(
        self, size: int, max_chunk_size: int, progress: _Progress, *, unknown_size: bool
    ) -> None:
        assert {now % max_chunk_size for now, _ in progress} <= {0, size % max_chunk_size}
        assert len(progress) == -(-size // max_chunk_size)
        assert {total for _, total in progress} == {None if unknown_size else size}

    def assert_download_progress(
        self, size: int, max_chunk_size: int, max_get_size: int, progress: _Progress
    ) -> None:
        rest = max(0, size - max_get_size)
        assert progress[0][0] == min(size, max_get_size)
        assert len(progress) == 1 + -(-rest // max_chunk_size)
        assert {total for _, total in progress[1:]} <= {size}
