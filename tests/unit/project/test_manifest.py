"""The manifest: what is written is read, and nothing hostile in it is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.files import Ownership
from funcyard.project.manifest import (
    MANIFEST_FILE,
    Entry,
    Manifest,
    NewerManifestError,
    load,
    parse,
    spec_digest,
)
from funcyard.project.spec import FunctionApp, Spec

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0" * 64
ENTRY = Entry(
    ownership=Ownership.MANAGED, template="t", template_version="1", sha256=SHA, mode="0644"
)
MANIFEST = Manifest(funcyard="1", spec=SHA, files={"b/ü": ENTRY, "a": ENTRY})


def test_what_is_written_is_read() -> None:
    assert parse(MANIFEST.dump()) == MANIFEST


def test_each_file_is_one_line_in_order_of_paths() -> None:
    lines = [line.strip() for line in MANIFEST.dump().decode().splitlines()]
    assert [line.split(":")[0] for line in lines if "sha256" in line] == ['"a"', '"b/ü"']


@pytest.mark.parametrize(
    "path",
    ["../outside", "/etc/passwd", "a/../../b", ".git/hooks/pre-commit", ".funcyard/lock", ""],
)
def test_a_path_that_leaves_the_project_is_not_believed(tmp_path: Path, path: str) -> None:
    data: dict[str, Any] = json.loads(MANIFEST.dump())
    data["files"][path] = data["files"]["a"]
    (tmp_path / ".funcyard").mkdir()
    (tmp_path / MANIFEST_FILE).write_text(json.dumps(data))
    known = load(tmp_path)
    assert known.manifest is None
    assert known.fault is not None
    assert "damaged" in known.fault


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"<<<<<<< HEAD\n", b'{"version": 1}'],
    ids=["empty", "cut", "list", "binary", "deep", "merge conflict", "incomplete"],
)
def test_a_damaged_manifest_is_reported_and_not_raised(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".funcyard").mkdir()
    (tmp_path / MANIFEST_FILE).write_bytes(content)
    known = load(tmp_path)
    assert known.manifest is None
    assert known.fault is not None
    assert MANIFEST_FILE in known.fault


def test_a_project_of_a_newer_funcyard_is_refused() -> None:
    with pytest.raises(NewerManifestError, match="newer"):
        parse(b'{"version": 2, "funcyard": "9", "new": true}')


def test_the_digest_of_a_spec_follows_its_meaning() -> None:
    app = FunctionApp(name="a", port=7071, triggers=())
    spec = Spec(project_name="p", function_apps=(app,))
    other = spec.model_copy(update={"function_apps": (app.model_copy(update={"port": 7072}),)})
    assert spec_digest(spec) == spec_digest(spec.model_copy())
    assert spec_digest(spec) != spec_digest(other)
