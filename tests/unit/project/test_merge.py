"""Three-way merge by the real ``git merge-file``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.project.hunks import has_markers
from funcyard.project.merge import GitMissingError, merge

if TYPE_CHECKING:
    from pathlib import Path

BASE = b"one\ntwo\nthree\nfour\nfive\n"


def test_changes_of_different_lines_are_both_kept() -> None:
    merged = merge(BASE.replace(b"one", b"ONE"), BASE, BASE.replace(b"five", b"FIVE"))
    assert merged.content == b"ONE\ntwo\nthree\nfour\nFIVE\n"
    assert merged.conflicts == 0


def test_a_changed_line_is_marked_with_what_each_side_is() -> None:
    merged = merge(BASE.replace(b"two", b"2"), BASE, BASE.replace(b"two", b"II"))
    assert merged.conflicts == 1
    assert merged.content.decode().splitlines()[1:8] == [
        "<<<<<<< your edit",
        "2",
        "||||||| generated before",
        "two",
        "=======",
        "II",
        ">>>>>>> generated now",
    ]


def test_a_missing_last_line_end_stays_missing() -> None:
    ours = BASE.replace(b"five\n", b"5")
    assert merge(ours, BASE, BASE.replace(b"one", b"1")).content == b"1\ntwo\nthree\nfour\n5"


def test_lines_that_look_like_markers_are_text() -> None:
    ruler = b"=" * 7 + b"\n" + b"<" * 80 + b"\n" + b"|" * 7 + b"\n"
    merged = merge(ruler + BASE + b"mine\n", ruler + BASE, ruler + BASE + b"theirs\n")
    assert merged.conflicts == 1
    assert merged.content.startswith(ruler + BASE + b"<<<<<<< your edit\nmine\n")


def test_lone_carriage_returns_and_bytes_that_are_no_text_survive() -> None:
    base = b"a\rb\n\xff\xfe\nlast\n"
    merged = merge(base.replace(b"last", b"mine"), base, b"first\n" + base)
    assert merged.content == b"first\na\rb\n\xff\xfe\nmine\n"


def test_without_git_the_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissingError, match="git is needed"):
        merge(b"a\n", b"b\n", b"c\n")


WORDS = st.lists(st.sampled_from(["a", "b", "c", "", "{", "}", "======="]), max_size=8)


@st.composite
def edited(draw: st.DrawFn, base: list[str], author: str) -> list[str]:
    """Draw an edit of ``base``: lines removed, replaced and inserted, new ones by ``author``."""
    lines: list[str] = []
    for number, line in enumerate(base):
        match draw(st.sampled_from(["keep", "keep", "keep", "drop", "change", "insert"])):
            case "keep":
                lines.append(line)
            case "change":
                lines.append(f"{author} changed {number}")
            case "insert":
                lines += [f"{author} added {number}", line]
            case _:
                pass
    return lines


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_both_sides_write_is_in_the_result(data: st.DataObject) -> None:
    base = data.draw(WORDS)
    ours, theirs = data.draw(edited(base, "user")), data.draw(edited(base, "template"))
    ours_text, base_text, theirs_text = (
        "".join(f"{line}\n" for line in side).encode() for side in (ours, base, theirs)
    )
    merged = merge(ours_text, base_text, theirs_text)
    result = merged.content.decode().splitlines()
    for line in [*ours, *theirs]:
        if line.startswith(("user", "template")):
            assert line in result
    assert has_markers(merged.content) == bool(merged.conflicts)
    if ours == base:
        assert merged.content == theirs_text
    if theirs == base:
        assert merged.content == ours_text
