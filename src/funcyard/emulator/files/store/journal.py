"""Changes that a kill leaves done or not done, never in between.

A change is what is written down in the database and at most one step for the file system. Both are
first written to the database as one intent; then the step is done; then, in one transaction, the
rest is written down and the intent forgotten. A start finds the intent of a change that was cut
short and completes it: it can be done again. A step that the file system refuses is forgotten with
its change.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.store import steps
from funcyard.emulator.files.store.records import Entry, Share
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from funcyard.emulator.files.store.database import Database, Folded


@dataclass(slots=True)
class Change:
    """What one request changes.

    Attributes:
        step: What is done to the files, None for nothing.
        notes: What is written down: the method of :class:`Database` and its arguments, in order.
    """

    step: Step | None = None
    notes: list[list[Any]] = field(default_factory=list)

    def put_share(self, share: Share) -> None:
        """Write a share down."""
        self.notes.append(["put_share", share.dump(), share.number])

    def drop_share(self, number: int) -> None:
        """Forget a share."""
        self.notes.append(["drop_share", number])

    def put_snapshot(self, snapshot: Share, source: int) -> None:
        """Write a snapshot down, with everything that is known of the share."""
        self.notes.append(["put_snapshot", snapshot.dump(), source])

    def put_entry(self, share: int, path: Folded, entry: Entry, *, seen: bool = True) -> None:
        """Write a file or directory down.

        Args:
            share: Its number.
            path: Folded.
            entry: What is known of it.
            seen: Whether it is the file of the step, whose time and size are noted afterwards.
        """
        self.notes.append(["put_entry", share, path, entry.dump(), seen])

    def drop_entry(self, share: int, path: Folded) -> None:
        """Forget a file or directory."""
        self.notes.append(["drop_entry", share, path])

    def move_entry(self, share: int, source: Folded, target: Folded) -> None:
        """Write a file or directory down under another path."""
        self.notes.append(["move_entry", share, source, target])


class Journal:
    """Makes changes, and completes what an earlier process began.

    Args:
        location: The folder of all accounts.
        store: The private folder.
        database: What is written down.
    """

    def __init__(self, location: Path, store: Path, database: Database) -> None:
        self._location = location
        self._store = store
        self._database = database

    def recover(self) -> int:
        """Complete what was cut short, remove what was left on its way; return how many changes."""
        begun = self._database.steps()
        for text in begun:
            values = json.loads(text)
            try:
                self._complete(Change(Step.load(values["step"]), values["notes"]))
            except (OSError, StorageError):  # what it was about is gone: removed through the mount
                with self._database.transaction():
                    self._database.end_steps()
        for folder in ("staged", "trash"):
            shutil.rmtree(self._store / folder, ignore_errors=True)
            (self._store / folder).mkdir()
        return len(begun)

    def make(self, change: Change) -> None:
        """Make a change.

        Raises:
            OSError: The file system refuses; nothing is changed.
        """
        if change.step is None:
            with self._database.transaction():
                self._note(change, None)
            return
        intent = {"step": asdict(change.step), "notes": change.notes}
        with self._database.transaction():
            self._database.begin_step(json.dumps(intent))
        try:
            self._complete(change)
        except BaseException:
            with self._database.transaction():
                self._database.end_steps()
            raise

    def _complete(self, change: Change) -> None:
        status = steps.apply(change.step, self._location, self._store) if change.step else None
        with self._database.transaction():
            self._note(change, status)
            self._database.end_steps()

    def _note(self, change: Change, status: os.stat_result | None) -> None:
        database = self._database
        for name, *values in change.notes:
            if name == "put_share":
                database.put_share(Share.load(values[0], values[1]))
            elif name == "put_snapshot":
                snapshot = database.put_share(Share.load(values[0], 0))
                database.copy_share(values[1], snapshot.number)
            elif name == "put_entry":
                share, path, text, seen = values
                entry = Entry.load(text)
                if seen and status is not None:
                    entry.seen = (status.st_mtime_ns, status.st_size)
                database.put_entry(share, tuple(path), entry)
            elif name == "drop_entry":
                database.drop_entry(values[0], tuple(values[1]))
            elif name == "move_entry":
                database.move_entry(values[0], tuple(values[1]), tuple(values[2]))
            else:
                database.drop_share(values[0])
