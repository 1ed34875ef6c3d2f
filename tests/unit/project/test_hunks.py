"""Conflicts taken apart by lines."""

from __future__ import annotations

from funcyard.project.hunks import Hunk, has_markers, refined


def lines(text: str) -> list[bytes]:
    return [f"{letter}\n".encode() for letter in text.split()]


def shown(ours: str, base: str, theirs: str) -> str:
    pieces = refined(Hunk(lines(ours), lines(base), lines(theirs)))
    return " ".join(
        "<" + "".join(map(bytes.decode, [*p.ours, b"|", *p.base, b"|", *p.theirs])) + ">"
        if isinstance(p, Hunk)
        else p.decode()
        for p in pieces
        if p
    ).replace("\n", "")


def test_changes_of_neighbouring_lines_are_both_made() -> None:
    assert shown("A b", "a b", "a B") == "A B"


def test_only_the_line_that_both_changed_remains_in_conflict() -> None:
    assert shown("A b", "a b", "X B") == "<A|a|X> B"


def test_a_line_inserted_next_to_a_changed_one_is_no_conflict() -> None:
    assert shown("A b", "a b", "a n b") == "A n b"


def test_two_lines_inserted_at_one_place_are_a_conflict() -> None:
    assert shown("a x b", "a b", "a y b") == "a <x||y> b"


def test_the_same_insertion_on_both_sides_is_made_once() -> None:
    assert shown("a x b", "a b", "a x b") == "a x b"


def test_a_line_inserted_at_the_end_of_a_removed_block_is_a_conflict() -> None:
    """Else a setting of a removed service would slip under the service above it."""
    assert "<" in shown("s image cpus t", "s image t", "t")


def test_a_change_inside_a_removed_block_keeps_the_block_in_the_conflict() -> None:
    assert shown("s IMAGE t", "s image t", "t") == "<sIMAGE|simage|> t"


def test_a_last_line_without_an_end_does_not_swallow_a_marker() -> None:
    marked = Hunk([b"mine"], [b"was"], [b"theirs"]).marked().decode()
    assert marked.splitlines() == [
        "<<<<<<< your edit",
        "mine",
        "||||||| generated before",
        "was",
        "=======",
        "theirs",
        ">>>>>>> generated now",
    ]


def test_markers_are_recognised_also_with_windows_line_ends() -> None:
    marked = Hunk([b"a\n"], [b"b\n"], [b"c\n"]).marked()
    assert has_markers(b"x\n" + marked)
    assert has_markers(marked.replace(b"\n", b"\r\n"))
    for line in (0, 2, 6):
        assert has_markers(marked.splitlines(keepends=True)[line])
    assert not has_markers(b"Title\n=======\n<<<<<<< HEAD\n")
