"""A share that takes next to nothing more."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from azure.storage.fileshare import ShareServiceClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.emulator.conftest import Files

_GIB = 1 << 30
_MARGIN = 4 << 10


@contextmanager
def full(service: Files, share: str) -> Iterator[None]:
    """Fill a share while the block runs."""
    with ShareServiceClient(service.url, credential=service.key) as account:
        client = account.get_share_client(share)
        client.set_share_quota(1)
        filler = client.get_file_client("filler")
        filler.create_file(0)
        used = client.get_share_stats()
        # Somebody may write meanwhile: what room is left then is little enough.
        filler.resize_file(_GIB - used - _MARGIN)
        try:
            yield
        finally:
            filler.delete_file()
