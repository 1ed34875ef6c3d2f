"""``up`` imports little before the emulator's process starts, and the rest while it does."""

from __future__ import annotations

import subprocess
import sys

_BEFORE = (
    "funcyard.cli.up", "funcyard.cli._project", "funcyard.cli._up_view", "funcyard.cli._compared",
    "funcyard.cli._importing", "funcyard.cli.azurite", "funcyard.host.address",
    "funcyard.host.events", "funcyard.host.interpreters", "funcyard.project.declaring",
    "funcyard.project.opening", "funcyard.project.env_file", "funcyard.project.running",
    "funcyard.project.port_overrides", "funcyard.project.setting_overrides",
    "funcyard.host.supervisor",
)  # fmt: skip
_SLOW = (
    "aiohttp", "anyio.abc", "azure", "cryptography", "funcyard.emulator",
    "funcyard.host.azurite.install", "funcyard.project.updating", "http.client", "jinja2",
    "requests", "rich", "uvicorn",
)  # fmt: skip


def test_nothing_slow_is_imported_before_the_emulator_starts() -> None:
    code = f"import sys, {', '.join(_BEFORE)}\nprint([m for m in {_SLOW} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
