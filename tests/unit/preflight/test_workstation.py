from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.unit.preflight.given import program

from funcyard.preflight.target import Request
from funcyard.preflight.workstation import QUESTIONS, Workstation


def _machine(root: Path, *, ask: bool = False, **environment: str) -> Workstation:
    return Workstation(Request(root=root, targets=(), environment=environment, ask_tools=ask))


def test_room_is_that_of_the_disk_and_one_disk_is_told_once(tmp_path: Path) -> None:
    machine = _machine(tmp_path, TMPDIR=str(tmp_path), HOME=str(tmp_path))

    (volume,) = machine.volumes

    assert volume.holds == ("the project", "temporary files", "caches of pip, npm and az")
    assert volume.path == tmp_path
    assert volume.free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.1)
    assert volume.files == pytest.approx(os.statvfs(tmp_path).f_favail, rel=0.1)


def test_what_only_can_be_read_has_no_room_to_be_short_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list(os.statvfs(tmp_path))
    told[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(told))

    assert _machine(tmp_path, TMPDIR="/no/such/folder").volumes == ()


def test_a_file_system_without_a_table_of_files_runs_out_of_none() -> None:
    (volume, *_) = _machine(Path("/proc"), TMPDIR="/no/such/folder").volumes

    assert (volume.path, volume.files) == (Path("/proc"), None)


def test_a_cache_that_does_not_exist_yet_is_where_it_would_be_made(tmp_path: Path) -> None:
    machine = _machine(tmp_path, TMPDIR="/no", XDG_CACHE_HOME=str(tmp_path / "a/b"), HOME="/no")

    assert [volume.holds for volume in machine.volumes] == [
        ("the project", "caches of pip, npm and az")
    ]


def test_tools_are_asked_only_where_that_is_wanted(tmp_path: Path) -> None:
    program(tmp_path, "az", f"echo asked >> {tmp_path}/asked")

    assert _machine(tmp_path, PATH=str(tmp_path)).answers == {}
    assert not (tmp_path / "asked").exists()


def test_each_tool_on_the_path_is_asked_once_and_the_others_are_left_out(tmp_path: Path) -> None:
    for name in QUESTIONS:
        if name != "func":
            program(tmp_path, name, f'echo "{name} 1.2.3 $@"')
    (tmp_path / "node").write_bytes(b"\x7fELF broken")
    machine = _machine(tmp_path, ask=True, PATH=str(tmp_path))

    said = {
        name: one.answer.output if one.answer else one.fault
        for name, one in machine.answers.items()
    }

    assert said == {
        "az": "az 1.2.3 version --output json\n",
        "docker": "docker 1.2.3 --version\n",
        "git": "git 1.2.3 --version\n",
        "node": "Exec format error",
    }


def test_tools_are_asked_with_the_environment_of_the_run(tmp_path: Path) -> None:
    program(tmp_path, "git", 'echo "$GIVEN"')
    machine = _machine(tmp_path, ask=True, PATH=str(tmp_path), GIVEN="here")

    answer = machine.answers["git"].answer
    assert answer is not None
    assert answer.output == "here\n"
