"""Imports in a ``try`` that goes on: what was swallowed is told, first, with what raised it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.integration.preflight import haymaker
from tests.integration.preflight.checking import GOOD, Checked, check, write_app

BLUEPRINT = """\
import azure.functions as func

bp = func.Blueprint()


@bp.route(route="{name}")
def {name}(req: func.HttpRequest) -> str:
    return "{name}"
"""
GUARDED = """\
import logging

import azure.functions as func

app = func.FunctionApp()

try:
    from bp_a import bp as bp_a
    from bp_b import bp as bp_b

    app.register_functions(bp_a)
    app.register_functions(bp_b)
except Exception as fault:
    logging.error(fault)
"""
IN_A_LOOP = """\
import importlib
import logging

import azure.functions as func

app = func.FunctionApp()

for name in ("bp_a", "bp_b"):
    try:
        app.register_functions(importlib.import_module(name).bp)
    except Exception:
        logging.exception(name)
"""
FACADE = """\
try:
    from .orchestrator_app import app

    from .activities import validate, missing_thing
except Exception:
    app = None
"""


def _write(folder: Path, script: str, broken: str) -> Path:
    parts = {"bp_a": BLUEPRINT.format(name="a"), "bp_b": broken + BLUEPRINT.format(name="b")}
    return write_app(folder, script, **{f"{name}__py": text for name, text in parts.items()})


def _checked(folder: Path, python: Path, *arguments: str) -> Checked:
    chosen = ("--only", "source", "--only", "discovery")
    return check(folder, "--json", *chosen, "--python", python, *arguments)


def _first(done: Checked) -> dict[str, Any]:
    first: dict[str, Any] = done.document["findings"][0]
    return first


def test_the_import_that_failed_is_the_only_finding_and_nothing_is_fixed(
    tmp_path: Path, apps_python: Path
) -> None:
    folder = _write(tmp_path / "api", GUARDED, "import nonexistent_pkg\n")

    done = _checked(folder, apps_python, "--fix", "--yes")

    first = _first(done)
    assert (done.status, done.rules) == (1, ["import-guard-hides-app"])
    assert (first["severity"], first["file"], first["line"]) == ("error", "function_app.py", 9)
    assert "bp_b.py:1: ModuleNotFoundError: No module named 'nonexistent_pkg'" in first["evidence"]
    assert first["message"].endswith("not found are a, b")
    assert (folder / "function_app.py").read_text(encoding="utf-8") == GUARDED
    assert done.document["fixes"] == []


def test_a_setting_that_a_module_reads_is_the_cause_and_not_a_forgotten_blueprint(
    tmp_path: Path, apps_python: Path
) -> None:
    folder = _write(tmp_path / "api", IN_A_LOOP, "import os\nKEY = os.environ['NO_KEY']\n")

    done = _checked(folder, apps_python)

    assert done.rules == ["import-guard-hides-app"]
    assert "bp_b.py:2: KeyError: 'NO_KEY'" in _first(done)["evidence"]
    assert _first(done)["message"].endswith("not found are b")


def test_in_a_package_the_line_that_fails_is_told_and_not_the_apps_import(
    tmp_path: Path, apps_python: Path
) -> None:
    folder = write_app(tmp_path / "api", "from core import app\n")
    activities = "def validate(): ...\n"
    parts = {"__init__": FACADE, "orchestrator_app": GOOD, "activities": activities}
    haymaker.write(folder, {f"core/{name}.py": text for name, text in parts.items()})

    done = _checked(folder, apps_python)

    first, second = done.document["findings"]
    assert (first["rule"], first["file"], first["line"]) == (
        "import-guard-hides-app",
        "core/__init__.py",
        4,
    )
    assert "cannot import name 'missing_thing' from 'core.activities'" in first["evidence"]
    assert (second["rule"], second["next"]) == ("no-function-app", "mend core/__init__.py:4 first")


@pytest.mark.parametrize(
    "optional",
    [
        "try:\n    import ujson as json\nexcept ImportError:\n    import json\n",
        "try:\n    import extras\nexcept Exception:\n    extras = None\n",
    ],
)
def test_an_optional_import_that_loses_nothing_is_no_finding(
    tmp_path: Path, apps_python: Path, optional: str
) -> None:
    folder = write_app(tmp_path / "api", optional + GOOD, extras__py="raise RuntimeError\n")

    assert _checked(folder, apps_python).rules == []
