"""Facts made of files: an app as rules see it, without importing it unless a test wants that."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.functions.model import Index
from funcyard.functions.survey import Interpreter, Survey
from funcyard.preflight.facts import AppFacts, Facts
from funcyard.preflight.target import Request, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.preflight.finding import Finding
    from funcyard.preflight.rule import Rule

INTERPRETER = Interpreter(
    version="3.11.2",
    modules={"azure": ("azure-functions",), "azure.functions": ("azure-functions",)},
    distributions={"azure-functions": "1.24.0"},
    standard_library=tuple(sorted(sys.stdlib_module_names)),
)
EMPTY = Survey(index=Index(), interpreter=INTERPRETER)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files by their paths and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def facts(
    root: Path,
    files: Mapping[str, str],
    *,
    app: str = "",
    survey: Survey = EMPTY,
    target: Mapping[str, object] | None = None,
    request: Mapping[str, object] | None = None,
) -> Facts:
    """Facts of one app in a folder of these files.

    Args:
        root: The checked folder.
        files: Text by path, relative to it.
        app: The app's folder in it.
        survey: What importing the app told.
        target: Fields of the target that a test sets.
        request: Fields of the request that a test sets.
    """
    write(root, files)
    directory = root / app
    wanted = Target(name="api", directory=directory, interpreter=Path(sys.executable))
    wanted = replace(wanted, **(target or {}))  # type: ignore[arg-type]  # a test's own fields
    asked = Request(root=root, targets=(wanted,), environment={})
    asked = replace(asked, **(request or {}))  # type: ignore[arg-type]  # a test's own fields
    return Facts(asked, (AppFacts(root, wanted, survey),))


def found(rule: Rule, given: Facts) -> list[Finding]:
    """What a rule finds, in order of place."""
    return sorted(rule.check(given), key=lambda f: (f.file, f.line, f.message))


def program(folder: Path, name: str, script: str) -> Path:
    """Put a real program of that name into a folder, for a PATH that is searched."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
