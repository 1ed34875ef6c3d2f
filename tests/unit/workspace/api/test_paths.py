"""What people type as parts of addresses."""

from __future__ import annotations

import pytest

from funcyard.workspace.api.paths import EmptyNameError, file_path, segment
from funcyard.workspace.paths import InvalidPathError


def test_a_name_is_one_part_of_an_address_whatever_is_in_it() -> None:
    assert segment("a/b?c#d%20ü") == "a%2Fb%3Fc%23d%2520%C3%BC"


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_a_name_that_would_mean_another_address_is_refused(text: str) -> None:
    with pytest.raises(EmptyNameError):
        segment(text)


def test_the_slashes_of_a_path_stay() -> None:
    assert file_path("a b/ü.txt") == "a%20b/%C3%BC.txt"


@pytest.mark.parametrize("text", ["", "/a", "a/", "../a", "a//b", ".git/config"])
def test_a_path_that_no_workspace_holds_is_not_asked_for(text: str) -> None:
    with pytest.raises(InvalidPathError):
        file_path(text)
