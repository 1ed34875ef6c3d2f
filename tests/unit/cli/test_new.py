"""What ``funcyard new`` says of the project that it made."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from funcyard.cli import new
from funcyard.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def test_new_and_the_memory_count_the_same_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, store = tmp_path / "my-project", tmp_path / "memory"
    with pytest.raises(SystemExit) as exited:
        main(["new", str(root), "--blueprint", "data-pipeline", "--yes", "--memory", str(store)])
    assert exited.value.code == 0
    said = capsys.readouterr().out
    counted = re.search(r"3 apps, funcyard\.yaml and (\d+) files", said)
    assert counted is not None
    rows = re.findall(r"^(\S.*?)  +(\d+)  \S", said, re.MULTILINE)
    listed = (store / "generate-azure-functions/my-project/generated_files.md").read_text()

    assert sum(int(number) for _, number in rows) == int(counted[1])
    assert f"**Total**: {counted[1]} files" in listed
    made = [path for path in root.rglob("*") if path.is_file() and ".funcyard" not in path.parts]
    assert len(made) == int(counted[1]) + 1


def test_a_person_is_offered_the_name_of_the_git_remote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    for words in (["init", "-q"], ["remote", "add", "origin", "git@example.com:team/Orders.git"]):
        subprocess.run(["git", "-C", root, *words], check=True)
    monkeypatch.setattr(new, "can_ask", lambda: True)

    result = CliRunner().invoke(new.command, [str(root), "--memory", str(tmp_path / "memory")])
    assert "Project name [orders]:" in result.output
    assert sorted(path.name for path in root.iterdir()) == [".git"]
