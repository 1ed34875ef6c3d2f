"""What the platform wrote is known again; what somebody else did is not taken for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.workspace.versions.manifests import manifest_of

from funcyard.workspace.recognising import Recognition

FILES = {"a.py": b"a = 1\n", "deep/er/b.py": b"", "deep/c.py": b"c\n"}
EVERY = ["a.py", "deep", "deep/er", "deep/er/b.py", "deep/c.py", "empty", "gone.py", "gone/x"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, content in FILES.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (tmp_path / "empty").mkdir()
    (tmp_path / "deep" / ".funcyard~1").write_bytes(b"being written")
    return tmp_path


def recognition(root: Path) -> Recognition:
    return Recognition(root, manifest_of(FILES, directories=("empty",)))


def test_what_is_as_the_version_holds_it_is_known(root: Path) -> None:
    assert recognition(root).of(EVERY)
    assert recognition(root).of([".packages/bought.py", ".Funcyard/x"]), "not of the workspace"
    assert Recognition(root, None).of(["gone.py"])


def _replaced(root: Path) -> None:
    (root / "deep" / "c.py").unlink()
    (root / "deep" / "c.py").mkdir()


def _linked(root: Path) -> None:
    (root / "deep" / "c.py").rename(root / "deep" / "real")
    (root / "deep" / "c.py").symlink_to("real")


def _piped(root: Path) -> None:
    (root / "a.py").unlink()
    os.mkfifo(root / "a.py")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another content": (lambda root: (root / "a.py").write_bytes(b"a = 2\n"), "a.py"),
    "another size": (lambda root: (root / "a.py").write_bytes(b""), "a.py"),
    "a file that is gone": (lambda root: (root / "a.py").unlink(), "a.py"),
    "a new file": (lambda root: (root / "new.py").touch(), "new.py"),
    "a new folder": (lambda root: (root / "new").mkdir(), "new"),
    "a folder that is gone": (lambda root: (root / "empty").rmdir(), "empty"),
    "a new file in a folder": (lambda root: (root / "deep/new.py").touch(), "deep"),
    "a changed file in a folder": (lambda root: (root / "deep/c.py").write_bytes(b"d\n"), "deep"),
    "a file that is gone from a folder": (lambda root: (root / "deep/er/b.py").unlink(), "deep"),
    "a folder in place of a file": (_replaced, "deep/c.py"),
    "a link in place of a file": (_linked, "deep/c.py"),
    "a pipe in place of a file": (_piped, "a.py"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_otherwise_is_not(root: Path, change: str) -> None:
    do, path = CHANGES[change]
    do(root)

    assert not recognition(root).of([*EVERY[-2:], path])
