"""Names that a share cannot tell apart are found, in files and in folders above them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from funcyard.workspace.git.names import case_collisions, invalid
from funcyard.workspace.paths import fold

_PATHS = some.lists(some.sampled_from("aAbBßsS"), min_size=1, max_size=3).map("/".join)


def test_each_is_told_with_what_it_collides_with() -> None:
    found = case_collisions(["a/x", "A/y", "b", "B/c", "d/e", "d/f"])

    assert found == {"a/x": "A", "A/y": "a", "b": "B", "B/c": "b"}


@given(some.sets(_PATHS, max_size=12))
def test_what_is_left_can_lie_side_by_side(paths: set[str]) -> None:
    left = paths - case_collisions(paths).keys()

    spelled: dict[str, str] = {}
    for path in left:
        names = path.split("/")
        for end in range(1, len(names) + 1):
            above = "/".join(names[:end])
            assert spelled.setdefault(fold(above), above) == above


@given(some.sets(_PATHS, max_size=12))
def test_the_order_of_the_listing_makes_no_difference(paths: set[str]) -> None:
    assert case_collisions(sorted(paths)) == case_collisions(sorted(paths, reverse=True))


def test_reserved_and_invalid_paths_are_told_apart() -> None:
    assert invalid(b"src/a.py") is None
    assert (invalid(b".packages/a.py") or ("",))[0] == "reserved"
    assert (invalid(b"src/.git/config") or ("",))[0] == "reserved"
    assert (invalid(b"../a.py") or ("",))[0] == "invalid-path"
    assert invalid(b"\xff") == ("invalid-path", "its name is not UTF-8")
