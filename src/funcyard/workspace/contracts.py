"""The contracts of the platform's API: OpenAPI files that come with it, served as they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import funcyard
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE: Final = "application/yaml"
"""RFC 9512."""


class NoSuchContractError(UserError):
    """There is no contract of that name."""

    code = "contract-not-found"


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract.

    Attributes:
        content: The document, YAML in UTF-8.
        sha256: Of that.
    """

    content: bytes
    sha256: str


@cache
def contracts() -> Mapping[str, Contract]:
    """Return the contracts by the names of their files, sorted."""
    found = {}
    for path in sorted(_folder().glob("*.yaml")):
        content = path.read_bytes()
        found[path.name] = Contract(content, hashlib.sha256(content).hexdigest())
    return found


def contract(name: str) -> Contract:
    """Return a contract.

    Raises:
        NoSuchContractError: There is none of that name.
    """
    if (found := contracts().get(name)) is None:
        told = ", ".join(contracts())
        raise NoSuchContractError(f"there is no contract {name[:100]!a}", hint=f"there are {told}")
    return found


def _folder() -> Path:
    """Return where they lie: in the installed package, or beside its sources."""
    package = Path(funcyard.__file__).parent
    installed = package / "workspace_contracts"
    return installed if installed.is_dir() else package.parents[1] / "specs" / "contracts"
