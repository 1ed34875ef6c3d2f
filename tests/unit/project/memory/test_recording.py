from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.memory.location import MemoryOutsideError
from funcyard.project.memory.model import FILES, ChangeKind, Probe, ProbeState
from funcyard.project.memory.reading import load
from funcyard.project.memory.storing import MemoryUnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import RecordResult
    from funcyard.project.spec import Spec

_FOUND = Probe("Docker", "28.2.2", ProbeState.FOUND, "the engine is not running")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _section(folder: Path, name: str, heading: str) -> list[str]:
    lines = (folder / name).read_text().splitlines()
    start = lines.index(f"## {heading}")
    ends = [at for at in range(start + 1, len(lines)) if lines[at].startswith(("## ", "<!-- "))]
    return [line for line in lines[start + 1 : ends[0]] if line]


def test_the_first_run_writes_four_files_and_the_index(folder: Path, first: RecordResult) -> None:
    assert first.created == (*FILES, "index.md")
    assert sorted(_bytes(folder)) == sorted(FILES)
    for name in FILES:
        assert (folder / name).read_text().startswith("<!-- Last Updated: 2026-11-20 -->\n# ")
    assert "my-data-pipeline" in (folder.parent / "index.md").read_text()


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        (
            "project_config.md",
            [
                "Programming Model", "Function Apps", "Storage Resources",
                "Local Package Dependencies", "Custom Environment Variables",
                "Container Options", "Azurite Account Key", "History",
            ],
        ),
        (
            "generated_files.md",
            [
                "Docker Configuration", "Tilt Configuration", "Environment Configuration",
                "Function Apps", "Total Files Generated", "History",
            ],
        ),
        (
            "customizations.md",
            [
                "Custom Environment Variables", "Port Assignments", "Azurite Storage Resources",
                "Local Package Integration", "Dockerfile System Packages",
                "Docker Compose Volumes", "Dependency Management", "Programming Model",
            ],
        ),
        (
            "setup_notes.md",
            [
                "Prerequisites Verified", "First-Time Setup", "Testing Recommendations",
                "Known Issues", "Development Workflow", "Deployment Considerations",
                "Troubleshooting", "Performance Tips", "Notes",
            ],
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("first")
def test_each_file_has_its_sections(folder: Path, name: str, headings: list[str]) -> None:
    lines = (folder / name).read_text().splitlines()
    assert [line[3:] for line in lines if line.startswith("## ")] == headings


@pytest.mark.usefixtures("first")
def test_versions_times_and_reasons_are_exact(folder: Path) -> None:
    config = (folder / "project_config.md").read_text()
    assert "**Generated**: 2026-11-20 15:30:00" in config
    assert "**Skill Version**: generate-azure-functions of funcyard 0.1.0" in config
    assert "- **Runtime**: Python 3.11" in config
    assert "- **Dependency Management**: Poetry" in config
    assert _section(folder, "customizations.md", "Dependency Management") == [
        "- `dependency_manager`: Poetry instead of pip",
        "  - **Reason**: Poetry locks each app",
    ]
    assert _section(folder, "customizations.md", "Port Assignments")[0] == (
        "- `function_apps.processor.port`: 7080 instead of 7072"
    )


def test_a_project_of_defaults_says_that_it_has_no_customizations(
    remember: Callable[..., RecordResult], pipeline: Callable[..., Spec], store: Path
) -> None:
    spec = type(pipeline()).model_validate(
        {"project_name": "simple-api", "function_apps": [{"name": "api", "port": 7071}]}
    )
    remember(spec)
    text = (store / "generate-azure-functions/simple-api/customizations.md").read_text()
    assert "No special customizations. Standard v2 Python 3.11 project with 1 function app." in text
    assert "Default ports (7071) used without modification." in text


@pytest.mark.usefixtures("first")
def test_a_run_that_changes_nothing_writes_nothing(
    remember: Callable[..., RecordResult], folder: Path, later: Callable[[int], datetime]
) -> None:
    before = _bytes(folder.parent)
    result = remember(now=later(3), summary="updated")
    assert _bytes(folder.parent) == before
    assert result.unchanged == (*FILES, "index.md")
    assert result.changes == ()


@pytest.mark.usefixtures("first")
def test_what_is_confirmed_after_a_month_is_fresh_again(
    remember: Callable[..., RecordResult], store: Path, later: Callable[[int], datetime]
) -> None:
    assert load(store, "my-data-pipeline", now=later(40)).state == "aging"
    remember(now=later(40))
    assert load(store, "my-data-pipeline", now=later(40)).state == "fresh"


@pytest.mark.usefixtures("first")
def test_new_files_are_appended_and_removed_ones_are_recorded(
    remember: Callable[..., RecordResult],
    folder: Path,
    files: tuple[GeneratedFile, ...],
    generated: Callable[..., GeneratedFile],
    later: Callable[[int], datetime],
) -> None:
    remember(files=[*files[1:], generated(".docker/late/Dockerfile")], now=later(1))
    assert _section(folder, "generated_files.md", "Docker Configuration") == [
        "### .docker/orchestrator/Dockerfile",
        "- **Purpose**: What .docker/orchestrator/Dockerfile is for",
        "- **Template**: `docker.j2`",
        "- **User Editable**: Yes (an update keeps your edits)",
        "- **Removed**: 2026-11-21 15:30:00",
        "### .docker/late/Dockerfile",
        "- **Purpose**: What .docker/late/Dockerfile is for",
        "- **Template**: `docker.j2`",
        "- **User Editable**: Yes (an update keeps your edits)",
        "- **Added**: 2026-11-21 15:30:00",
    ]
    assert "- Docker Configuration: 1 file" in (folder / "generated_files.md").read_text()
    assert _section(folder, "generated_files.md", "History")[-2:] == [
        "  - added `.docker/late/Dockerfile`",
        "  - removed `.docker/orchestrator/Dockerfile`",
    ]


def test_a_file_that_comes_back_is_present_again(
    remember: Callable[..., RecordResult],
    store: Path,
    files: tuple[GeneratedFile, ...],
    later: Callable[[int], datetime],
) -> None:
    remember()
    remember(files=files[1:], now=later(1))
    remember(now=later(2))
    (entry, *_) = load(store, "my-data-pipeline", now=later(2)).files
    assert (entry.path, entry.added, entry.removed) == (
        ".docker/orchestrator/Dockerfile", "2026-11-22 15:30:00", "",
    )  # fmt: skip


@pytest.mark.usefixtures("first")
def test_migrations_are_kept_in_the_history(
    remember: Callable[..., RecordResult],
    folder: Path,
    pipeline: Callable[..., Spec],
    later: Callable[[int], datetime],
) -> None:
    moved = pipeline(dependency_manager="uv", runtime={"version": "3.13"})
    result = remember(moved, now=later(1), summary="moved to uv")
    assert _section(folder, "project_config.md", "History") == [
        "- 2026-11-20 15:30:00 (new, funcyard 0.1.0): generated",
        "- 2026-11-21 15:30:00 (update, funcyard 0.1.0): moved to uv",
        "  - migrated runtime.version: 3.11 → 3.13",
        "  - migrated dependency_manager: poetry → uv",
    ]
    assert result.changes == (
        "migrated runtime.version: 3.11 → 3.13",
        "migrated dependency_manager: poetry → uv",
    )
    assert _section(folder, "customizations.md", "Former Customizations") == [
        "- until 2026-11-21 15:30:00: `dependency_manager`: Poetry instead of pip"
    ]
    config = (folder / "project_config.md").read_text()
    assert "**Generated**: 2026-11-20 15:30:00" in config
    assert "**Updated**: 2026-11-21 15:30:00" in config


@pytest.mark.usefixtures("first")
def test_an_app_that_goes_is_said_and_its_sections_follow(
    remember: Callable[..., RecordResult],
    folder: Path,
    pipeline: Callable[..., Spec],
    later: Callable[[int], datetime],
) -> None:
    fewer = pipeline(function_apps=[{"name": "orchestrator", "port": 7071}], environment=[])
    remember(fewer, now=later(1), kind=ChangeKind.REMOVE, summary="removed app processor")
    config = (folder / "project_config.md").read_text()
    assert "**processor**" not in config
    assert "Custom Environment Variables" not in config
    assert "  - removed function_apps.processor" in config
    assert "### Test processor" not in (folder / "setup_notes.md").read_text()


def test_another_version_of_funcyard_is_written_down(
    remember: Callable[..., RecordResult], folder: Path, later: Callable[[int], datetime]
) -> None:
    remember()
    remember(now=later(1), version="0.2.0")
    config = (folder / "project_config.md").read_text()
    assert "**Skill Version**: generate-azure-functions of funcyard 0.2.0" in config
    assert "(update, funcyard 0.2.0)" in config


def test_prerequisites_keep_the_moment_they_were_found(
    remember: Callable[..., RecordResult], folder: Path, later: Callable[[int], datetime]
) -> None:
    tilt = Probe("Tilt", None, ProbeState.NOT_FOUND)
    remember(probes=[_FOUND, tilt])
    silent = Probe("Docker", None, ProbeState.NO_ANSWER)
    remember(probes=[silent, Probe("Tilt", "0.33.1", ProbeState.FOUND)], now=later(1))
    assert _section(folder, "setup_notes.md", "Prerequisites Verified") == [
        "- Docker: 28.2.2, the engine is not running (2026-11-20 15:30:00)",
        "- Tilt: 0.33.1 (2026-11-21 15:30:00)",
    ]


def test_no_answer_is_not_called_not_found(
    remember: Callable[..., RecordResult], folder: Path
) -> None:
    remember(probes=[Probe("Poetry", None, ProbeState.NO_ANSWER)])
    assert _section(folder, "setup_notes.md", "Prerequisites Verified") == [
        "- Poetry: no answer in time (2026-11-20 15:30:00)"
    ]


def test_a_secret_in_the_spec_never_reaches_the_memory(
    remember: Callable[..., RecordResult], folder: Path, pipeline: Callable[..., Spec]
) -> None:
    key = "A" * 86 + "=="
    spec = pipeline(
        reasons={"azure_cli": f"AccountKey={key}"},
        environment=[{"name": "PLAIN", "default": key, "description": f"use {key}"}],
    )
    result = remember(spec)
    assert key.encode() not in b"".join(_bytes(folder).values())
    assert any("project_config.md" in place for place in result.withheld)
    assert any("customizations.md" in place for place in result.withheld)
    assert remember(spec).unchanged == (*FILES, "index.md")


def test_several_projects_share_a_store(
    remember: Callable[..., RecordResult], store: Path, pipeline: Callable[..., Spec]
) -> None:
    remember()
    remember(pipeline(project_name="other"))
    index = (store / "generate-azure-functions" / "index.md").read_text()
    assert "- [my-data-pipeline](my-data-pipeline/project_config.md)" in index
    assert "- [other](other/project_config.md)" in index


def test_a_project_folder_that_leads_elsewhere_is_refused(
    remember: Callable[..., RecordResult], folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.parent.mkdir(parents=True)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MemoryOutsideError):
        remember()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_store_that_cannot_be_made_is_an_error_for_a_person(
    remember: Callable[..., RecordResult], store: Path
) -> None:
    store.write_text("a file in the way")
    with pytest.raises(MemoryUnwritableError, match="cannot be written"):
        remember()


@pytest.mark.usefixtures("first")
def test_an_entry_that_a_person_deleted_is_no_new_file(
    remember: Callable[..., RecordResult], folder: Path, later: Callable[[int], datetime]
) -> None:
    path = folder / "generated_files.md"
    lines = path.read_text().splitlines(keepends=True)
    at = lines.index("### Tiltfile\n")
    path.write_text("".join(lines[:at] + lines[at + 4 :]))
    assert remember(now=later(1)).changes == ()
    assert "**Added**" not in path.read_text()
    assert "generated_files.md" in remember(now=later(2)).unchanged
