from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.unit.preflight.failing import failing
from tests.unit.preflight.given import facts, found, write

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.merge_conflict_marker import RULE

CONFLICT = "a = 1\n<<<<<<< HEAD\nb = 2\n||||||| base\nb = 0\n=======\nb = 3\n>>>>>>> topic\n"


@pytest.mark.parametrize("git", [True, False])
def test_each_marker_is_told_with_its_line_but_not_a_line_of_equals_signs(
    tmp_path: Path, *, git: bool
) -> None:
    if git:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)

    given = facts(
        tmp_path, {"app/function_app.py": CONFLICT, "app/a.bin": "\0\n<<<<<<< x\n"}, app="app"
    )

    assert [(f.file, f.line, f.severity) for f in found(RULE, given)] == [
        ("app/function_app.py", 2, Severity.ERROR),
        ("app/function_app.py", 4, Severity.ERROR),
        ("app/function_app.py", 8, Severity.ERROR),
    ]


def test_a_heading_underlined_with_equals_signs_is_no_marker(tmp_path: Path) -> None:
    given = facts(tmp_path, {"README.md": "Heading\n=======\n\nx <<<<<<< y\n<<<<<<<<< nine\n"})

    assert found(RULE, given) == []


def test_outside_of_the_apps_it_is_a_warning_and_allowed_files_may_quote_it(
    tmp_path: Path,
) -> None:
    files = {"docs/a.md": CONFLICT, "docs/merging.md": CONFLICT, "app/host.json": "{}"}
    request = {"markers_allowed": ("docs/merging.*",)}

    given = facts(tmp_path, files, app="app", request=request)

    assert {(f.file, f.severity) for f in found(RULE, given)} == {("docs/a.md", Severity.WARNING)}


SCRIPT = """\
import json
import lib.a
from shared import text

CONFIG = json.load(open("config.json"))


def later():
    import lazy
"""


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        ("app/function_app.py", Severity.ERROR),
        ("app/lib/a.py", Severity.ERROR),
        ("app/lib/__init__.py", Severity.ERROR),
        ("app/config.json", Severity.ERROR),
        ("app/host.json", Severity.ERROR),
        ("app/hello/function.json", Severity.ERROR),
        ("app/requirements.txt", Severity.ERROR),
        ("app/pyproject.toml", Severity.ERROR),
        ("libs/shared/text.py", Severity.ERROR),
        ("app/lazy.py", Severity.WARNING),
        ("app/a/old.py", Severity.WARNING),
        ("app/tests/test_a.py", Severity.WARNING),
        ("app/tests/host.json", Severity.WARNING),
        ("app/requirements-dev.txt", Severity.WARNING),
        ("app/CHANGELOG.md", Severity.WARNING),
        ("app/prompts/a.txt", Severity.WARNING),
        ("libs/other.py", Severity.WARNING),
        ("pyproject.toml", Severity.WARNING),
    ],
)
def test_a_file_that_the_app_is_not_loaded_from_cannot_be_the_cause(
    tmp_path: Path, file: str, severity: Severity
) -> None:
    files = {"app/function_app.py": SCRIPT, "app/requirements.txt": "", file: CONFLICT}
    target = {"settings": {"PYTHONPATH": "../libs"}}

    (first, *_) = found(RULE, facts(tmp_path, files, app="app", target=target))

    assert (first.file, first.severity) == (file, severity)


def test_what_a_file_imports_is_told_by_one_side_of_its_conflict(tmp_path: Path) -> None:
    conflict = (
        "import before\n<<<<<<< HEAD\nimport ours\n||||||| base\nimport base\n=======\n"
        "import theirs\n>>>>>>> topic\nimport after\n"
    )
    names = ("before", "ours", "after", "other")
    files = {f"{name}.py": CONFLICT for name in names}

    given = facts(tmp_path, {"function_app.py": conflict, **files})

    assert {f.file for f in found(RULE, given) if f.severity is Severity.ERROR} == {
        "function_app.py",
        "before.py",
        "ours.py",
        "after.py",
    }


def test_a_file_that_the_failure_points_at_is_the_cause_however_it_is_imported(
    tmp_path: Path,
) -> None:
    script = "import importlib\nimportlib.import_module('pl' + 'ugin')\n"
    survey = failing("SyntaxError", "invalid syntax (plugin.py, line 2)", "plugin.py", 2)

    given = facts(tmp_path, {"function_app.py": script, "plugin.py": CONFLICT}, survey=survey)

    assert {f.severity for f in found(RULE, given)} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("ignored", "severity"), [("", Severity.WARNING), ("tests/\n", Severity.NOTE)]
)
def test_a_file_that_is_neither_tracked_nor_shipped_nor_imported_is_a_note(
    tmp_path: Path, ignored: str, severity: Severity
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    names = ("NEW.md", "OLD.md", "app/tests/old.py", "app/new.md")
    files = {**dict.fromkeys(names, CONFLICT), "app/.funcignore": ignored}
    given = facts(tmp_path, files, app="app")
    subprocess.run(["git", "-C", tmp_path, "add", "OLD.md"], check=True)

    assert {f.file: f.severity for f in found(RULE, given)} == {
        "OLD.md": Severity.WARNING,
        "app/tests/old.py": severity,
    }


def test_what_git_ignores_is_not_looked_at(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write(tmp_path, {".gitignore": "build/\n"})

    given = facts(tmp_path, {"build/function_app.py": CONFLICT})

    assert found(RULE, given) == []


def test_names_and_lines_may_hold_any_character(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    text = "<<<<<<< HEAD\x0c\u2028\x85of\n"

    given = facts(tmp_path, {"one\nname.txt": text, "function_app.py": f"x = 1\r\n{text}"})
    subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)

    assert [(f.file, f.line, f.evidence) for f in found(RULE, given)] == [
        ("function_app.py", 2, text.rstrip("\n")),
        ("one\nname.txt", 1, text.rstrip("\n")),
    ]
