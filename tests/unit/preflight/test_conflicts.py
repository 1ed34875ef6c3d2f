from __future__ import annotations

import pytest

from funcyard.preflight.conflicts import one_side


def test_the_first_side_stays_on_its_lines() -> None:
    text = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> topic\ne\n=======\nf\n"

    assert one_side(text) == "a\n\nb\n\n\n\n\n\ne\n=======\nf\n"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("a\n=======\nb\n", "a\n=======\nb\n"),
        ("a\n>>>>>>> b\nc", "a\n\nc"),
        ("<<<<<<< a\nb", "\nb"),
        ("<<<<<<< a\r\nb\r\n=======\r\nc\r\n>>>>>>> d\r\ne", "\nb\r\n\n\n\ne"),
    ],
    ids=["a heading", "an end alone", "a begin alone", "carriage returns"],
)
def test_what_is_no_whole_conflict_loses_its_markers_alone(text: str, side: str) -> None:
    assert one_side(text) == side
