"""Surveys of apps that did not load, in the worker's words."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.preflight.given import EMPTY

from funcyard.functions.model import Binding, Function, Index, LoadFailure
from funcyard.functions.survey import Stray, Survey, Swallowed

AT_IMPORT = 'Traceback (most recent call last):\n  File "/app/{file}", line {line}, in <module>\n'
NO_APP = ("ValueError", "Could not find top level function app instances in function_app.py.")
SEVERAL = (
    "ValueError",
    "More than one FunctionApp or other top level function app instances are defined.",
)


def failing(
    kind: str, message: str, file: str = "function_app.py", line: int = 0, *, imported: str = ""
) -> Survey:
    """An app that failed as the worker says it.

    Args:
        kind: Class of the exception.
        message: Its text.
        file: Where it points.
        line: The line there.
        imported: The user's files that were imported, parted by spaces.
    """
    failure = LoadFailure(kind, message, file, line)
    return replace(
        EMPTY,
        index=Index(failure=failure),
        faults=(failure,),
        modules=tuple(imported.split()),
    )


def raising(kind: str, message: str, file: str = "function_app.py", line: int = 1) -> Survey:
    """An app whose import raised an exception at a line of it."""
    failure = LoadFailure(kind, message, file, line, AT_IMPORT.format(file=file, line=line))
    return replace(EMPTY, index=Index(failure=failure), faults=(failure,))


def refusing(reason: str, line: int, function: str = "work") -> Survey:
    """An app of which the worker refuses one function."""
    return failing("FunctionLoadError", f"cannot load the {function} function: {reason}", line=line)


def swallowing(
    line: int, *through: str, kind: str = "RuntimeError", message: str = "no"
) -> Swallowed:
    """An exception that the script caught at a line, raised in the first line of the last file."""
    files = ("function_app.py", *through)
    failure = LoadFailure(kind, message, files[-1], 1 if through else line)
    kinds = (kind, "Exception", "BaseException", "object")
    return Swallowed("function_app.py", line, failure, kinds, files)


def holding(
    *functions: Function, imported: str = "function_app.py", strays: tuple[Stray, ...] = ()
) -> Survey:
    """An app that loads."""
    return replace(
        EMPTY,
        index=Index(functions=functions),
        modules=tuple(imported.split()),
        strays=strays,
    )


def function(
    name: str, trigger: str = "timerTrigger", line: int = 0, **properties: object
) -> Function:
    """One function of the script, as indexed."""
    binding = Binding("value", trigger, "in", {"name": "value", "type": trigger, **properties})
    return Function(name, "function_app.py", (binding,), file="function_app.py", line=line)
