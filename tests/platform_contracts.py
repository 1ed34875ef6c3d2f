"""The contracts of the workspace platform, as tests read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

FOLDER: Final = Path(__file__).parents[1] / "specs" / "contracts"
CONTRACTS: Final = sorted(path.name for path in FOLDER.glob("*.yaml"))
_METHODS: Final = ("get", "head", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """An operation of a contract.

    Attributes:
        contract: The file's name.
        method: In upper case.
        path: With its parameters in braces.
        id: The operation's.
        role: ``anyone``, ``user`` or ``admin``.
        document: As it is written.
    """

    contract: str
    method: str
    path: str
    id: str
    role: str
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def read(name: str) -> dict[str, Any]:
    """Return a contract, which is not changed."""
    found: dict[str, Any] = YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def operations(*names: str) -> list[Operation]:
    """Return the operations of contracts, of all where none is named."""
    return [
        Operation(name, method.upper(), path, one["operationId"], one["x-role"], one)
        for name in names or CONTRACTS
        for path, methods in read(name)["paths"].items()
        for method, one in methods.items()
        if method in _METHODS
    ]
