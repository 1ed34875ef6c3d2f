"""What authentication looks at of a request: its headers and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.access.errors import UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, as far as it tells who calls.

    Attributes:
        headers: Names in lower case, with their values, in the order they came; names may repeat.
        peer: The address at the other end of the connection; empty where it is not known.
    """

    headers: tuple[tuple[str, str], ...]
    peer: str

    @classmethod
    def of(cls, headers: Iterable[tuple[str, str]], peer: str) -> Asking:
        """Make it of headers as they came."""
        return cls(tuple((name.lower(), value) for name, value in headers), peer)

    def one(self, name: str) -> str | None:
        """Return a header's value, None where there is none.

        Raises:
            UnauthenticatedError: It came more than once: what proxies add and what callers send
                could not be told apart.
        """
        found = [value for known, value in self.headers if known == name.lower()]
        if len(found) > 1:
            raise UnauthenticatedError(f"the header {name} came more than once")
        return found[0] if found else None
