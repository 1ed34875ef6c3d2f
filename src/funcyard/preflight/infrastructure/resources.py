"""What a deployment consists of: its resources, and the modules of which nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.preflight.infrastructure.value import Value


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of one deployment.

    Attributes:
        type: Such as ``Microsoft.App/containerApps``.
        symbol: How its template calls it, empty for nothing.
        name: Its name.
        id: What tells it apart from others: its type and its name, unless an id is written.
        body: What is written of it.
        existing: Whether it is only looked up.
        parent: Id of the resource that it is part of, empty for none that is known.
    """

    type: str
    symbol: str
    name: Value
    id: str
    body: Value
    existing: bool = False
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A module of a registry that is deployed, and of which nothing is known.

    Attributes:
        symbol: How its template calls it.
        source: Where it is, such as ``br/public:avm/res/web/site:0.16.0``.
        file: The template.
        line: Where it is deployed there.
    """

    symbol: str
    source: str
    file: str
    line: int

    def makes(self, value: str) -> bool:
        """Tell whether an unknown value, as a text, is one of its outputs."""
        return value.startswith(f"{self.symbol}.outputs.") and value.endswith(f"@{self.file}")


def resource_id(kind: str, name: str, scope: str = "") -> str:
    """Return what tells a resource apart within a deployment."""
    return f"{kind.lower()}:{name}" + (f"@{scope}" if scope else "")
