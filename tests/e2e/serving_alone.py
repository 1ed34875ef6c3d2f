"""``funcyard host`` of one app, as a process that tests speak to from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.e2e.running import FUNCYARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def command_of(*arguments: str | Path) -> list[str | Path]:
    """The command line that serves one app."""
    return [FUNCYARD, "host", *arguments]


@contextmanager
def host(
    apps_python: Path, *arguments: str | Path, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run ``funcyard host`` on any port and yield it with its app's document."""
    with subprocess.Popen(
        command_of(*arguments, "--json", "--python", apps_python),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            assert ready["event"] == "ready"
            reader = threading.Thread(target=process.stdout.read, daemon=True)
            reader.start()
            yield process, ready["apps"][0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            reader.join(30)
