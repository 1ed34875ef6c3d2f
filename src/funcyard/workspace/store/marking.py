"""A mark in a store's root, by which the prepared store is told from what stands there now.

Where a share is not mounted any more, the folder that it was mounted on is still there, and empty:
that it can be read says nothing. The mark lies in the platform's own folder, which no sync touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.workspace.store.base import StoreError

if TYPE_CHECKING:
    from funcyard.workspace.store.base import Store

_FOLDER: Final = ".funcyard"
MARK: Final = f"{_FOLDER}/mounted"
"""Its path from the store's root."""

_TEXT: Final = b"The workspace platform looks for this file to see that the workspace is mounted.\n"


class StoreMissingError(StoreError):
    """What stands where the store was is not the store."""

    code = "workspace-missing"


async def mark(store: Store) -> None:
    """Mark a store that was prepared.

    Raises:
        StoreError: The store refuses or does not answer.
    """
    if await store.stat(MARK) is None:
        await store.make_directory(_FOLDER)
        await store.write(MARK, _TEXT)


async def check_marked(store: Store) -> None:
    """Check that a store is the one that was marked.

    Raises:
        StoreMissingError: It is not, or not there.
        StoreError: It refuses or does not answer.
    """
    if await store.stat(MARK) is None:
        raise StoreMissingError(
            f"the workspace is not there, or holds no {MARK}: is it still mounted?",
            hint="mount it again, or restart the platform to go on in the folder that stands there",
        )
