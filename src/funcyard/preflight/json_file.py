"""A JSON file as rules read it: its document, and the line on which a property stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.functions.json_text import strict
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class JsonFile:
    """One file.

    Attributes:
        name: Its path as findings tell it.
        text: What it holds.
        document: Its content; None where it is no JSON.
        fault: Why it is no JSON, empty where it is.
        fault_line: Where it stops being JSON.
    """

    name: str
    text: str
    document: Any
    fault: str = ""
    fault_line: int = 0

    def get(self, *path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the value at a path of property names, None where there is none."""
        value = self.document
        for name in path:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    def line_of(self, *path: str) -> int:
        """Return the line on which the last property of a path stands, 1 where none is found."""
        position = 0
        for name in path:
            found = re.compile(rf'"{re.escape(name)}"\s*:').search(self.text, position)
            if found is None:
                return 1
            position = found.end()
        return self.text.count("\n", 0, position) + 1


def read_json(path: Path, name: str) -> JsonFile | None:
    """Read a file, None where there is none.

    Comments and trailing commas are accepted, as the Functions host accepts them.
    """
    try:
        text = read_text(path, "utf-8-sig", "replace")
    except OSError:
        return None
    try:
        return JsonFile(name, text, json.loads(strict(text)))
    except json.JSONDecodeError as fault:
        return JsonFile(name, text, None, fault.msg, fault.lineno)
    except RecursionError:
        return JsonFile(name, text, None, "it is nested too deeply", 1)
