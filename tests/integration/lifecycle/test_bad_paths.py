"""Folders that no command can work in: told with code and hint, exit 2, and nothing is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Tree = Callable[[Path], dict[str, tuple[bytes, int]]]
    Run = Callable[..., CompletedProcess[str]]

NEW = ("--blueprint", "simple-api", "--yes")
BAD = {
    "": "bad-path",
    "a\nb": "bad-path",
    "a\x1b[2Jb": "bad-path",
    "bad\udcff": "bad-surroundings",
    "x" * 300: "bad-path",
    "file/x": "bad-path",
    "file/x/y": "bad-path",
    "/dev/null/x": "bad-path",
    "loop/x": "bad-path",
}
COMMANDS = {
    "up": ("up", "{}"),
    "status": ("status", "{}"),
    "diff": ("diff", "{}"),
    "update": ("update", "{}", "--yes"),
    "add": ("add", "app", "jobs", "--yes", "--dir", "{}"),
    "remove": ("remove", "app", "api", "--yes", "--dir", "{}"),
    "invoke": ("invoke", "api", "hello", "--dir", "{}"),
    "logs": ("logs", "{}"),
    "down": ("down", "{}"),
    "rotate": ("key", "rotate", "{}"),
    "connection": ("key", "connection", "{}"),
    "validate": ("validate", "{}"),
    "host": ("host", "{}"),
    "memory": ("memory", "list", "--memory", "{}"),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a file and a link to itself in it."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


def error(done: CompletedProcess[str], code: int = 2) -> dict[str, Any]:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["error"]
    assert f"error[{found['code']}]" in done.stderr or found["code"] == "bad-usage"
    return found


@pytest.mark.parametrize("name", BAD)
def test_new_refuses_what_can_be_no_folder(
    place: Path, funcyard: Run, tree: Tree, name: str
) -> None:
    before = tree(place)

    found = error(funcyard("new", name, *NEW, "--json"))

    assert (found["code"], bool(found["hint"])) == (BAD[name], True)
    assert tree(place) == before


def test_new_refuses_a_file_in_its_place(place: Path, funcyard: Run, tree: Tree) -> None:
    before = tree(place)

    found = error(funcyard("new", "file", *NEW, "--json"))

    assert (found["code"], bool(found["hint"])) == ("not-a-folder", True)
    assert tree(place) == before


def test_new_gives_up_where_no_folder_can_ever_be_made(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "funcyard", "new", "/proc/x", *NEW, "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    found = error(done)
    assert (found["code"], found["message"]) == ("cannot-create", "/proc/x cannot be created")
    assert found["hint"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_them(place: Path, funcyard: Run, tree: Tree, command: str) -> None:
    before = tree(place)
    for name in ("", "a\nb", "bad\udcff", "x" * 300, "file/x"):
        words = [word.replace("{}", name) for word in COMMANDS[command]]
        found = error(funcyard(*words, "--json"))
        assert (found["code"], bool(found["hint"])) == (BAD[name], True)
    assert tree(place) == before


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"memory", "validate"}))
def test_a_folder_that_is_not_there_is_never_taken_for_the_project_around_it(
    project: Path, funcyard: Run, tree: Tree, command: str
) -> None:
    before = tree(project)
    words = [word.replace("{}", "missing") for word in COMMANDS[command]]

    found = error(funcyard(*words, "--json", cwd=project))

    assert "'missing' does not exist" in found["message"]
    assert found["code"] == ("bad-usage" if command == "host" else "no-folder")
    assert tree(project) == before


def test_a_working_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'rmdir "{gone}"; exec "{sys.executable}" -m funcyard status --json'
    done = subprocess.run(
        ["sh", "-c", script], cwd=gone, capture_output=True, text=True, check=False
    )

    assert "does not exist any more" in error(done)["message"]


def test_a_working_folder_that_is_no_text_is_told(tmp_path: Path, funcyard: Run) -> None:
    folder = tmp_path / "bad\udcff"
    folder.mkdir()

    for words in (("new", "p", *NEW), ("status",)):
        assert error(funcyard(*words, "--json", cwd=folder))["code"] == "bad-path"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("folder", ["functions", ".funcyard"])
def test_a_folder_of_the_project_that_may_not_be_searched_is_named(
    project: Path, folder: str
) -> None:
    (project / folder).chmod(0)
    try:
        for command in ("status", "update", "up"):
            done = subprocess.run(
                [*unprivileged(), sys.executable, "-m", "funcyard", command, project, "--json"],
                capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"},
            )  # fmt: skip
            found = error(done, code=1)
            assert str(project / folder) in found["message"]
    finally:
        (project / folder).chmod(0o755)


def unprivileged() -> list[str]:
    """What lets permissions count for root too."""
    capabilities = "-dac_override,-dac_read_search"
    return (
        ["setpriv", "--bounding-set", capabilities, "--inh-caps", capabilities]
        if os.geteuid() == 0
        else []
    )
