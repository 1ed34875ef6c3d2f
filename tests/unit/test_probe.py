from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest
from tests.e2e.running import eventually
from tests.unit.preflight.given import program

from funcyard.probe import Answer, ask


def test_a_program_says_its_output_its_errors_and_how_it_ended(tmp_path: Path) -> None:
    program(tmp_path, "az", 'echo "{}"; echo "an upgrade is there" >&2; exit 3')

    asked = ask(("az", "version"), path=str(tmp_path))

    assert asked is not None
    assert asked.answer(within=20) == Answer(3, "{}\n", "an upgrade is there\n")


def test_what_is_on_no_path_is_not_asked(tmp_path: Path) -> None:
    assert ask(("az", "version"), path=str(tmp_path)) is None


def test_what_does_not_answer_is_ended_with_everything_it_started(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    program(tmp_path, "az", f"/bin/sleep 600 & echo $! > {ready}; wait")
    asked = ask(("az", "version"), path=str(tmp_path))
    assert asked is not None
    child = psutil.Process(int(ready.read_text(encoding="ascii")))

    assert asked.answer(within=0) is None

    assert asked.process.returncode == -9
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_program_that_cannot_be_started_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "az").write_bytes(b"\x7fELF broken")
    (tmp_path / "az").chmod(0o755)

    with pytest.raises(OSError, match="Exec format"):
        ask(("az", "version"), path=str(tmp_path))


def test_input_is_closed_so_that_nothing_waits_for_a_person(tmp_path: Path) -> None:
    program(tmp_path, "az", "read line && echo got $line; echo end")

    asked = ask(("az", "login"), path=str(tmp_path))

    assert asked is not None
    assert asked.answer(within=20) == Answer(0, "end\n", "")
