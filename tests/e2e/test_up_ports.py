"""The port at which ``funcyard up`` serves an app: the spec's, unless ``.env.local`` says other."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.running import FUNCYARD, Up, fetch


def test_a_changed_port_is_taken_at_once_and_an_override_is_told(
    tmp_path: Path, apps_python: Path, free_port: int
) -> None:
    project = tmp_path / "shop"
    made = ("new", project, "--blueprint", "simple-api", "--yes", "--memory", tmp_path / "memory")
    subprocess.run([FUNCYARD, *made], check=True, capture_output=True)
    spec = project / "funcyard.yaml"
    spec.write_text(spec.read_text().replace("port: 7071", f"port: {free_port}"))

    with Up(project, apps_python) as up:
        assert up.app()["url"] == f"http://127.0.0.1:{free_port}"
        assert fetch(up.url("/api/hello")).status == 200

    spec.write_text(spec.read_text().replace(f"port: {free_port}", "port: 7071"))
    env = project / ".env.local"
    env.write_text(f"API_HOST_PORT={free_port}\n{env.read_text()}")
    with Up(project, apps_python) as up:
        assert up.process.stderr is not None
        assert up.process.stderr.readline() == (
            f"note: .env.local:1: API_HOST_PORT={free_port} overrides port 7071 of funcyard.yaml\n"
        )
        assert up.app()["url"] == f"http://127.0.0.1:{free_port}"
