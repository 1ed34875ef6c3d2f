"""An app's purpose in files that are the user's: they follow it where nobody edited them.

The docstring of a function_app.py from the template says what the app is for, and so does the
description in its pyproject.toml, whose other lines stay as they are: its lock belongs to them.
"""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING, Any

from funcyard.project.manifest import is_unedited
from funcyard.project.tree import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.manifest import Entry


def following_purpose(
    root: Path, app: str, files: Mapping[str, GeneratedFile], known: Mapping[str, Entry]
) -> Iterator[str]:
    """Yield the paths of an app's files that nobody edited and that state another purpose.

    Args:
        root: The project's folder.
        app: Name of the app.
        files: What is generated now, by path.
        known: What was generated before, by path.

    Raises:
        PathBlockedError: A link or a folder stands where a file belongs.
    """
    for name, (template, differs) in _STATING.items():
        path = f"functions/{app}/{name}"
        file, entry = files.get(path), known.get(path)
        disk = read(root, path)
        if file is None or entry is None or disk is None or file.template != template:
            continue
        if is_unedited(disk, entry) and differs(disk.content, file.content):
            yield path


def _other_docstring(before: bytes, after: bytes) -> bool:
    return ast.get_docstring(ast.parse(before)) != ast.get_docstring(ast.parse(after))


def _other_description(before: bytes, after: bytes) -> bool:
    """Tell whether the description differs, and nothing else does."""
    old, new = _project(before), _project(after)
    return old != new and {**old, "description": ""} == {**new, "description": ""}


def _project(content: bytes) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(content.decode())["project"]
    return project


_STATING = {
    "function_app.py": ("app/function_app.py", _other_docstring),
    "pyproject.toml": ("app/pyproject.toml", _other_description),
}
"""File of an app to the template that states the purpose, and how to tell that it does anew."""
