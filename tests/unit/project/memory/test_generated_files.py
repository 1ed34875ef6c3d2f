"""``generated_files.md`` of whole projects: groups, totals, and what each file is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from funcyard.project.catalog import blueprint
from funcyard.project.memory.generated_files import entries
from funcyard.project.reading import parse_spec
from funcyard.project.renderer import Inputs, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import RecordResult


@pytest.fixture
def made(later: Callable[[int], datetime]) -> tuple[GeneratedFile, ...]:
    origin = blueprint("data-pipeline")
    spec = parse_spec(origin.spec_text, today=later(0).date()).spec
    return render(spec, Inputs(key="a2V5", now=later(0), blueprint=origin))


@pytest.fixture
def text(remember: Callable[..., RecordResult], made: tuple[GeneratedFile, ...]) -> str:
    return (remember(files=made).folder / "generated_files.md").read_text()


def _entry(text: str, path: str) -> list[str]:
    return text.partition(f"### {path}\n")[2].partition("\n\n")[0].splitlines()


def test_every_group_of_a_project_has_its_section(text: str) -> None:
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sorted(titles) == [
        "Continuous Integration",
        "Development Tools",
        "Docker Configuration",
        "Documentation",
        "Editor",
        "Environment Configuration",
        "Function Apps",
        "History",
        "Ignore Files",
        "Local Packages",
        "Sample Data",
        "Tilt Configuration",
        "Total Files Generated",
    ]


def test_the_totals_are_those_of_the_sections(text: str, made: tuple[GeneratedFile, ...]) -> None:
    assert len(entries(text.splitlines())) == len(made)
    counts = dict(re.findall(r"^- (.+): (\d+) files?$", text, re.MULTILINE))
    assert sum(map(int, counts.values())) == len(made)
    assert f"**Total**: {len(made)} files" in text
    for title, number in counts.items():
        section = text.partition(f"\n## {title}\n")[2].partition("<!-- ")[0]
        assert section.count("\n### ") == int(number), title


def test_what_git_must_not_hold_is_marked(text: str, made: tuple[GeneratedFile, ...]) -> None:
    marked = [
        path
        for path in re.findall(r"^### (.+)$", text, re.MULTILINE)
        if "- **Git Tracked**: NO (in .gitignore)" in _entry(text, path)
    ]
    assert marked == [file.path for file in made if not file.git_tracked]
    assert ".env.local" in marked
    assert ".env.local.template" not in marked


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            ".docker/loader/Dockerfile",
            [
                "- **Purpose**: Image of loader",
                "- **Template**: `docker/app.Dockerfile`",
                "- **User Editable**: Yes (an update keeps your edits)",
            ],
        ),
        (
            ".docker/azurite/Dockerfile",
            [
                "- **Purpose**: Image of the storage emulator with the project's storage",
                "- **Template**: `docker/azurite.Dockerfile`",
                "- **User Editable**: Rarely (an update keeps your edits)",
            ],
        ),
        (
            "functions/loader/function_app.py",
            [
                "- **Purpose**: From the blueprint data-pipeline",
                "- **Template**: `blueprint data-pipeline`",
                "- **User Editable**: Yes (written once, yours since)",
            ],
        ),
    ],
)
def test_a_file_is_listed_with_purpose_template_and_who_edits_it(
    text: str, path: str, lines: list[str]
) -> None:
    assert _entry(text, path) == lines


def test_a_folder_called_history_is_listed_too(
    remember: Callable[..., RecordResult], generated: Callable[..., GeneratedFile]
) -> None:
    files = [generated("history/rows.csv", "History"), generated("Tiltfile", "Tilt")]
    folder = remember(files=files).folder
    listed = entries((folder / "generated_files.md").read_text().splitlines())
    assert [entry.file.path for entry in listed] == ["history/rows.csv", "Tiltfile"]
