"""The first steps of docs/workspace.md, as they stand there: commands, and what they print."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.connected_platform import Connected, connected
from tests.running_platform import FUNCYARD, eventually

pytestmark = pytest.mark.xdist_group("judges")

PAGE: Final = (Path(__file__).parents[2] / "docs" / "workspace.md").read_text(encoding="utf-8")
_STEPS: Final = PAGE.partition("### A first time\n")[2].partition("\n### ")[0]
_BLOCK: Final = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
_ID: Final = re.compile(r"[0-9a-f]{8,}(?:-[0-9a-f]{4,})*")
_URL: Final = "https://github.com/contoso/workflows.git"


@pytest.fixture
def here() -> Iterator[Connected]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-page-"))
    quiet = {"AzureWebJobs.reconcile.Disabled": "true"}  # else it may sync before the page does
    with connected(root, quiet, None, public=False) as made:
        yield made
    shutil.rmtree(root, ignore_errors=True)


def test_the_first_steps_print_what_the_page_says(here: Connected) -> None:
    code = next(text for language, text in _BLOCK.findall(_STEPS) if language == "python")
    states = {one["name"]: one["state"] for one in here.platform.ready["apps"][0]["functions"]}
    assert states["reconcile"] == "disabled"
    here.push({"hello.py": code})
    (here.platform.folder / "global" / "hello.py").write_text(code, encoding="utf-8")
    said = "GLOBAL: version 2, 1 added, 0 modified, 0 deleted"
    assert f"`{said}`" in _STEPS
    eventually(lambda: any(one.get("message") == said for one in here.platform.said()))
    for command, printed in _commands():
        if command == "git push":
            synced(here)
            here.push({"hello.py": f"{code}\n# changed\n", "report.py": "x = 1\n"})
        else:
            told = _run(here, command)
            assert re.fullmatch(_pattern(printed), told.strip()), (command, told)


def synced(here: Connected) -> None:
    """Wait for the first sync, which nobody asked for."""
    status = eventually(
        lambda: here.platform.call("GET", "/workspace/status").json,
        lambda told: told["githubConnection"]["lastSyncStatus"] == "success",
    )
    assert status["mode"] == "github-sync"


def _commands() -> Iterator[tuple[str, str]]:
    """Yield each command of the page with what it prints."""
    for language, text in _BLOCK.findall(_STEPS):
        for step in text.split("$ ")[1:] if not language else ():
            command, _, printed = step.partition("\n")
            yield command, printed


def _run(here: Connected, command: str) -> str:
    """Run a command of the page here, and return what it prints as if it had run there."""
    url = here.platform.ready["workspace"]["url"]
    command = command.replace("http://127.0.0.1:7071/api", url).replace(_URL, here.url)
    if command.startswith("funcyard "):
        command += f" --url {url}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=here.platform.root,
        env={
            "PATH": f"{FUNCYARD.parent}:/usr/local/bin:/usr/bin:/bin",
            "FUNCYARD_GITHUB_TOKEN": here.git.token or "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(here.url, _URL)


def _pattern(printed: str) -> str:
    """Return what matches what the page prints: ids are others, and ``…`` is anything."""
    return re.escape(_ID.sub("…", printed.strip())).replace("…", ".*")
