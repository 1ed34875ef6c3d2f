"""What a function app holds: functions, bindings, and the reason when it cannot be loaded.

The one model that ``up``, ``functions list`` and ``check`` share. It travels as JSON from the
app's interpreter to Funcyard's, so every class here is plain data from the standard library.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

TRIGGER_SUFFIX = "Trigger"

HTTP_STREAMS = "http-streams"
"""What a function needs whose app uses a web extension (HTTP v2)."""

V1 = "v1"
"""Programming model of function.json folders."""
V2 = "v2"
"""Programming model of decorators."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding, as the official worker hands it to the host.

    Attributes:
        name: The parameter's name, or ``$return``.
        type: ``httpTrigger``, ``queue``, ``blob``, ``table``, … as in function.json.
        direction: ``in`` or ``out``.
        properties: Every property of the binding's raw JSON, those three included.
    """

    name: str
    type: str
    direction: str
    properties: Json = field(default_factory=dict)

    @property
    def is_trigger(self) -> bool:
        """Whether this binding starts the function."""
        return self.type.lower().endswith(TRIGGER_SUFFIX.lower())

    def get(self, name: str) -> Any:  # noqa: ANN401 - a property holds any JSON value
        """Return a property by name without regard to case, as the host reads them, else None."""
        wanted = name.lower()
        for key, value in self.properties.items():
            if key.lower() == wanted:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Function:
    """One function as indexed.

    Attributes:
        name: Its name in Azure.
        script_file: The indexed script, relative to the app.
        bindings: In the order in which the worker gives them.
        retry: The retry policy's settings, or None.
        file: Source file that defines it, relative to the app where it lies inside it.
        line: First line of its definition, from 1; 0 where it cannot be told.
        is_async: Whether it is a coroutine function.
        needs: What it needs of a host besides ordinary bindings: ``sdk-types`` (a parameter is an
            SDK client), ``settlement-client`` (it settles messages itself), ``http-streams`` (the
            app uses a web extension, HTTP v2).
        model: The programming model that declares it, ``v1`` or ``v2``.
    """

    name: str
    script_file: str
    bindings: tuple[Binding, ...]
    retry: Json | None = None
    file: str = ""
    line: int = 0
    is_async: bool = False
    needs: tuple[str, ...] = ()
    model: str = V2

    @property
    def trigger(self) -> Binding:
        """The binding that starts it; indexing guarantees one."""
        return next(binding for binding in self.bindings if binding.is_trigger)

    @property
    def inputs(self) -> tuple[Binding, ...]:
        """The bindings read before it runs, the trigger left out."""
        return tuple(b for b in self.bindings if b.direction == "in" and not b.is_trigger)

    @property
    def outputs(self) -> tuple[Binding, ...]:
        """The bindings written after it ran, ``$return`` included."""
        return tuple(b for b in self.bindings if b.direction == "out")

    @classmethod
    def from_dict(cls, data: Json) -> Function:
        """Build from :meth:`as_dict`'s object."""
        bindings = tuple(Binding(**binding) for binding in data["bindings"])
        return cls(**{**data, "bindings": bindings, "needs": tuple(data.get("needs", ()))})

    def as_dict(self) -> Json:
        """Return the function as JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """Why an app yields no functions.

    Attributes:
        kind: Class of the exception, such as ``ModuleNotFoundError`` or ``FunctionLoadError``.
        message: Its text, as the official worker words it.
        file: The user's file that it points at, relative to the app where it lies inside it.
        line: The line there, from 1; 0 where none is known.
        traceback: The whole traceback, frames of the loader left out.
    """

    kind: str
    message: str
    file: str = ""
    line: int = 0
    traceback: str = ""

    def as_dict(self) -> Json:
        """Return the failure as JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class BrokenFunction:
    """A function of the model v1 that does not load; the others of its app are served.

    Attributes:
        name: Its name, the folder's.
        failure: Why.
    """

    name: str
    failure: LoadFailure


@dataclass(frozen=True, slots=True)
class Index:
    """The outcome of indexing one app: its functions, or the failure of the whole app.

    Attributes:
        functions: In the order in which the app registered them.
        failure: Set when indexing or binding failed; then ``functions`` is empty.
        missing_script: The script that the app should have and has not; officially no failure, and
            the host goes on to read function.json folders.
        legacy: Such folders are read in its stead (programming model v1).
        broken: The functions of those folders that do not load.
        unread: Names of function.json folders that nobody reads, because there is a script.
    """

    functions: tuple[Function, ...] = ()
    failure: LoadFailure | None = None
    missing_script: str = ""
    legacy: bool = False
    broken: tuple[BrokenFunction, ...] = ()
    unread: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Json) -> Index:
        """Build from :meth:`as_dict`'s object."""
        failure = data.get("failure")
        return cls(
            functions=tuple(Function.from_dict(f) for f in data.get("functions", ())),
            failure=LoadFailure(**failure) if failure else None,
            missing_script=data.get("missing_script", ""),
            legacy=bool(data.get("legacy")),
            broken=tuple(
                BrokenFunction(each["name"], LoadFailure(**each["failure"]))
                for each in data.get("broken", ())
            ),
            unread=tuple(data.get("unread", ())),
        )

    def as_dict(self) -> Json:
        """Return the index as JSON-ready data."""
        return asdict(self)
