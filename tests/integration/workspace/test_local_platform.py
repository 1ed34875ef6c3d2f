"""The platform on this machine, killed and started again."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
from tests.running_platform import RunningPlatform


def test_the_storage_of_a_platform_that_was_killed_is_ended_by_the_next(tmp_path: Path) -> None:
    running = RunningPlatform(tmp_path)
    record = tmp_path / ".funcyard" / "workspace" / "children.json"
    running.start()
    assert running.put("kept.txt", "kept").status == 201
    [orphan] = json.loads(record.read_text(encoding="utf-8"))
    left = psutil.Process(int(orphan))
    running.kill()
    try:
        assert left.is_running()
        running.start()
        assert not left.is_running()
        assert running.call("GET", "/workspace/files/kept.txt").json["content"] == "kept"
    finally:
        running.end()
        if left.is_running():
            left.kill()
    assert not record.exists()
