"""What rclone's own client of Azure Files says: copy, sync with deletions, check."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.emulator.conftest import ACCOUNT, Files

ROOT = Path(__file__).parents[3]


@pytest.fixture
def rclone(files: Files) -> Callable[..., str]:
    """Run rclone with the emulator's share ``rclone`` as ``azure:``."""
    subprocess.run([ROOT / "scripts" / "judges.sh", "files"], check=True, capture_output=True)
    remote = {
        "TYPE": "azurefiles",
        "ACCOUNT": ACCOUNT,
        "KEY": files.key,
        "SHARE_NAME": "rclone",
        "ENDPOINT": files.url,
    }
    environment = {f"RCLONE_CONFIG_AZURE_{name}": value for name, value in remote.items()}

    def run(*arguments: str | Path) -> str:
        program = ROOT / ".venvs" / "judges" / "files" / "bin" / "rclone"
        done = subprocess.run(
            [program, "--config", os.devnull, "--retries", "1", *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_rclone_copies_syncs_with_deletions_and_finds_no_difference(
    files: Files, rclone: Callable[..., str], tmp_path: Path
) -> None:
    files.share("rclone")
    source, back = tmp_path / "source", tmp_path / "back"
    random_bytes = random.Random(1).randbytes  # noqa: S311 - no secret
    (source / "a" / "Grüße").mkdir(parents=True)
    for size in (0, 1, 511, 512, 70_000, 5 * 2**20):
        (source / "a" / f"{size} bytes").write_bytes(random_bytes(size))
    (source / "a" / "Grüße" / "ü ~#%&+.txt").write_text("hello", encoding="utf-8")

    rclone("copy", source, "azure:")
    assert "0 differences found" in rclone("check", source, "azure:", "--download")
    assert _files(files.folder("rclone")) == _files(source)

    (source / "a" / "511 bytes").unlink()
    (source / "a" / "512 bytes").write_bytes(random_bytes(600))
    (source / "b").mkdir()
    (source / "b" / "new").write_bytes(b"new")
    rclone("sync", source, "azure:")
    assert "0 differences found" in rclone("check", source, "azure:", "--download")
    assert _files(files.folder("rclone")) == _files(source)

    rclone("copy", "azure:", back)
    assert _files(back) == _files(source)
    modified = (source / "b" / "new").stat().st_mtime_ns // 1_000_000
    assert (back / "b" / "new").stat().st_mtime_ns // 1_000_000 == modified
