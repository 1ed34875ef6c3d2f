"""The small apps that both sides load: read from ``apps/*.txt`` and the like, written as folders.

In a text, ``=== name`` begins an app, ``--- file`` one of its files, ``--- settings`` its settings
as ``NAME=value``. Without a ``---`` line, a body is function_app.py after the prelude.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
PRELUDE = "import typing\nimport azure.functions as func\napp = func.FunctionApp()\n"

Apps = dict[str, dict[str, str]]
"""Files by path, by the app's name."""


def read(folder: Path) -> Apps:
    """Read every app of a folder of texts."""
    apps: Apps = {}
    for source in sorted(folder.glob("*.txt")):
        for block in source.read_text(encoding="utf-8").split("\n=== ")[1:]:
            name, _, body = block.partition("\n")
            assert name not in apps, f"two apps are named {name!r}"
            head, *parts = re.split(r"^--- ", body, flags=re.MULTILINE)
            files = {} if parts else {"function_app.py": PRELUDE + head}
            for part in parts:
                file, _, content = part.partition("\n")
                files[file] = content.rstrip() + "\n"
            apps[name] = files
    return apps


def write(folder: Path, apps: Mapping[str, Mapping[str, str]]) -> None:
    """Write each app to a folder of its own, named by :func:`folder_of`."""
    for name, files in apps.items():
        app = folder / folder_of(name)
        for file, content in files.items():
            path = app / file
            text = content
            if file == "settings":
                pairs = (line.partition("=") for line in content.splitlines())
                path = app / "settings.json"
                text = json.dumps({key: value for key, _, value in pairs})
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def folder_of(name: str) -> str:
    """Return the name of an app's folder."""
    return re.sub(r"[^\w.,-]", "_", name)
