"""What health tells of the workspace's folder: whether it is there, and whether it is behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.running_platform import RunningPlatform, eventually


@pytest.fixture(scope="module")
def running() -> Iterator[RunningPlatform]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-health-"))
    with RunningPlatform(root, files={"first.txt": "1"}) as made:
        yield made
    shutil.rmtree(root, ignore_errors=True)


def test_a_folder_that_is_not_there_any_more_is_not_healthy_until_it_is_back(
    running: RunningPlatform,
) -> None:
    assert running.call("GET", "/health").json["status"] == "healthy"
    away = running.root / "away"
    running.folder.rename(away)
    try:
        for empty in (False, True):  # a share's mount point stays when the share is gone
            if empty:
                running.folder.mkdir()
            told = running.call("GET", "/health")
            assert (told.status, told.json["status"]) == (503, "unhealthy")
            assert "is not there" in told.json["checks"]["workspace"]["message"]
            assert list(running.folder.glob("*")) == [], "looking makes nothing"
    finally:
        if running.folder.exists():
            running.folder.rmdir()
        away.rename(running.folder)
    assert running.call("GET", "/health").json["status"] == "healthy"


def test_a_view_that_cannot_follow_is_told_with_its_reason(running: RunningPlatform) -> None:
    scope = running.folder / "global"
    scope.rename(running.root / "global")
    scope.write_text("in the way", encoding="utf-8")
    written = running.put("second.txt", "2")
    assert (written.status, written.json["view"]) == (201, "behind")
    told = running.call("GET", "/health")
    assert (told.status, told.json["status"]) == (200, "degraded")
    assert "GLOBAL" in told.json["checks"]["workspace"]["message"]
    scope.unlink()
    running.put("third.txt", "3")
    assert eventually(lambda: running.call("GET", "/health").json["status"] == "healthy")
