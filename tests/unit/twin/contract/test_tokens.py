from __future__ import annotations

import pytest

from funcyard.twin.contract.tokens import accepts, new_token, rotated, shown_by_sender


def test_a_token_is_long_and_never_the_same() -> None:
    assert len(new_token()) >= 43
    assert new_token() != new_token()


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


def test_nothing_is_refused_while_a_token_is_rotated() -> None:
    old, new = new_token(), new_token()
    receiver, sender = old, old

    receiver = rotated(receiver, new)
    assert accepts(receiver, shown_by_sender(sender))
    sender = new
    assert accepts(receiver, shown_by_sender(sender))
    receiver = new
    assert accepts(receiver, shown_by_sender(sender))
    assert not accepts(receiver, old)


def test_the_oldest_of_three_goes() -> None:
    assert rotated("one two", "three") == "two three"
    assert shown_by_sender("two three") == "two"
    assert shown_by_sender("") == ""
