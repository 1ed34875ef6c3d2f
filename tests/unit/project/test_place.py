"""What a person may name as a path, before anything is looked for there."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.project.place import BadPathError, shown, usable


def test_a_path_that_may_be_there_or_not_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("elsewhere")

    assert usable("a/../Größe 1") == tmp_path / "Größe 1"
    assert usable(Path()) == tmp_path
    assert usable("link") == tmp_path / "link"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "the path is empty"),
        ("a\nb", r"a\\nb' holds a line break"),
        ("a\x1b[31m", r"a\\x1b\[31m' holds a line break or another control character"),
        ("a\u2028b", "holds a line break"),
        ("bad\udcff", r"bad\\xff' holds bytes that are no text"),
        ("x" * 300, "…x+' cannot be used: File name too long"),
        ("loop/x", "cannot be used: Too many levels of symbolic links"),
    ],
)
def test_what_is_no_path_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")

    with pytest.raises(BadPathError, match=why) as fault:
        usable(name)
    assert fault.value.message.isprintable()
    assert len(fault.value.message) < 300
    assert fault.value.hint


def test_the_file_that_is_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")

    with pytest.raises(BadPathError) as refused:
        usable(tmp_path / "notes" / "a" / "b")
    assert f"cannot be used: {shown(str(tmp_path / 'notes'))} is no folder" in str(refused.value)


def test_long_paths_are_cut_in_the_middle_where_they_are_shown() -> None:
    assert shown("short") == "'short'"
    assert len(shown("x" * 1000)) < 100
    assert shown(f"/{'x' * 1000}/name").startswith("'/xxx")
    assert shown(f"/{'x' * 1000}/name").endswith("x/name'")
