"""Whole numbers as requests write them."""

from __future__ import annotations

import pytest

from funcyard.emulator.digits import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "1_0", " 1", "\u0661", "\xb2", "9" * 19, "1" * 5000]
)
def test_what_is_no_number_of_64_bits_is_none(text: str) -> None:
    assert whole_number(text) is None
