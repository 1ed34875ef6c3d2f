"""Taking elements of DTDL documents apart, with a path for every fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins.dtdl.names import is_identifier, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.core.records import Json

_ANNOTATIONS: Final = frozenset({"@id", "@type", "comment", "description", "displayName"})
_LONGEST: Final = 512


class ElementError(Exception):
    """Something in a document that is no DTDL."""


@dataclass(frozen=True, slots=True)
class Element:
    """An object of a document.

    Attributes:
        body: As it came.
        path: Where it is, as a person finds it.
        version: Of the language.
    """

    body: Json = field(repr=False)
    path: str
    version: int

    @property
    def types(self) -> tuple[str, ...]:
        """What it says it is, semantic types among it."""
        given = self.body.get("@type")
        if isinstance(given, str):
            return (given,)
        return tuple(map(str, given)) if isinstance(given, list) else ()

    def fault(self, message: str) -> ElementError:
        """Return a fault of it."""
        return ElementError(f"{self.path}: {message}")

    def check(self, *known: str) -> None:
        """Refuse members that such an element has not, and annotations that are none.

        Raises:
            ElementError: One of these.
        """
        for name in self.body:
            if name not in known and name not in _ANNOTATIONS:
                raise self.fault(f"'{name}' is not known here")
        identifier = self.body.get("@id")
        if identifier is not None and not is_identifier(identifier):
            raise self.fault(f"'{identifier}' is no identifier (@id)")
        for name in ("comment", "description", "displayName"):
            for text in self.texts(name).values():
                if len(text) > _LONGEST:
                    raise self.fault(f"'{name}' is longer than {_LONGEST}")

    def texts(self, name: str) -> dict[str, str]:
        """Return words by their language.

        Raises:
            ElementError: They are none.
        """
        given = self.body.get(name)
        if given is None:
            return {}
        if isinstance(given, str):
            return {"en": given}
        if isinstance(given, dict) and all(isinstance(one, str) for one in given.values()):
            return dict(given)
        raise self.fault(f"'{name}' is neither words nor words by language")

    def name(self) -> str:
        """Return its name.

        Raises:
            ElementError: It has none that is allowed.
        """
        given = self.body.get("name")
        if not is_name(given):
            raise self.fault(
                f"the name {given!r} is not allowed: 1 to 64 letters, digits and '_', a letter"
                " first, no '_' at the end"
            )
        return str(given)

    def children(self, member: str, most: int) -> Iterator[Element]:
        """Yield the objects in a list, which may be left out.

        Raises:
            ElementError: It is no list of objects, or too long.
        """
        given = self.body.get(member, [])
        given = [given] if isinstance(given, dict) else given
        if not isinstance(given, list):
            raise self.fault(f"'{member}' is no list")
        if len(given) > most:
            raise self.fault(f"'{member}' holds more than {most}")
        for number, one in enumerate(given):
            yield self.child(one, f"{member}[{number}]")

    def child(self, body: object, where: str) -> Element:
        """Return an object in it.

        Raises:
            ElementError: It is none.
        """
        path = f"{self.path}.{where}"
        if not isinstance(body, dict):
            raise ElementError(f"{path}: is no object")
        return Element(body, path, self.version)
