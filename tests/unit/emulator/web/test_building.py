"""The environment of a package, made by pip where uv is not installed."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
import uv

from funcyard.emulator.web.building import build
from funcyard.project.dependencies import starting_lock


def test_pip_installs_a_lock_with_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(uv, "find_uv_bin", absent)
    package = tmp_path / "package"
    package.mkdir()
    (package / "requirements.txt").write_text(starting_lock("functions").hashed)
    left = tmp_path / "environment.new"  # by a run that was killed, whose pip may go on
    left.mkdir()
    (left / "half").touch()

    asyncio.run(build(package, tmp_path / "environment"))

    python = tmp_path / "environment" / "bin" / "python"
    subprocess.run([python, "-c", "import azure.functions"], check=True, timeout=30)
    assert (left / "half").exists()
    assert {one.name for one in tmp_path.iterdir()} == {"package", "environment", left.name}
