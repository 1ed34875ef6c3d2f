"""A memory kept in a store of the person's choice: named once, used by every later command."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Document = Callable[..., dict[str, Any]]

NEW = ("new", "shop", "--blueprint", "simple-api", "--yes")
CHANGES = [
    ("update", "shop"),
    ("add", "app", "two", "--dir", "shop"),
    ("add", "storage", "queue", "tasks", "--dir", "shop"),
]


@pytest.fixture
def elsewhere(tmp_path: Path, document: Document) -> Path:
    """The store of a project whose memory is not where it usually is."""
    document(*NEW, "--memory", "store")
    return tmp_path / "store"


@pytest.mark.parametrize("command", CHANGES)
def test_a_command_writes_into_the_store_that_was_named_for_new(
    tmp_path: Path, elsewhere: Path, document: Document, command: tuple[str, ...]
) -> None:
    told = document(*command, "--yes")

    assert Path(told["memory"]["folder"]).is_relative_to(elsewhere)
    assert not told["memory"]["created"]
    assert not (tmp_path / "shop/.funcyard/memory").exists()


@pytest.mark.usefixtures("elsewhere")
def test_status_reads_it_and_memory_shows_it(tmp_path: Path, document: Document) -> None:
    spec = tmp_path / "shop/funcyard.yaml"
    spec.write_text(spec.read_text().replace("7071", "7171"))

    told = " ".join(document("status", "shop")["notices"])
    assert "function_apps.api.port: 7071 in the memory, 7171 in the spec" in told
    shown = document("memory", "show", "shop", cwd=tmp_path / "shop")
    assert shown["project"] == "shop"


@pytest.mark.usefixtures("elsewhere")
def test_a_store_named_later_is_used_from_then_on(tmp_path: Path, document: Document) -> None:
    document("update", "shop", "--memory", "other", "--dry-run")
    assert not (tmp_path / "other").exists()

    document("update", "shop", "--memory", "other")
    folder = document("update", "shop")["memory"]["folder"]

    assert Path(folder).is_relative_to(tmp_path / "other")


def test_git_takes_no_path_of_this_machine(tmp_path: Path, elsewhere: Path) -> None:
    root = tmp_path / "shop"
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    git = ["git", "-C", str(root), *who]
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    found = subprocess.run(
        [*git, "grep", "-l", "--fixed-strings", str(elsewhere), "HEAD"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""
    assert str(elsewhere) in (root / ".funcyard/local.json").read_text()


def test_where_the_store_is_not_known_a_second_memory_does_not_begin_silently(
    tmp_path: Path, elsewhere: Path, document: Document
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(tmp_path / "shop", clone, ignore=shutil.ignore_patterns("local.json"))
    usual = clone / ".funcyard/memory"

    (told,) = document("status", clone)["notices"]
    assert told.startswith(f"nothing is remembered of shop in {usual}: if it is kept elsewhere")
    (told,) = document("update", clone)["notices"]
    assert told.startswith(f"the memory of shop begins in {usual}: if it is kept elsewhere")

    told = document("update", clone, "--memory", elsewhere)
    assert (told["notices"], told["memory"]["created"]) == ([], [])
    assert document("status", clone)["notices"] == []


@pytest.mark.usefixtures("elsewhere")
def test_what_is_damaged_is_told_and_mended_by_naming_the_store(
    tmp_path: Path, funcyard: Run, document: Document
) -> None:
    (tmp_path / "shop/.funcyard/local.json").write_text("{")

    for command in ("status", "update", "diff"):
        done = funcyard(command, "shop", "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["error"]["code"] == "bad-local-state"
    document("update", "shop", "--memory", "store")
    assert document("status", "shop")["notices"] == []
