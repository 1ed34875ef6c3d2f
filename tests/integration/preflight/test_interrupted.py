"""A check that waits for somebody outside ends when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.azure_manager import APP_ID, Answer, container_app, managing
from tests.integration.preflight.checking import write_app
from tests.unit.preflight.image.registry import registry

_LATER = {"retry-after": "30"}


@pytest.mark.parametrize("options", [("--only", "image-tag-moved"), ("--online", APP_ID)])
def test_a_wait_ends_with_the_first_interrupt(
    tmp_path: Path, apps_python: Path, options: tuple[str, ...]
) -> None:
    with managing(tmp_path, container_app()) as manager, registry() as served:
        served.busy = [(429, _LATER)]
        manager.answers[APP_ID.lower()] = Answer(429, {"error": {"code": "Busy"}}, _LATER)
        pinned = f"FROM {served.name}/team/api:1@sha256:{'a' * 64}\n"
        app = write_app(tmp_path / "api", Dockerfile=pinned)
        command = [
            sys.executable,
            "-m",
            "funcyard",
            "check",
            "--python",
            str(apps_python),
            *options,
        ]
        with subprocess.Popen(
            command,
            cwd=app,
            env={**os.environ, **manager.settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            while "asking again in 3" not in process.stderr.readline():
                assert process.poll() is None
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    assert process.returncode == 130
    assert time.monotonic() - began < 15
