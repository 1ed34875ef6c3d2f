"""The name of a repository at GitHub: its owner and its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from funcyard.workspace.git.address import BadRepositoryUrlError

if TYPE_CHECKING:
    from funcyard.workspace.git.address import RepositoryUrl

_PART: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RepositoryName:
    """Owner and name, as GitHub's API takes them."""

    owner: str
    name: str

    @classmethod
    def of(cls, url: RepositoryUrl) -> Self:
        """Return the name that a URL ``https://HOST/OWNER/NAME[.git]`` is of.

        Raises:
            BadRepositoryUrlError: It has another form.
        """
        parts = urlsplit(url.text).path.strip("/").removesuffix(".git").split("/")
        if len(parts) != len(("owner", "name")) or not all(map(_PART.fullmatch, parts)):
            raise BadRepositoryUrlError(
                f"{url} is not the address of a repository at GitHub",
                hint="https://github.com/OWNER/REPOSITORY",
            )
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"
