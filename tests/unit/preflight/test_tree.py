from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.unit.preflight.given import write

from funcyard.preflight.tree import Line, Tree


@pytest.fixture(params=["git", "no git"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "git":
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def test_lines_are_found_in_every_text_file(root: Path) -> None:
    write(root, {"a/b.py": "one\r\ntwo = 1\r\n", "c.md": "two", "d.bin": "\0two", "e.txt": "tw"})

    assert Tree(root).search("^two") == [Line("a/b.py", 2, "two = 1"), Line("c.md", 1, "two")]


def test_only_files_of_some_names_are_looked_into_where_that_is_asked(root: Path) -> None:
    names = ("a.json", "x/b.JSON", "x/.env", "x/.ENV.prod", "x/main.bicep", "json.txt", "env")
    write(root, dict.fromkeys(names, "two\n"))

    found = Tree(root).search("two", "*.json", ".env*", "*.bicep")

    assert sorted(line.file for line in found) == sorted(names[:5])


def test_files_are_those_that_git_would_track(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write(tmp_path, {".gitignore": "out/\n", "out/a": "", "b c": "", "é": ""})
    (tmp_path / os.fsdecode(b"\xff")).touch()

    assert Tree(tmp_path).files == (".gitignore", "b c", "é", os.fsdecode(b"\xff"))


def test_a_folder_inside_of_a_repository_is_looked_at_alone(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write(tmp_path, {"app/a.py": "two\n", "b.py": "two\n"})

    tree = Tree(tmp_path / "app")

    assert tree.files == ("a.py",)
    assert tree.search("two") == [Line("a.py", 1, "two")]
