"""Azure's storage packages imported without ``requests``, which asynchronous clients never use.

As they are imported, those packages ask for the transport of their synchronous clients, and with it
come ``requests`` and what that needs: a sixth of what a process imports that asks over aiohttp.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, cast

from azure.core.pipeline import transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.core.pipeline.transport import HttpTransport

_NAME = "RequestsTransport"


@contextlib.contextmanager
def without_requests() -> Iterator[None]:
    """Import within this block; a synchronous client gets its transport when it is made."""
    named = vars(transport)
    if _NAME in named:
        yield  # another thread imports the same
        return
    named[_NAME] = _requests_transport
    try:
        yield
    finally:
        del named[_NAME]


def _requests_transport(**options: object) -> HttpTransport[object, object]:
    return cast("HttpTransport[object, object]", transport.RequestsTransport(**options))
