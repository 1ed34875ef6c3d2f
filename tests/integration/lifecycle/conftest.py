"""Real projects made once, copied for each test; the real command in a process of its own."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests import forked_command

from funcyard.project.catalog import blueprint
from funcyard.project.creating import create
from funcyard.project.reading import parse_spec
from funcyard.project.updating import Request

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.project.creating import Created
    from funcyard.project.journal import Checkpoint

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
KEY = "A" * 86 + "=="
OWN = (".funcyard/lock", ".funcyard/local.json")


@pytest.fixture(scope="session")
def now() -> datetime:
    """The time at which every project is made."""
    return NOW


@pytest.fixture(scope="session")
def made() -> Callable[..., Created]:
    """Make a project from a blueprint at a fixed time, with a fixed key."""

    def make(
        root: Path, name: str = "simple-api", checkpoint: Checkpoint = lambda _: None
    ) -> Created:
        document = parse_spec(blueprint(name).spec_text, today=NOW.date())
        request = Request(
            now=NOW, title="funcyard new", memory=root.parent / "memory", checkpoint=checkpoint
        )
        return create(root, document, request, key=KEY)

    return make


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory, made: Callable[..., Created]) -> Path:
    root = tmp_path_factory.mktemp("made") / "simple-api"
    made(root)
    return root


@pytest.fixture
def project(_template: Path, tmp_path: Path) -> Path:
    """A project of one app, fresh from the blueprint, with its memory, in a folder of its own."""
    root = tmp_path / "simple-api"
    shutil.copytree(_template, root)
    shutil.copytree(_template.parent / "memory", root / ".funcyard/memory")
    return root


@pytest.fixture
def tree() -> Callable[[Path], dict[str, tuple[bytes, int]]]:
    """Every file of a folder with bytes and permissions, without what is this machine's alone."""

    def read(root: Path) -> dict[str, tuple[bytes, int]]:
        return {
            path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o777)
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.as_posix().endswith(OWN)
        }

    return read


@pytest.fixture
def funcyard(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a process, without a terminal."""

    def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return forked_command.funcyard(*map(str, arguments), cwd=cwd or tmp_path, NO_COLOR="1")

    return run


@pytest.fixture
def document(
    funcyard: Callable[..., subprocess.CompletedProcess[str]],
) -> Callable[..., dict[str, Any]]:
    """Run the command with ``--json`` and return its one document."""

    def run(*arguments: object, cwd: Path | None = None, code: int = 0) -> dict[str, Any]:
        done = funcyard(*arguments, "--json", cwd=cwd)
        assert done.returncode == code, done.stderr
        loaded: dict[str, Any] = json.loads(done.stdout)
        return loaded

    return run
