"""Whole numbers as requests write them, in their addresses, headers and queries."""

from __future__ import annotations

from typing import Final

_MOST_DIGITS: Final = 18
"""So that it is a number of 64 bits."""


def whole_number(text: str) -> int | None:
    """Return what digits say; None where they say nothing, or more than 64 bits hold."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_one else None
