"""The store that a person named once is the one that later commands use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from funcyard.project.memory.chosen import LOCAL_FILE, LocalStateError
from funcyard.project.memory.location import remember_store, store_for


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "p" / ".funcyard").mkdir(parents=True)
    return tmp_path / "p"


def test_a_store_that_was_named_is_used_until_another_is(root: Path, tmp_path: Path) -> None:
    remember_store(root, tmp_path / "all")
    assert store_for(root) == tmp_path / "all"

    remember_store(root, None)
    assert store_for(root) == tmp_path / "all"

    remember_store(root, tmp_path / "others")
    assert store_for(root) == tmp_path / "others"
    assert store_for(root, tmp_path / "once") == tmp_path / "once"


def test_a_relative_store_is_where_it_was_named(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    remember_store(root, Path("../all"))
    monkeypatch.chdir(tmp_path)

    assert store_for(root) == tmp_path / "all"


def test_naming_the_usual_store_forgets_the_other(root: Path, tmp_path: Path) -> None:
    usual = store_for(root)
    remember_store(root, tmp_path / "all")

    remember_store(root, usual)

    assert store_for(root) == usual
    assert not (root / LOCAL_FILE).exists()


def test_a_copy_of_a_project_does_not_write_into_the_memory_of_the_first(
    root: Path, tmp_path: Path
) -> None:
    remember_store(root, tmp_path / "all")
    shutil.copytree(root, tmp_path / "copy")

    assert store_for(tmp_path / "copy") == tmp_path / "copy" / ".funcyard" / "memory"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', b"\xff", b'{"project": 1, "memory": 2}', b"[" * 100_000],
)
def test_what_is_damaged_is_told_and_begins_no_second_memory(root: Path, content: bytes) -> None:
    (root / LOCAL_FILE).write_bytes(content)
    with pytest.raises(LocalStateError) as raised:
        store_for(root)
    assert "--memory DIR" in str(raised.value.hint)


def test_a_path_that_cannot_be_meant_is_told(root: Path) -> None:
    (root / LOCAL_FILE).write_text(json.dumps({"project": str(root), "memory": "a\0b"}))
    with pytest.raises(LocalStateError, match="control character"):
        store_for(root)


def test_a_damaged_file_is_mended_by_naming_the_store(root: Path, tmp_path: Path) -> None:
    (root / LOCAL_FILE).write_text("{")
    remember_store(root, tmp_path / "all")
    assert store_for(root) == tmp_path / "all"
