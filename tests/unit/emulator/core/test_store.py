"""What a location keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from funcyard.emulator.core.records import Kept
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
