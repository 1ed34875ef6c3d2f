"""npm is a stand-in here: the real one runs in every set-up, and cannot be made to fail at will."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.host.azurite.install import (
    AzuriteInstallError,
    NpmMissingError,
    install,
    is_current,
    target,
)

WORKS = """#!/bin/sh
mkdir -p node_modules/azurite/dist/src
cp package.json node_modules/
echo new > node_modules/azurite/dist/src/azurite.js
"""
FAILS = """#!/bin/sh
mkdir -p node_modules/half
echo "npm error ENOTFOUND" >&2
exit 7
"""


def npm(folder: Path, script: str) -> str:
    folder.mkdir(exist_ok=True)
    program = folder / "npm"
    program.write_text(script)
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_an_installation_is_made_once_and_then_up_to_date(tmp_path: Path) -> None:
    path, folder = npm(tmp_path / "bin", WORKS), tmp_path / "share"
    said: list[str] = []

    assert install(folder, search_path=path, progress=said.append)
    assert is_current(folder)
    assert not install(folder, search_path=path, progress=said.append)
    assert said == [f"npm is installing Azurite into {folder}"]
    assert {item.name for item in folder.iterdir()} == {"node_modules", ".azurite-lock"}


def test_a_failure_leaves_what_was_there_and_says_what_npm_said(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    old = folder / "node_modules" / "azurite" / "old"
    old.mkdir(parents=True)

    with pytest.raises(AzuriteInstallError, match="exit code 7:\nnpm error ENOTFOUND"):
        install(folder, search_path=npm(tmp_path / "bin", FAILS), progress=lambda _: None)
    assert old.exists()
    assert not is_current(folder)


def test_what_a_killed_installation_left_is_repaired_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    (folder / ".azurite-staging" / "node_modules" / "half").mkdir(parents=True)
    (folder / ".azurite-retired" / "old").mkdir(parents=True)
    said: list[str] = []

    install(folder, search_path=npm(tmp_path / "bin", WORKS), progress=said.append)

    assert is_current(folder)
    assert {item.name for item in folder.iterdir()} == {"node_modules", ".azurite-lock"}
    assert any("interrupted" in line for line in said)


def test_an_older_installation_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    (folder / "node_modules" / "gone").mkdir(parents=True)

    install(folder, search_path=npm(tmp_path / "bin", WORKS), progress=lambda _: None)

    assert not (folder / "node_modules" / "gone").exists()
    assert (folder / "node_modules" / "azurite" / "dist" / "src" / "azurite.js").exists()


def test_without_npm_the_person_learns_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NpmMissingError) as caught:
        install(tmp_path, search_path=str(tmp_path), progress=lambda _: None)

    assert caught.value.hint == "install Node.js 20 or newer, with npm"


def test_the_first_folder_that_can_be_written_is_taken(tmp_path: Path) -> None:
    writable = tmp_path / "a" / "share"

    assert target((writable, tmp_path / "b")) == writable
    (tmp_path / "file").touch()
    assert target((tmp_path / "file" / "share", tmp_path / "b")) == tmp_path / "b"
