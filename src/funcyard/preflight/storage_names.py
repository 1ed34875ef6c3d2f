"""What the bindings of functions call queues, blob containers and tables, and what is wrong there.

``%NAME%`` stands for a setting, and ``{name}`` for what a run gives: where the value is not known,
only what stands around it is judged.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.functions.model import Binding, Function

_LONGEST = 63
_SETTING = "\0"
"""Stands for a setting whose value is not known, while a text is taken apart."""


class Kind(Enum):
    """What is named, as messages tell it."""

    QUEUE = "queue"
    CONTAINER = "container"
    TABLE = "table"


class _Open(Enum):
    """What may be anything in a name."""

    SETTING = "the value of a setting that is not known"
    RUN = "what a run gives"


_PROPERTIES = {
    "queue": (Kind.QUEUE, "queueName", "queue_name"),
    "queuetrigger": (Kind.QUEUE, "queueName", "queue_name"),
    "blob": (Kind.CONTAINER, "path", "path"),
    "blobtrigger": (Kind.CONTAINER, "path", "path"),
    "table": (Kind.TABLE, "tableName", "table_name"),
}
_WANTED = {
    Kind.QUEUE: "3 to 63 letters, digits and single hyphens",
    Kind.CONTAINER: "3 to 63 small letters, digits and single hyphens",
    Kind.TABLE: "3 to 63 letters and digits, a letter first",
}
_ENDED = re.compile(r"[^/{}%]+/")
_HYPHENATED = re.compile(r"[a-z0-9-]*")
_PLAIN = re.compile(r"[A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class StorageName:
    """A name as a binding has it.

    Attributes:
        function: The function.
        binding: Its binding.
        kind: What is named.
        written: The property as it is written; of a container the path of its blobs.
        argument: How the decorators call the property.
    """

    function: Function
    binding: Binding
    kind: Kind
    written: str
    argument: str

    @property
    def wanted(self) -> str:
        """How such a thing may be called."""
        return _WANTED[self.kind]

    def fault(self, settings: Mapping[str, str]) -> str:
        """Return what is wrong with it, nothing where it may be right.

        Args:
            settings: The settings that are known; the value of any other may be anything.
        """
        pieces = self._pieces(settings)
        if pieces is None:
            return ""
        if self.kind is Kind.CONTAINER and self.written.startswith("/"):
            return f"a path begins with its container, not with a slash: {self.written}"
        if self.kind is Kind.CONTAINER and _ENDED.fullmatch(self.written):
            return f"a path names blobs behind its slash: {self.written}"
        if self.kind is Kind.CONTAINER:
            pieces = _container(pieces)
        if self.kind is Kind.QUEUE:  # small letters are what the host makes of it
            pieces = [piece.lower() if isinstance(piece, str) else piece for piece in pieces]
        if self.binding.is_trigger and _Open.RUN in pieces:
            return f"a trigger's {self.kind.value} cannot depend on a run, as {self.written} does"
        if _is_admitted(self.kind, pieces):
            return ""
        shown = "".join(piece if isinstance(piece, str) else "…" for piece in pieces)
        return f"a {self.kind.value} cannot be called {shown or 'nothing'}"

    def _pieces(self, settings: Mapping[str, str]) -> list[str | _Open] | None:
        """Return what is known of it, and what is open; None where braces mean nothing."""
        from funcyard.host.bindings.expressions import ExpressionError, parse_template  # noqa: PLC0415 - keeps --help fast
        from funcyard.host.setting_names import lookup, names_in  # noqa: PLC0415 - keeps --help fast

        text = self.written
        for name in names_in(text):
            text = text.replace(f"%{name}%", lookup(settings, name) or _SETTING)
        try:
            parsed = parse_template(text)
        except ExpressionError:
            return None
        pieces: list[str | _Open] = []
        for part in parsed:
            if isinstance(part, str):
                known = (piece for piece in re.split(f"({_SETTING})", part) if piece)
                pieces += [_Open.SETTING if piece == _SETTING else piece for piece in known]
            else:
                pieces.append(_Open.RUN)
        return pieces


def storage_names(function: Function) -> Iterator[StorageName]:
    """Yield the names that a function's bindings have of what storage holds."""
    for binding in function.bindings:
        kind, name, argument = _PROPERTIES.get(binding.type.lower(), (None, "", ""))
        written = binding.get(name) if kind is not None else None
        if kind is not None and isinstance(written, str) and "://" not in written:
            yield StorageName(function, binding, kind, written, argument)


def _container(pieces: list[str | _Open]) -> list[str | _Open]:
    """Return what the name of a container is made of: a path as far as its first slash.

    What is open may hold a slash itself, so nothing behind it is certain to belong to the name.
    """
    found: list[str | _Open] = []
    for piece in pieces:
        if not isinstance(piece, str):
            return [*found, piece]
        before, slash, _ = piece.partition("/")
        found += [before] if before else []
        if slash:
            break
    return found


def _is_admitted(kind: Kind, pieces: list[str | _Open]) -> bool:
    from funcyard.host.storage_names import CONTAINER, QUEUE, TABLE  # noqa: PLC0415 - keeps --help fast

    known = [piece for piece in pieces if isinstance(piece, str)]
    text = "".join(known)
    if len(known) == len(pieces):
        whole = {Kind.QUEUE: QUEUE, Kind.CONTAINER: CONTAINER, Kind.TABLE: TABLE}[kind]
        return whole.fullmatch(text) is not None
    first = pieces[0] if isinstance(pieces[0], str) else ""
    last = pieces[-1] if isinstance(pieces[-1], str) else ""
    if len(text) > _LONGEST:
        return False
    if kind is Kind.TABLE:
        return _PLAIN.fullmatch(text) is not None and not first[:1].isdigit()
    is_split = any("--" in piece for piece in known) or first.startswith("-") or last.endswith("-")
    return _HYPHENATED.fullmatch(text) is not None and not is_split
