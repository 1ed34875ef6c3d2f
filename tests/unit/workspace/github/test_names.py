"""A repository's owner and name are read from its address."""

from __future__ import annotations

import pytest

from funcyard.workspace.git import BadRepositoryUrlError, RepositoryUrl
from funcyard.workspace.github.names import RepositoryName


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/octocat/Hello-World",
        "https://github.com/octocat/Hello-World.git",
        "https://github.com/octocat/Hello-World/",
    ],
)
def test_owner_and_name_are_read(url: str) -> None:
    assert str(RepositoryName.of(RepositoryUrl.parse(url))) == "octocat/Hello-World"


@pytest.mark.parametrize(
    "url",
    ["https://github.com/octocat", "https://github.com/a/b/c", "https://github.com/a/b%2Fc"],
)
def test_another_form_is_refused(url: str) -> None:
    with pytest.raises(BadRepositoryUrlError):
        RepositoryName.of(RepositoryUrl.parse(url))
