"""What a vault keeps, and for how long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from funcyard.emulator.vault.records import Kept, Version
from funcyard.emulator.vault.store import Store, StoreError

_DAY = 86400


class _Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def store(tmp_path: Path, clock: _Clock) -> Iterator[Store]:
    opened = Store(tmp_path, clock=clock)
    yield opened
    opened.close()


def _add(store: Store, name: str, value: str, version: str = "a" * 32) -> None:
    with store.transaction():
        store.add("local", name, [Kept(Version(version, 1, 1), value)])


def test_no_value_lies_on_disk_in_the_clear(store: Store, tmp_path: Path) -> None:
    _add(store, "one", "a value nobody may read")
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"nobody may read" not in path.read_bytes()
    kept = store.kept("local", "ONE", "A" * 32)
    assert kept is not None
    assert kept.value == "a value nobody may read"
    assert "nobody" not in repr(kept)


def test_a_value_that_was_moved_to_another_name_is_not_given_out(
    store: Store, tmp_path: Path
) -> None:
    _add(store, "one", "first")
    _add(store, "two", "second")
    with sqlite3.connect(tmp_path / ".store" / "state.sqlite") as other:
        other.execute(
            "UPDATE versions SET value=(SELECT value FROM versions WHERE key='one') WHERE key='two'"
        )
    other.close()
    with pytest.raises(StoreError, match="changed from outside"):
        store.kept("local", "two", "a" * 32)


def test_a_deleted_secret_is_gone_when_its_time_is_over(store: Store, clock: _Clock) -> None:
    _add(store, "one", "x")
    with store.transaction():
        store.mark("local", "one", deleted=clock.now, purged=clock.now + 7 * _DAY)
    clock.now += 7 * _DAY - 1
    with store.transaction():
        assert store.secret("local", "one") is not None
    clock.now += 1
    with store.transaction():
        assert store.secret("local", "one") is None
    assert store.kept("local", "one", "a" * 32) is None


def test_vaults_do_not_share_secrets(store: Store) -> None:
    _add(store, "one", "x")
    assert store.secret("other", "one") is None


def test_a_change_that_fails_leaves_nothing(store: Store) -> None:
    twice = Kept(Version("a" * 32, 1, 1), "x")

    def change() -> None:
        with store.transaction():
            store.add("local", "one", [twice, twice])

    with pytest.raises(sqlite3.IntegrityError):
        change()
    assert store.secret("local", "one") is None


def test_a_key_that_is_none_and_a_later_store_are_refused(tmp_path: Path, clock: _Clock) -> None:
    Store(tmp_path, clock=clock).close()
    state = sqlite3.connect(tmp_path / ".store" / "state.sqlite")
    state.execute("PRAGMA user_version=99")
    state.close()
    with pytest.raises(StoreError, match="later Funcyard"):
        Store(tmp_path, clock=clock)
    (tmp_path / ".store" / "key").write_bytes(b"short")
    with pytest.raises(StoreError, match="is no key"):
        Store(tmp_path, clock=clock)
