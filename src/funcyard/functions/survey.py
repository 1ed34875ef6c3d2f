"""What importing an app tells beyond its index: its Python, all its faults, what went astray.

Plain data that travels as JSON from the app's interpreter, like :mod:`.model`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from .model import LoadFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Index, Json


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
class Swallowed:
    """An exception that the user's code caught while it was imported, and went on.

    Attributes:
        file: Where it was caught, relative to the app.
        line: The line there that it came from, such as that of an import.
        failure: What was raised; its place is the innermost one of the user's.
        kinds: The names of its class and of those that it derives from, the nearest first.
        through: The user's files that it passed, from ``file`` to where it was raised.
    """

    file: str
    line: int
    failure: LoadFailure
    kinds: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Json) -> Swallowed:
        """Build from :meth:`as_dict`'s object."""
        failure = LoadFailure(**data["failure"])
        told = {"kinds": tuple(data["kinds"]), "through": tuple(data["through"])}
        return cls(**{**data, "failure": failure, **told})

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
        swallowed: What the user's code caught while it was imported, and went on.
        seconds: How long importing and binding took; 0 where it did not end.
    """

    index: Index
    interpreter: Interpreter
    uncompilable: tuple[LoadFailure, ...] = ()
    faults: tuple[LoadFailure, ...] = ()
    strays: tuple[Stray, ...] = ()
    modules: tuple[str, ...] = ()
    swallowed: tuple[Swallowed, ...] = ()
    seconds: float = 0.0

    @classmethod
    def reported(cls, index: Index, before: Sequence[Any], after: Json) -> Survey:
        """Build from what was told before the app was imported, and after.

        Args:
            index: What the worker would find.
            before: The interpreter, and the faults of sources that do not compile.
            after: The rest; empty where importing the app did not end.
        """
        found, uncompilable = before
        failure = (index.failure,) if index.failure else ()
        return cls(
            index=index,
            interpreter=Interpreter.from_dict(found),
            uncompilable=tuple(LoadFailure(**fault) for fault in uncompilable),
            faults=tuple(LoadFailure(**fault) for fault in after.get("faults", ())) or failure,
            strays=tuple(Stray.from_dict(stray) for stray in after.get("strays", ())),
            modules=tuple(after.get("modules", ())),
            swallowed=tuple(Swallowed.from_dict(told) for told in after.get("swallowed", ())),
            seconds=float(after.get("seconds", 0.0)),
        )
