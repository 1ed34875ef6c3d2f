from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.memory.model import FILES, FileState
from funcyard.project.memory.reading import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import RecordResult


def _truncate(content: bytes) -> bytes:
    return content[: content.index(b"<!-- funcyard:end")]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda _: b"", "it is empty"),
        (lambda _: b"\xff\xfe\x00\x01", "it is not UTF-8 text"),
        (lambda content: content + b"\0", "it is binary"),
        (_truncate, "has no end"),
        (lambda content: content + b"<<<<<<< HEAD\n", "merge conflict"),
        (lambda content: content + b"x" * 1_000_000, "larger than 1000 kB"),
    ],
)
@pytest.mark.usefixtures("first")
def test_a_corrupt_file_is_reported_kept_aside_and_written_anew(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    later: Callable[[int], datetime],
    name: str,
    damage: Callable[[bytes], bytes],
    problem: str,
) -> None:
    broken = damage((folder / name).read_bytes())
    (folder / name).write_bytes(broken)
    memory = load(store, "my-data-pipeline", now=later(1))
    assert memory.state is FileState.CORRUPT
    (said,) = memory.problems
    assert said.startswith(f"{name} is corrupt: ")
    assert problem in said

    (recovery,) = remember(now=later(1)).recovered
    assert recovery.name == name
    assert problem in recovery.reason
    assert recovery.aside == f"{name}.corrupt-20261121-153000"
    assert (folder / recovery.aside).read_bytes() == broken
    assert recovery.aside in (folder / name).read_text()
    healed = load(store, "my-data-pipeline", now=later(1))
    assert healed.problems == ()
    assert healed.facts["dependency_manager"] == "poetry"


@pytest.mark.usefixtures("first")
def test_copies_of_broken_files_do_not_replace_each_other(
    remember: Callable[..., RecordResult], folder: Path
) -> None:
    for _ in range(2):
        (folder / "setup_notes.md").write_bytes(b"")
        remember()
    assert len(list(folder.glob("setup_notes.md.corrupt-*"))) == 2


@pytest.mark.usefixtures("first")
def test_what_can_be_read_of_a_cut_file_is_not_forgotten(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    files: tuple[GeneratedFile, ...],
    later: Callable[[int], datetime],
) -> None:
    remember(files=files[1:], now=later(1))
    path = folder / "generated_files.md"
    path.write_bytes(path.read_bytes()[:-5])
    remember(files=files[1:], now=later(2))
    (entry, *_) = load(store, "my-data-pipeline", now=later(2)).files
    assert (entry.path, entry.removed) == (
        ".docker/orchestrator/Dockerfile",
        "2026-11-21 15:30:00",
    )
    assert "2026-11-20 15:30:00 (new, funcyard 0.1.0): generated" in path.read_text()


@pytest.mark.usefixtures("first")
def test_a_missing_file_is_reported_and_written_again(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    later: Callable[[int], datetime],
) -> None:
    (folder / "customizations.md").unlink()
    memory = load(store, "my-data-pipeline", now=later(1))
    assert memory.problems == ("customizations.md is missing",)
    result = remember(now=later(1))
    assert [(each.name, each.aside) for each in result.recovered] == [("customizations.md", None)]
    assert result.created == ("customizations.md",)


@pytest.mark.usefixtures("first")
def test_a_link_in_place_of_a_file_is_neither_read_nor_followed(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    tmp_path: Path,
    later: Callable[[int], datetime],
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("- **Dependency Management**: uv\n")
    (folder / "project_config.md").unlink()
    (folder / "project_config.md").symlink_to(outside)
    memory = load(store, "my-data-pipeline", now=later(0))
    assert memory.problems == ("project_config.md is corrupt: it is a symbolic link",)
    assert "dependency_manager" not in memory.facts
    remember()
    assert outside.read_text() == "- **Dependency Management**: uv\n"
    assert not (folder / "project_config.md").is_symlink()


@pytest.mark.usefixtures("first")
def test_a_file_rewritten_by_a_person_without_any_marks_is_theirs(
    remember: Callable[..., RecordResult], folder: Path
) -> None:
    (folder / "setup_notes.md").write_text("# My notes\n\nEverything is fine.\n")
    assert not remember().recovered
    text = (folder / "setup_notes.md").read_text()
    assert "# My notes\n\nEverything is fine.\n" in text
    assert "## First-Time Setup" in text


@pytest.mark.usefixtures("first")
def test_nothing_is_left_behind_by_writing(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
