from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
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


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        ("app/lib/a.py", Severity.ERROR),
        ("app/host.json", Severity.ERROR),
        ("app/requirements.txt", Severity.ERROR),
        ("app/CHANGELOG.md", Severity.WARNING),
        ("app/prompts/a.txt", Severity.WARNING),
    ],
)
def test_a_file_of_the_app_that_nothing_is_loaded_from_cannot_be_the_cause(
    tmp_path: Path, file: str, severity: Severity
) -> None:
    (first, *_) = found(RULE, facts(tmp_path, {file: CONFLICT}, app="app"))

    assert (first.file, first.severity) == (file, severity)


def test_an_untracked_file_counts_where_the_app_is_loaded_from_it_alone(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    names = ("NEW.md", "OLD.md", "app/new.py", "app/new.md")
    given = facts(tmp_path, dict.fromkeys(names, CONFLICT), app="app")
    subprocess.run(["git", "-C", tmp_path, "add", "OLD.md"], check=True)

    assert {f.file for f in found(RULE, given)} == {"OLD.md", "app/new.py"}


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
