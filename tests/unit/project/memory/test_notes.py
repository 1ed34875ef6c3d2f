from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from funcyard.project.memory.model import Probe, ProbeState
from funcyard.project.memory.notes import EmptyNoteError, NoMemoryError, note, refresh_probes
from funcyard.project.memory.secrets import SecretRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.memory.model import RecordResult

_PROJECT = "my-data-pipeline"


@pytest.mark.usefixtures("first")
def test_a_note_stands_under_its_heading_with_its_time(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    note(store, _PROJECT, "Use\nthe proxy", now=later(1))
    note(store, _PROJECT, "Slow on Mondays", now=later(1), section="known issues")
    note(store, _PROJECT, "EMEA only", now=later(1), file="customizations.md")
    lines = (folder / "setup_notes.md").read_text().splitlines()
    assert lines[0] == "<!-- Last Updated: 2026-11-21 -->"
    assert lines[-1] == "- 2026-11-21 15:30:00: Use the proxy"
    issue = lines.index("- 2026-11-21 15:30:00: Slow on Mondays")
    assert lines.index("## Known Issues") < issue < lines.index("## Development Workflow")
    assert (
        (folder / "customizations.md")
        .read_text()
        .endswith("\n## Notes\n\n- 2026-11-21 15:30:00: EMEA only\n")
    )


@pytest.mark.usefixtures("first")
def test_notes_survive_later_runs(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    later: Callable[[int], datetime],
) -> None:
    note(store, _PROJECT, "Slow on Mondays", now=later(1), section="Known Issues")
    remember(now=later(2), probes=[Probe("Tilt", "1.0", ProbeState.FOUND)])
    lines = [line for line in (folder / "setup_notes.md").read_text().splitlines() if line]
    at = lines.index("- 2026-11-21 15:30:00: Slow on Mondays")
    assert lines[at + 1] == "<!-- funcyard:begin workflow -->"


@pytest.mark.usefixtures("first")
def test_a_secret_is_refused_before_anything_is_written(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    before = (folder / "setup_notes.md").read_bytes()
    with pytest.raises(SecretRefusedError):
        note(store, _PROJECT, "key: " + "A" * 86 + "==", now=later(1))
    with pytest.raises(SecretRefusedError):
        note(store, _PROJECT, "fine", now=later(1), section="AccountKey=abc")
    assert (folder / "setup_notes.md").read_bytes() == before


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("text", ["", " \n", "x" * 10_001])
def test_a_note_says_something_and_not_too_much(
    store: Path, later: Callable[[int], datetime], text: str
) -> None:
    with pytest.raises(EmptyNoteError):
        note(store, _PROJECT, text, now=later(1))


def test_a_project_that_is_not_remembered_takes_no_notes(
    store: Path, later: Callable[[int], datetime]
) -> None:
    with pytest.raises(NoMemoryError):
        note(store, _PROJECT, "text", now=later(1))
    assert not store.exists()


@pytest.mark.usefixtures("first")
def test_a_note_to_a_broken_file_keeps_the_broken_one(
    remember: Callable[..., RecordResult],
    store: Path,
    folder: Path,
    later: Callable[[int], datetime],
) -> None:
    (folder / "setup_notes.md").write_bytes(b"\xff")
    _, line, recovery = note(store, _PROJECT, "still here", now=later(1))
    assert recovery
    assert recovery.aside
    assert (folder / recovery.aside).read_bytes() == b"\xff"
    remember(now=later(1))
    text = (folder / "setup_notes.md").read_text()
    assert line in text
    assert "## First-Time Setup" in text


@pytest.mark.usefixtures("first")
def test_notes_written_at_once_are_all_kept(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: note(store, _PROJECT, f"note {n}!", now=later(1)), range(24)))
    text = (folder / "setup_notes.md").read_text()
    assert all(f": note {number}!\n" in text for number in range(24))


@pytest.mark.usefixtures("first")
def test_probing_again_renews_only_what_changed(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    probes = [Probe("Git", "2.39.5", ProbeState.FOUND)]
    refresh_probes(store, _PROJECT, probes, now=later(1))
    before = (folder / "setup_notes.md").read_bytes()
    assert b"- Git: 2.39.5 (2026-11-21 15:30:00)" in before
    refresh_probes(store, _PROJECT, probes, now=later(2))
    assert (folder / "setup_notes.md").read_bytes() == before
