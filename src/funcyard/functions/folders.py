"""The function.json folders of the programming model v1, read as the Functions host reads them.

Each subfolder of an app that holds a function.json is one function, named like the folder. The host
reads and checks the file, finds the script, and only then has the worker load it; what the host
refuses is told in its words and with the class of its exception. Follows
``HostFunctionMetadataProvider``, ``BindingMetadata`` and ``Utility`` of azure-functions-host 4.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .json_text import line_of, strict
from .model import Binding, LoadFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Json

CONFIG = "function.json"
DIRECTIONS = ("in", "out", "inout")
DATA_TYPES = ("undefined", "string", "binary", "stream")

_FUNCTION_NAME = re.compile(r"[a-z][a-z0-9_\-]{0,127}", re.IGNORECASE | re.ASCII)
_BINDING_NAME = re.compile(r"(?!.*__)[a-zA-Z_][a-zA-Z0-9_]{0,127}|\$return")
"""Since 4.1038; older hosts refuse every underscore."""
_SCRIPTS = frozenset({"index.js", "index.mjs", "index.cjs", "__init__.py"})
_ABSENT_SCRIPT = (
    "Invalid script file name configuration. The 'scriptFile' property is set to a file that does "
    "not exist."
)
_NO_SCRIPT = (
    "Unable to determine the primary function script.Make sure atleast one script file is present."
    "Try renaming your entry point script to 'run' or alternatively you can specify the name of the"
    " entry point script explicitly by adding a 'scriptFile' property to your function metadata."
)


class FolderError(Exception):
    """The host refuses a function.json folder; ``kind`` is the class of the host's exception."""

    def __init__(self, kind: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.line = line

    def failure(self, name: str) -> LoadFailure:
        """Return it as the failure of the function of that name."""
        return LoadFailure(self.kind, self.message, f"{name}/{CONFIG}", self.line)


@dataclass(frozen=True, slots=True)
class Folder:
    """One function as its function.json declares it.

    Attributes:
        name: The function's name, the folder's.
        directory: The folder.
        script: The file that holds its code.
        entry_point: Name of the Python function, empty for ``main``.
        bindings: As declared; a direction may be ``inout``, which the worker refuses.
        retry: The retry policy as declared, or None.
    """

    name: str
    directory: Path
    script: Path
    entry_point: str
    bindings: tuple[Binding, ...]
    retry: Json | None = None


def is_function_name(name: str) -> bool:
    """Tell whether the host takes a function of this name, of either programming model."""
    return _FUNCTION_NAME.fullmatch(name) is not None and name.lower() != "host"


def folder_names(app_dir: Path) -> list[str]:
    """Return the names of an app's function.json folders in the order of the host."""
    files = (path for path in app_dir.glob(f"*/{CONFIG}") if path.is_file())
    return sorted((path.parent.name for path in files), key=str.lower)


def read_folder(directory: Path) -> Folder:
    """Read one function.json folder.

    Raises:
        FolderError: The host leaves it out: its function does not exist.
    """
    name = directory.name
    if not is_function_name(name):
        raise FolderError("InvalidOperationException", f"'{name}' is not a valid function name.")
    text = (directory / CONFIG).read_bytes().decode("utf-8-sig", "replace")
    config = _parse(text)
    bindings = _bindings(config.get("bindings"), line_of(text, ("bindings",)))
    script = _script(directory, config.get("scriptFile"), line_of(text, ("scriptFile",)))
    retry = config.get("retry")
    return Folder(
        name=name,
        directory=directory,
        script=script,
        entry_point=str(config.get("entryPoint") or ""),
        bindings=bindings,
        retry=retry if isinstance(retry, dict) else None,
    )


def _parse(text: str) -> Json:
    try:
        config = json.loads(strict(text))
    except (ValueError, RecursionError) as fault:
        line = fault.lineno if isinstance(fault, json.JSONDecodeError) else 0
        raise FolderError("JsonReaderException", f"{CONFIG} is no JSON: {fault}", line) from fault
    if not isinstance(config, dict):
        raise FolderError("JsonReaderException", f"{CONFIG} holds no JSON object", 1)
    return config


def _bindings(declared: Any, line: int) -> tuple[Binding, ...]:  # noqa: ANN401 - JSON
    if declared is None or declared == []:
        raise FolderError("FormatException", "At least one binding must be declared.", line)
    if not isinstance(declared, list) or not all(isinstance(each, dict) for each in declared):
        raise FolderError("InvalidCastException", '"bindings" holds no list of objects', line)
    bindings = tuple(_binding(raw, line) for raw in declared)
    if not any(binding.is_trigger and binding.direction == "in" for binding in bindings):
        raise FolderError(
            "InvalidOperationException",
            "No trigger binding specified. A function must have a trigger input binding.",
            line,
        )
    _check_names(bindings, line)
    return bindings


def _binding(raw: Json, line: int) -> Binding:
    given = {key.lower(): value for key, value in raw.items()}
    direction = _member(given.get("direction"), DIRECTIONS)
    if direction is None:
        raise FolderError(
            "FormatException", f"'{given['direction']}' is not a valid binding direction.", line
        )
    if _member(given.get("datatype"), DATA_TYPES) is None:
        raise FolderError(
            "JsonSerializationException",
            f"'{given['datatype']}' is not a valid dataType: {', '.join(DATA_TYPES)}",
            line,
        )
    if not given.get("type"):
        raise FolderError("ArgumentNullException", "A binding has no type.", line)
    name = given.get("name")
    return Binding("" if name is None else str(name), str(given["type"]), direction, raw)


def _member(value: Any, members: Sequence[str]) -> str | None:  # noqa: ANN401 - JSON
    """Return the member of an enumeration that a value names; the first where nothing is said."""
    if value is None:
        return members[0]
    if isinstance(value, int) and 0 <= value < len(members):
        return members[value]
    found = str(value).lower()
    return found if found in members else None


def _check_names(bindings: Sequence[Binding], line: int) -> None:
    taken: set[str] = set()
    for binding in bindings:
        if not _BINDING_NAME.fullmatch(binding.name):
            raise FolderError(
                "ArgumentException",
                f"The binding name {binding.name} is invalid. Please assign a valid name to the "
                "binding.",
                line,
            )
        if binding.name == "$return" and binding.direction != "out":
            raise FolderError(
                "ArgumentException", "$return bindings must specify a direction of 'out'.", line
            )
        if binding.name.lower() in taken:
            raise FolderError(
                "InvalidOperationException",
                f"Multiple bindings with name '{binding.name}' discovered. Binding names must be "
                "unique.",
                line,
            )
        taken.add(binding.name.lower())


def _script(directory: Path, declared: Any, line: int) -> Path:  # noqa: ANN401 - JSON
    if declared:
        script = Path(os.path.normpath(directory / str(declared)))
        if not script.is_file():
            raise FolderError("FunctionConfigurationException", _ABSENT_SCRIPT, line)
        return script
    files = sorted(path for path in directory.iterdir() if path.is_file())
    files = [path for path in files if path.name.lower() != CONFIG]
    if len(files) > 1:
        files = [path for path in files if _is_primary(path)]
    if not files:
        raise FolderError("FunctionConfigurationException", _NO_SCRIPT, 1)
    return files[0]


def _is_primary(file: Path) -> bool:
    return file.stem.lower() == "run" or file.name.lower() in _SCRIPTS
