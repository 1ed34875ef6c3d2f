"""Differences are what is wanted and not there, and what is there and wanted no more."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from funcyard.deploy.diff import HIDDEN, MISSING, Baseline, Difference, differences
from funcyard.deploy.refs import Json
from funcyard.deploy.sealing import Seal, Sealed
from funcyard.deploy.settling import Settled, Unknown, as_json

_SEAL = Seal(b"k" * 32)


def _diff(
    wanted: dict[str, Settled],
    found: dict[str, Json],
    recorded: Mapping[str, Json] | None = None,
    *,
    certain: bool = True,
) -> tuple[Difference, ...]:
    baseline = Baseline(recorded or {}, certain, _SEAL)
    return differences(wanted, found, baseline, lambda path, *_: path == ("region",))


def _sealed(secret: str | None, as_of: str = "1") -> Sealed:
    return Sealed("${s:key}", as_of, None if secret is None else _SEAL.digest(secret))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"a": 1}, {"a": 1, "default": True}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "added": []}}),
        ({"a": [{"n": 1}]}, {"a": [{"n": 1, "added": 0}]}),
        ({"a": None, "b": {}, "c": []}, {}),
        ({"region": "ukwest"}, {"region": "UK West"}),
    ],
)
def test_what_a_cloud_adds_or_spells_otherwise_is_no_difference(
    wanted: dict[str, Settled], found: dict[str, Json]
) -> None:
    assert _diff(wanted, found) == ()


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        ({"a": 1}, {"a": 2}, "a: 2 → 1"),
        ({"a": True}, {"a": 1}, "a: 1 → True"),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, "a.b: 'y' → 'x'"),
        ({"a": {"b": "x"}}, {}, "a: (none) → {'b': 'x'}"),
        ({"a": [1, {"n": 2}]}, {"a": [1, {"n": 3}]}, "a[1].n: 3 → 2"),
        ({"a": [1]}, {"a": [1, 2]}, "a: [1, 2] → [1]"),
        ({"a": Unknown("${s.name}")}, {"a": "x"}, "a: 'x' → (known later: ${s.name})"),
    ],
)
def test_a_difference_is_told_at_its_place(
    wanted: dict[str, Settled], found: dict[str, Json], told: str
) -> None:
    assert [str(difference) for difference in _diff(wanted, found)] == [told]


def test_what_was_written_before_and_is_wanted_no_more_is_a_difference() -> None:
    recorded: dict[str, Json] = {"a": {"old": 1, "gone": 2}}

    assert _diff({"a": {}}, {"a": {"old": 1, "theirs": 3}}, recorded) == (
        Difference(("a", "old"), 1, MISSING),
    )


def test_a_secret_that_is_shown_is_compared_by_its_hash() -> None:
    recorded = {"k": as_json(_sealed("right"))}

    assert _diff({"k": _sealed(None)}, {"k": "right"}, recorded) == ()
    assert _diff({"k": _sealed(None)}, {"k": "wrong"}, recorded) == (
        Difference(("k",), HIDDEN, HIDDEN),
    )


def test_a_secret_that_was_not_there_is_told_as_none() -> None:
    """Also where a type tells a missing secret as an empty one, as settings of an app do."""
    nothing: dict[str, Json] = {}
    for found in (nothing, {**nothing, "FOO": ""}):
        told = _diff({"FOO": _sealed("x")}, found)
        assert [str(one) for one in told] == ["FOO: (none) → (secret)"]


def test_a_secret_that_is_not_shown_is_trusted_while_its_owner_was_not_written() -> None:
    recorded = {"k": as_json(_sealed("right", "1"))}

    assert _diff({"k": _sealed(None, "1")}, {}, recorded) == ()
    assert _diff({"k": _sealed(None, "2")}, {}, recorded) == (Difference(("k",), MISSING, HIDDEN),)
    assert _diff({"k": _sealed("right", "2")}, {}, recorded) == ()
    assert len(_diff({"k": _sealed("new", "2")}, {}, recorded)) == 1


def test_a_secret_whose_writing_did_not_end_is_written_again_unless_it_is_seen() -> None:
    recorded = {"k": as_json(_sealed("right"))}

    assert len(_diff({"k": _sealed("right")}, {}, recorded, certain=False)) == 1
    assert _diff({"k": _sealed("right")}, {"k": "right"}, recorded, certain=False) == ()


@pytest.mark.parametrize(
    ("wanted", "found", "recorded"),
    [
        ({"k": [_sealed(None)]}, {"k": ["a", "hunter2"]}, {}),
        ({"k": {"x": _sealed(None)}}, {"k": "hunter2"}, {}),
        ({}, {"k": "hunter2"}, {"k": as_json(_sealed("hunter2"))}),
        ({"k": "plain"}, {"k": "hunter2"}, {"k": as_json(_sealed("hunter2"))}),
        ({"a": {}}, {"a": {"k": "hunter2"}}, {"a": {"k": as_json(_sealed("hunter2"))}}),
    ],
)
def test_no_difference_tells_a_secret(
    wanted: dict[str, Settled], found: dict[str, Json], recorded: dict[str, Json]
) -> None:
    (told,) = _diff(wanted, found, recorded)

    assert told.is_secret
    assert "hunter2" not in repr(told) + str(told)
