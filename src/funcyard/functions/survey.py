"""What importing an app tells beyond its index: its Python, all its faults, what went astray.

Plain data that travels as JSON from the app's interpreter, like :mod:`.model`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Index, Json, LoadFailure


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that an app runs on, and what is installed there.

    Attributes:
        version: Such as ``3.11.2``.
        modules: Top-level module to the distributions that provide it; of a namespace that several
            share, dotted names of the packages below it, too.
        distributions: Distribution, lower case, to its version.
        standard_library: Top-level modules of the standard library.
        requires: Distribution, lower case, to what it requires, as its metadata says.
    """

    version: str
    modules: dict[str, tuple[str, ...]]
    distributions: dict[str, str]
    standard_library: tuple[str, ...]
    requires: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Json) -> Interpreter:
        """Build from :meth:`as_dict`'s object."""
        modules = {name: tuple(found) for name, found in data["modules"].items()}
        requires = {name: tuple(found) for name, found in data["requires"].items()}
        library = tuple(data["standard_library"])
        told = {"modules": modules, "requires": requires, "standard_library": library}
        return cls(**{**data, **told})

    def as_dict(self) -> Json:
        """Return it as JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stray:
    """A blueprint, or a second app, whose functions are not among the app's.

    Attributes:
        kind: ``blueprint`` or ``app``.
        name: The variable that holds it.
        file: The module where it was seen, relative to the app.
        functions: Of each function: name, file, line.
    """

    kind: str
    name: str
    file: str
    functions: tuple[tuple[str, str, int], ...]

    @classmethod
    def from_dict(cls, data: Json) -> Stray:
        """Build from :meth:`as_dict`'s object."""
        functions = tuple((name, file, line) for name, file, line in data["functions"])
        return cls(**{**data, "functions": functions})

    def as_dict(self) -> Json:
        """Return it as JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a preflight knows of an app after it was imported on its own interpreter.

    Attributes:
        index: What the worker would find.
        interpreter: Where it was imported.
        uncompilable: Sources of the app that this Python cannot compile, imported or not.
        faults: Every fault of binding; ``index.failure`` is the first, the worker stops there.
        strays: What was decorated and is not among the app's functions.
        modules: The user's files that were imported, relative to the app.
        seconds: How long importing and binding took; 0 where it did not end.
    """

    index: Index
    interpreter: Interpreter
    uncompilable: tuple[LoadFailure, ...] = ()
    faults: tuple[LoadFailure, ...] = ()
    strays: tuple[Stray, ...] = ()
    modules: tuple[str, ...] = ()
    seconds: float = 0.0
