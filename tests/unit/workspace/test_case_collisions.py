"""Names that a share cannot tell apart are found, in files and in folders above them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from funcyard.workspace.case_collisions import case_collisions
from funcyard.workspace.paths import fold

_PATHS = some.lists(some.sampled_from("aAbBßsS"), min_size=1, max_size=3).map("/".join)


def test_each_is_told_with_what_it_collides_with() -> None:
    found = case_collisions(["a/x", "A/y", "b", "B/c", "d/e", "d/f"])

    assert found == {"a/x": "A", "A/y": "a", "b": "B", "B/c": "b"}


@given(some.sets(_PATHS, max_size=12), some.sets(_PATHS, max_size=12))
def test_what_is_left_can_lie_side_by_side(paths: set[str], others: set[str]) -> None:
    published = others - case_collisions(others).keys()
    left = paths - case_collisions(paths, published).keys()

    spelled: dict[str, str] = {}
    for path in left:
        names = path.split("/")
        for end in range(1, len(names) + 1):
            above = "/".join(names[:end])
            assert spelled.setdefault(fold(above), above) == above


@given(some.sets(_PATHS, max_size=12))
def test_the_order_of_the_listing_makes_no_difference(paths: set[str]) -> None:
    assert case_collisions(sorted(paths)) == case_collisions(sorted(paths, reverse=True))


def test_what_is_published_stays_beside_what_comes_to_clash_with_it() -> None:
    published = ["hook.py", "jobs/a.py", "tool", "empty"]
    pushed = [
        *("hook.py", "Hook.py", "HOOK.py", "jobs/a.py", "Jobs/b.py", "jobs/new.py", "tool"),
        *("Tool/inner.py", "Empty", "empty/now.py", "new", "New"),
    ]

    assert case_collisions(pushed, published) == {
        "Hook.py": "hook.py",
        "HOOK.py": "hook.py",
        "Jobs/b.py": "jobs",
        "Tool/inner.py": "tool",
        "Empty": "empty",
        "new": "New",
        "New": "new",
    }


def test_a_spelling_that_is_published_and_no_longer_there_stays_for_nobody() -> None:
    pushed = ["Hook.py", "HOOK.py", "alone.py"]

    assert case_collisions(pushed, ["hook.py", "Alone.py"]) == {
        "Hook.py": "HOOK.py",
        "HOOK.py": "Hook.py",
    }


@given(some.sets(_PATHS, max_size=12), some.sets(_PATHS, max_size=12))
def test_what_was_published_and_is_still_there_is_taken_but_for_what_is_above_it(
    paths: set[str], more: set[str]
) -> None:
    published = paths - case_collisions(paths).keys()
    # Whatever comes beside it: what was published is taken whole.
    assert not case_collisions(published | more, published).keys() & published
