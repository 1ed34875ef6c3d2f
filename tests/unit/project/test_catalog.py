"""Blueprints are folders that code finds by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from funcyard.project import catalog
from funcyard.project.catalog import UnknownBlueprintError, blueprint, blueprints

if TYPE_CHECKING:
    from pathlib import Path


def test_the_catalogue_lists_both_with_a_line_each() -> None:
    assert [(found.name, bool(found.title)) for found in blueprints()] == [
        ("data-pipeline", True),
        ("simple-api", True),
    ]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownBlueprintError) as fault:
        blueprint("../data-pipeline")
    assert fault.value.hint == "known: data-pipeline, simple-api"
    assert fault.value.exit_code == 2


def test_a_new_folder_is_a_new_blueprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    (folder / "files" / "bin" / "__pycache__").mkdir(parents=True)
    (folder / "spec.yaml").write_text("project_name: mine\n")
    (folder / "demo.py").write_text("")
    (folder / "files" / "bin" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "files" / "bin" / "run.sh").chmod(0o755)
    (folder / "files" / "bin" / "__pycache__" / "x.pyc").write_text("")
    (folder / "files" / "link").symlink_to("/etc/passwd")
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    (found,) = blueprints()
    assert (found.name, found.title, found.demo) == ("mine", "mine", folder / "demo.py")
    assert found.dependency_set == "functions"
    assert found.files == (("bin/run.sh", b"#!/bin/sh\n", 0o755),)


def test_no_code_names_a_blueprint() -> None:
    package = catalog.ROOT.parents[1]
    names = "|".join(re.escape(found.name) for found in blueprints())
    mention = re.compile(rf"(?<![\w-])({names})(?![\w-])")
    for source in package.rglob("*.py"):
        if catalog.ROOT not in source.parents:
            text = source.read_text(encoding="utf-8")
            assert not mention.search(text), source
