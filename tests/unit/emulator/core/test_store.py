"""What a location keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from funcyard.emulator.core.records import Kept, Operation
from funcyard.emulator.core.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def _kept(identifier: str) -> Kept:
    return Kept(identifier, "N.S/t", {"properties": {}}, "Succeeded", "now", "now")


def test_ids_are_found_in_any_case_and_below_whole_names_only(store: Store) -> None:
    for name in ("g", "g2", "g/p/x", "G/p/y"):
        store.save(_kept(f"/s/{name}"))
    assert store.find("/S/G") is not None
    assert [one.id for one in store.below("/s/g")] == ["/s/g/p/x", "/s/G/p/y"]
    store.drop("/S/g/P/x")
    assert [one.id for one in store.below("/s/g")] == ["/s/G/p/y"]


def test_a_transaction_is_written_whole_or_not_at_all(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.save(_kept("/s/a"))
            store.settle("name", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (store.find("/s/a"), store.setting("name")) == (None, None)


def _operation(identifier: str, ended: str | None) -> Operation:
    state = "Running" if ended is None else "Succeeded"
    return Operation(
        id=identifier,
        target="/s/a",
        verb="put",
        is_new=False,
        due=0,
        began="now",
        result_path=f"/results/{identifier}",
        status_path=f"/states/{identifier}?t=1",
        state=state,
        ended=ended,
    )


def test_operations_that_ended_long_ago_are_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    long_ago, yesterday = "2026-01-01T00:00:00.0000000Z", "2026-03-01T00:00:00.0000000Z"
    for one in (("old", long_ago), ("late", yesterday), ("going", None)):
        store.save_operation(_operation(*one))
    store.forget_operations(before="2026-02-01T00:00:00.0000000Z")
    found = [store.operation(f"/results/{one}") for one in ("old", "late", "going")]
    assert [one and one.id for one in found] == [None, "late", "going"]
    store.close()


def test_what_an_address_asks_about_is_found_however_much_is_kept(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / ".store" / "state.sqlite")) as opened:
        for asked in (
            "SELECT record FROM operations WHERE result='a' OR status='a'",
            "SELECT record FROM resources WHERE type='a' ORDER BY key",
            "SELECT record FROM resources WHERE key>'a' AND key<'b' ORDER BY key",
        ):
            plan = opened.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall()
            assert not [step for *_, step in plan if step.startswith("SCAN")], asked


def test_secrets_are_in_no_representation(store: Store) -> None:
    assert store.key.hex() not in repr(store)
    kept = Kept("/s/a", "N.S/t", {}, "Succeeded", "now", "now", {"key1": "hush"})
    assert "hush" not in repr(kept)


@pytest.mark.parametrize("content", ["", "xyz", "00"])
def test_a_key_that_is_none_is_told(tmp_path: Path, content: str) -> None:
    Store(tmp_path).close()
    (tmp_path / ".store" / "key").write_text(content)
    with pytest.raises(StoreError, match="is no key"):
        Store(tmp_path)


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / ".store").mkdir()
    (tmp_path / ".store" / "state.sqlite").write_bytes(b"no database, though long enough" * 40)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path)
