"""The function.json folders of an app: functions of the v1 programming model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.json_file import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.json_file import JsonFile


@dataclass(frozen=True, slots=True)
class V1Folder:
    """One folder.

    Attributes:
        function: The function's name: the folder's.
        file: Its function.json.
        is_whole: Whether it has a trigger and its script is there.
    """

    function: str
    file: JsonFile
    is_whole: bool


def v1_folders(app: AppFacts, names: Iterable[str]) -> list[V1Folder]:
    """Return those folders of an app that hold a function.json and have one of these names."""
    found = []
    for name in names:
        path = app.directory / name / "function.json"
        file = read_json(path, app.name_of(path))
        if file is None:
            continue
        script = file.get("scriptFile") or "__init__.py"
        bindings = file.get("bindings")
        triggered = isinstance(bindings, list) and any(
            isinstance(one, dict) and str(one.get("type", "")).lower().endswith("trigger")
            for one in bindings
        )
        whole = triggered and isinstance(script, str) and (path.parent / script).is_file()
        found.append(V1Folder(name, file, whole))
    return found
