from __future__ import annotations

import pytest

from funcyard.twin.contract.tokens import accepts, shown_by_sender


@pytest.mark.parametrize(
    ("setting", "shown", "accepted"),
    [
        ("one", "one", True),
        ("one two", "two", True),
        ("one two three", "three", False),
        ("one", "One", False),
        ("one", "on", False),
        ("one", "", False),
        ("one", None, False),
        ("", "", False),
        (None, None, False),
        (None, "one", False),
        ("one two", "one two", False),
        ("é", "é", True),
    ],
)
def test_only_what_the_setting_holds_is_accepted(
    setting: str | None, shown: str | None, *, accepted: bool
) -> None:
    assert accepts(setting, shown) is accepted


def test_a_sender_shows_the_first() -> None:
    assert shown_by_sender("two three") == "two"
    assert shown_by_sender("") == ""
