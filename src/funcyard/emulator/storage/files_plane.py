"""One account's Azure Files, served in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files.app import FilesApp
from funcyard.emulator.files.server import FilesServer
from funcyard.emulator.files.store.store import Store
from funcyard.emulator.listening import bind

if TYPE_CHECKING:
    from pathlib import Path


class AccountFiles:
    """The shares of an account, served between :meth:`start` and :meth:`stop`.

    Args:
        name: The account's.
        folder: Of its data; made where there is none.
        port: Where it listens.
    """

    def __init__(self, name: str, folder: Path, port: int) -> None:
        self._name = name
        self._folder = folder
        self._port = port
        self._store: Store | None = None
        self._server: FilesServer | None = None

    async def start(self, keys: tuple[str, ...]) -> None:
        """Serve under these keys.

        Raises:
            StoreError: Its folder cannot be used.
            PortError: Its port cannot be bound.
        """
        store = Store(self._folder)
        try:
            bound = bind("127.0.0.1", self._port)
        except BaseException:
            store.close()
            raise
        self._store = store
        self._server = FilesServer(FilesApp(store, {self._name: keys}), bound)
        await self._server.start()

    async def stop(self) -> None:
        """Let what runs finish, and let go of the folder."""
        if self._server is not None:
            await self._server.stop()
            self._server = None
        if self._store is not None:
            self._store.close()
            self._store = None
