from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from funcyard.host.azurite.locate import (
    AzuriteMissingError,
    NodeMissingError,
    NodeTooOldError,
    Places,
    find,
)


def package(folder: Path, version: str = "3.35.0") -> Path:
    (folder / "dist" / "src").mkdir(parents=True)
    (folder / "dist" / "src" / "azurite.js").write_text("")
    (folder / "package.json").write_text(json.dumps({"version": version}))
    return folder


def node(folder: Path, version: str = "v20.1.0") -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(
        prefix=tmp_path / "prefix",
        data_home=tmp_path / "data",
        search_path=str(node(tmp_path / "bin")),
        project=tmp_path / "project",
    )


def test_the_places_are_asked_in_their_order(tmp_path: Path, places: Places) -> None:
    command = package(tmp_path / "global" / "node_modules" / "azurite", "5") / "dist/src/azurite.js"
    command.chmod(0o755)
    (tmp_path / "bin" / "azurite").symlink_to(command)
    assert (find(places).source, find(places).version) == ("PATH", "5")
    package(tmp_path / "data" / "funcyard" / "node_modules" / "azurite", "4")
    assert (find(places).source, find(places).version) == ("funcyard", "4")
    package(tmp_path / "prefix" / "share" / "funcyard" / "node_modules" / "azurite", "3")
    assert (find(places).source, find(places).version) == ("funcyard", "3")
    package(tmp_path / "project" / "node_modules" / "azurite", "2")
    assert (find(places).source, find(places).version) == ("project", "2")


@pytest.mark.parametrize("given", ["x", "x/node_modules/azurite"])
def test_a_given_path_wins(tmp_path: Path, places: Places, given: str) -> None:
    package(tmp_path / "x" / "node_modules" / "azurite", "1")
    package(tmp_path / "project" / "node_modules" / "azurite", "2")
    chosen = Places(**{**vars_of(places), "override": tmp_path / given})

    assert (find(chosen).source, find(chosen).version) == ("given", "1")


def test_a_given_path_without_azurite_is_not_passed_over(tmp_path: Path, places: Places) -> None:
    package(tmp_path / "project" / "node_modules" / "azurite")
    chosen = Places(**{**vars_of(places), "override": tmp_path / "nowhere"})

    with pytest.raises(AzuriteMissingError, match=r"FUNCYARD_AZURITE is .*nowhere"):
        find(chosen)


def test_without_azurite_the_person_learns_what_to_run(places: Places) -> None:
    with pytest.raises(AzuriteMissingError) as caught:
        find(places)

    assert caught.value.hint == "run: funcyard azurite install"


def test_without_node_or_with_an_old_one_the_person_learns_what_to_install(
    tmp_path: Path, places: Places
) -> None:
    package(tmp_path / "project" / "node_modules" / "azurite")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NodeMissingError):
        find(Places(**{**vars_of(places), "search_path": str(empty)}))
    old = str(node(tmp_path / "old", "v18.20.0"))
    with pytest.raises(NodeTooOldError, match=r"v18\.20\.0"):
        find(Places(**{**vars_of(places), "search_path": old}))
    broken = node(tmp_path / "broken")
    (broken / "node").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(NodeTooOldError, match="does not answer"):
        find(Places(**{**vars_of(places), "search_path": str(broken)}))


def vars_of(places: Places) -> dict[str, Any]:
    return {name: getattr(places, name) for name in Places.__slots__}
