"""The store of one location: opened, recovered, and held by one process at a time."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from funcyard.emulator import running
from funcyard.emulator.files import names, times
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.store.database import Database, StoreError
from funcyard.emulator.files.store.journal import Journal
from funcyard.emulator.files.store.records import Share
from funcyard.emulator.files.store.usage import usage_of
from funcyard.emulator.running import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_COUNTED_FOR = 60 * times.TICKS


class Store:
    """Everything that is kept in a location.

    Args:
        location: The folder of all accounts; made where there is none.
        clock: Returns the time of day in ticks.

    Raises:
        StoreError: It cannot be used, or another process uses it.

    Attributes:
        location: The folder.
        database: What is written down.
        journal: Makes changes.
        recovered: How many changes an earlier process left to complete.
    """

    def __init__(self, location: Path, *, clock: Callable[[], int] = times.now) -> None:
        self.location = location
        self._private = location / PRIVATE
        self._clock = clock
        self._last = 0
        self._staged = 0
        self._used: dict[int, tuple[int, int]] = {}
        self._lock = running.occupy(location, StoreError)
        with ExitStack() as failing:
            failing.callback(self._lock.close)
            self.database = Database(self._private / "state.sqlite")
            failing.callback(self.database.close)
            self.journal = Journal(location, self._private, self.database)
            self.recovered = self.journal.recover()
            failing.pop_all()

    def close(self) -> None:
        """Let go of everything."""
        self.database.close()
        self._lock.close()

    def now(self) -> int:
        """Return the time of day, later than any that was returned before: ETags follow from it."""
        self._last = max(self._clock(), self._last + 1)
        return self._last

    def staged(self) -> Path:
        """Return the path of a new file in which a body is gathered before it is put in place."""
        self._staged += 1
        return self._private / "staged" / f"{os.getpid()}-{time.monotonic_ns()}-{self._staged}"

    def folder(self, share: Share) -> Path:
        """Return the folder of a share or snapshot."""
        return self.location / self.root(share)

    def root(self, share: Share) -> str:
        """Return the folder of a share or snapshot, relative to the location."""
        if not share.snapshot:
            return f"{share.account}/{share.name}"
        stamp = "".join(one for one in share.snapshot if one.isalnum())
        return f"{PRIVATE}/snapshots/{share.account}/{share.name}/{stamp}"

    def share(self, account: str, name: str, snapshot: str = "") -> Share | None:
        """Return a share or snapshot; a folder that was made through the mount is a share, too."""
        found = self.database.share(account, name, snapshot)
        if snapshot:
            return found
        folder = self.location / account / name
        if folder.is_symlink() or not folder.is_dir():
            return None
        return found or self._adopted(account, name, folder)

    def shares(self, account: str) -> list[Share]:
        """Return an account's shares and snapshots by name, snapshots first, the oldest first."""
        known = self.database.shares(account)
        found = [one for one in known if one.snapshot or self.folder(one).is_dir()]
        named = {one.name for one in known if not one.snapshot}
        folder = self.location / account
        if folder.is_dir():
            found += [
                self._adopted(account, inner.name, inner)
                for inner in folder.iterdir()
                if inner.name not in named
                and names.is_share(inner.name)
                and inner.is_dir()
                and not inner.is_symlink()
            ]
        return sorted(found, key=lambda share: (share.name, share.snapshot or "~"))

    def make_room(self, share: Share, size: int) -> None:
        """Refuse more bytes than the share's quota leaves.

        What is used is counted once a minute, and whenever it would not suffice.

        Raises:
            StorageError: The share is full.
        """
        if size <= 0:
            return
        limit, now = share.quota * 2**30, self.now()
        counted, used = self._used.get(share.number, (0, 0))
        if now - counted > _COUNTED_FOR or used + size > limit:
            counted, used = now, usage_of(self.folder(share))
        if used + size > limit:
            raise StorageError("ShareSizeLimitReached")
        self._used[share.number] = (counted, used + size)

    def path_of(self, share: Share, identity: int) -> tuple[str, ...] | None:
        """Return the folded path of the file that a snapshot knows by that identity."""
        for path, entry in self.database.all_entries(share.number):
            if entry.identity == identity:
                return path
        return None

    def _adopted(self, account: str, name: str, folder: Path) -> Share:
        """Write down a share that was made through the mount."""
        share = Share(account, name, times.of_ns(folder.stat().st_mtime_ns))
        with self.database.transaction():
            return self.database.put_share(share)
