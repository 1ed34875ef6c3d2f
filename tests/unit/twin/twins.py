"""Twins for tests: copies of the example, changed at one place or several."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from funcyard.twin.config.findings import Finding, TwinError
from funcyard.twin.config.reading import read_twin

EXAMPLE = Path(__file__).parents[3] / "examples" / "digital-twin"
GONE = object()
"""Instead of a value: the field is taken away."""


def copied(to: Path) -> Path:
    """Copy the example to a folder of a test's own."""
    return Path(shutil.copytree(EXAMPLE, to / "twin"))


def changed(folder: Path, file: str, path: tuple[str | int, ...], value: object) -> None:
    """Set one value of a file, or take it away; an index behind the end appends."""
    whole: Any = json.loads((folder / file).read_text("utf-8"))
    at = whole
    for step in path[:-1]:
        at = at[step]
    if not path:
        whole = value
    elif value is GONE:
        del at[path[-1]]
    elif isinstance(at, list) and path[-1] == len(at):
        at.append(value)
    else:
        at[path[-1]] = value
    (folder / file).write_text(json.dumps(whole, indent=2), "utf-8")


def faults(folder: Path) -> list[str]:
    """Return what is wrong with a twin, a line each, without the place in the line."""
    with pytest.raises(TwinError) as caught:
        read_twin(folder)
    return said(caught.value.findings)


def said(findings: Iterable[Finding]) -> list[str]:
    """Return findings as ``file: path: message (hint)``."""
    return [
        one.text.replace(f":{one.line}:{one.column}: ", ": ", 1) if one.line else one.text
        for one in findings
    ]
