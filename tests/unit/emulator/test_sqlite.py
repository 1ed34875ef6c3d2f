"""What SQLite keeps for the local Azure: all or nothing, over kills, full disks and updates."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from funcyard.emulator.core import store as core
from funcyard.emulator.cosmos.store import store as cosmos
from funcyard.emulator.digitaltwins.store import GraphStore
from funcyard.emulator.eventgrid.outbox import Outbox
from funcyard.emulator.files.store.database import Database
from funcyard.emulator.grafana.store import GrafanaStore
from funcyard.emulator.iothub.store import HubStore
from funcyard.emulator.logic.runs import Runs
from funcyard.emulator.sqlite import SqliteFile
from funcyard.emulator.vault import store as vault
from funcyard.errors import FuncyardError

_OPENED = """
import os, signal, sys
from pathlib import Path
from funcyard.emulator.sqlite import SqliteFile
from funcyard.errors import FuncyardError

class Notes(SqliteFile):
    def add(self, text):
        self._connection.execute("INSERT INTO notes VALUES (?)", (text,))

notes = Notes(Path(sys.argv[1]), version=1, schema="CREATE TABLE notes (text TEXT);",
              error=FuncyardError)
with notes.transaction():
    notes.add("kept")
with notes.transaction():
    notes.add("lost")
    os.kill(os.getpid(), signal.SIGKILL)
"""


class _Notes(SqliteFile):
    def __init__(self, path: Path) -> None:
        schema = "CREATE TABLE notes (text TEXT);"
        super().__init__(path, version=1, schema=schema, error=FuncyardError)

    def add(self, *texts: str) -> None:
        self._connection.executemany("INSERT INTO notes VALUES (?)", [(one,) for one in texts])

    def all(self) -> list[str]:
        return [text for (text,) in self._connection.execute("SELECT text FROM notes")]

    def fill(self) -> None:
        """Let there be no room for more."""
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        self._connection.execute(f"PRAGMA max_page_count={pages}")

    def make_room(self) -> None:
        self._connection.execute("PRAGMA max_page_count=1000")


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[_Notes]:
    opened = _Notes(tmp_path / "notes.sqlite")
    yield opened
    opened.close()


def test_a_kill_leaves_what_was_committed_and_nothing_of_what_was_not(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    done = subprocess.run([sys.executable, "-c", _OPENED, path], check=False)
    assert done.returncode < 0
    again = _Notes(path)
    assert again.all() == ["kept"]
    again.close()


def test_a_change_that_fails_leaves_nothing(notes: _Notes) -> None:
    def change() -> None:
        with notes.transaction():
            notes.add("one")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert notes.all() == []


def test_a_full_disk_is_told_as_such_and_the_next_change_is_made(notes: _Notes) -> None:
    notes.fill()
    with pytest.raises(sqlite3.OperationalError, match="full"), notes.transaction():
        notes.add("one", "x" * 100_000)
    notes.make_room()
    with notes.transaction():
        notes.add("two")
    assert notes.all() == ["two"]


def test_a_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    _Notes(tmp_path / "made" / "notes.sqlite").close()
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        (core.Store, ".store/state.sqlite"),
        (lambda folder: vault.Store(folder, clock=float), ".store/state.sqlite"),
        (cosmos.Store, "data.sqlite"),
        (HubStore, "hub.sqlite"),
        (Outbox, "events.sqlite"),
        (lambda folder: Database(folder / "state.sqlite"), "state.sqlite"),
        (lambda folder: GraphStore(folder / "graph.sqlite"), "graph.sqlite"),
        (lambda folder: GrafanaStore(folder / "grafana.sqlite"), "grafana.sqlite"),
        (lambda folder: Runs(folder / "runs.sqlite"), "runs.sqlite"),
    ],
)
def test_what_a_later_funcyard_wrote_is_refused_and_let_go_of(
    opened: Callable[[Path], SqliteFile], name: str, tmp_path: Path
) -> None:
    opened(tmp_path).close()
    path = tmp_path / name
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version=99")
    later.close()
    with pytest.raises(FuncyardError, match="later Funcyard") as told:
        opened(tmp_path)
    assert told.value.hint == "update Funcyard, or move the folder"
    assert path not in {held.resolve() for held in Path("/proc/self/fd").iterdir()}
