from __future__ import annotations

import click
import pytest

from funcyard.cli._numbers import FiniteRange


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "0", "11", "ten"])
def test_what_is_no_number_of_the_range_is_refused(text: str) -> None:
    """A clock that goes by ``nan`` times the time of day would never be read again."""
    with pytest.raises(click.BadParameter):
        FiniteRange(0, 10, min_open=True).convert(text, None, None)


def test_a_number_is_that() -> None:
    assert FiniteRange(0, 10, min_open=True).convert("1e-3", None, None) == 0.001
