"""``funcyard key connection``: what other tools need to reach the project's storage."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.host.control import ControlServer
from funcyard.host.holder import ProjectLock
from funcyard.project.names import connection_string
from funcyard.project.root import state_folder

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

KEY = "A" * 86 + "=="


class _Running:
    """A host whose Azurite listens on ports of its own choice."""

    def status(self) -> dict[str, Any]:
        services = ("blob", "queue", "table")
        ports = dict(zip(services, (31000, 31001, 31002), strict=True))
        return {"storage": {name: f"http://127.0.0.1:{ports[name]}/x" for name in services}}


@contextmanager
def _up(project: Path) -> Iterator[None]:
    """Hold the project as ``up`` does, and answer at its control socket."""
    lock, loop = ProjectLock(state_folder(project)), asyncio.new_event_loop()
    server = ControlServer(lock.acquire(), _Running())  # type: ignore[arg-type] # only the status is asked
    serving = threading.Thread(target=loop.run_forever)
    serving.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield
    finally:
        lock.release()
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        serving.join()
        loop.close()


def test_it_holds_the_key_and_the_ports_of_the_settings(project: Path, funcyard: Run) -> None:
    env = project / ".env.local"
    env.write_text(env.read_text() + "\nAZURITE_TABLE_PORT=20002\n")
    expected = connection_string(KEY, host="127.0.0.1", ports=(10000, 10001, 20002))

    assert funcyard("key", "connection", cwd=project / "functions").stdout == f"{expected}\n"
    said = json.loads(funcyard("key", "connection", project, "--json").stdout)
    assert said == {"connection_string": expected}


def test_while_the_project_is_up_the_ports_are_those_in_use(project: Path, funcyard: Run) -> None:
    with _up(project):
        done = funcyard("key", "connection", project)
    expected = connection_string(KEY, host="127.0.0.1", ports=(31000, 31001, 31002))
    assert done.stdout == f"{expected}\n"


@pytest.mark.parametrize("text", ["", "LOG_LEVEL=info\n", None])
def test_without_a_key_it_says_what_to_do(project: Path, funcyard: Run, text: str | None) -> None:
    env = project / ".env.local"
    env.unlink() if text is None else env.write_text(text)
    done = funcyard("key", "connection", project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[no-key]: AZURITE_ACCOUNT_KEY is not set in .env.local" in done.stderr
    assert "Traceback" not in done.stderr
