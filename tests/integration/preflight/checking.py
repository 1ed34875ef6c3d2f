"""``funcyard check`` in a process of its own, on apps written by a test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forked_command import funcyard

GOOD = """\
import azure.functions as func

app = func.FunctionApp()


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"
"""
"""An app of one function in which nothing is to mend."""

MARKER = "<<<<<<< HEAD\n"


@dataclass(frozen=True)
class Checked:
    """How a run ended, and what it printed."""

    status: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON that it printed."""
        document: dict[str, Any] = json.loads(self.output)
        return document

    @property
    def rules(self) -> list[str]:
        """The rules of its findings, in order."""
        return [finding["rule"] for finding in self.document["findings"]]


def write_app(folder: Path, source: str = GOOD, **files: str) -> Path:
    """Write a function app and return its folder; a file's name has ``__`` for its dot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "host.json").write_text('{"version": "2.0"}\n', encoding="utf-8")
    (folder / "function_app.py").write_text(source, encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def check(
    folder: Path,
    *arguments: str | Path,
    stdin: str = "",
    **environment: str,
) -> Checked:
    """Run the command in a folder; one that hangs for minutes fails the test."""
    done = funcyard("check", *arguments, cwd=folder, given=stdin, **environment)
    return Checked(done.returncode, done.stdout, done.stderr)
