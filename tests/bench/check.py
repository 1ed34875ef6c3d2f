"""How long ``funcyard check`` takes as a whole process: three apps, and a large tree beside Git.

The three apps are those of the data-pipeline blueprint, on the environment for function apps. The
large tree is one app among 20,000 other files that Git tracks, looked at
together with ``git grep`` for the same markers, which is all that Git does about them. In turn.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import tempfile
from pathlib import Path

from tests.bench.machinery import apps_python, new_project, print_ratio, print_value, timed
from tests.e2e.running import FUNCYARD, make_project

_ROUNDS = 10
_FILES = 20_000
_FOLDERS = 400
_NOTHING = 1
"""Exit status of ``git grep`` that found nothing."""

_MARKERS = "^(<<<<<<<|>>>>>>>)"
_SOURCE = """\
import azure.functions as func

app = func.FunctionApp()


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"
"""
_LINES = (
    "The quick brown fox jumps over the lazy dog.",
    "def function(argument: int) -> int:",
    "    return argument + 1",
    "Heading",
    "=======",
    "",
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        python = apps_python()
        _three_apps(folder / "three", python)
        _large_tree(folder / "large", python)


def _three_apps(project: Path, python: Path) -> None:
    new_project(project)
    command: list[str | Path] = [FUNCYARD, "check", project, "--python", python]
    timed(command, project)
    seconds = statistics.median(timed(command, project) for _ in range(_ROUNDS))
    print_value("check, three apps", f"{seconds * 1000:.0f} ms", target="under 1,500 ms")


def _large_tree(project: Path, python: Path) -> None:
    make_project(project, {"api": _SOURCE})
    _fill(project)
    _git(project, "init", "--quiet")
    _git(project, "add", "--all")
    command: list[str | Path] = [FUNCYARD, "check", project, "--python", python]
    peer: list[str | Path] = ["git", "-C", project, "grep", "-nE", _MARKERS]
    timed(command, project)
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        theirs.append(timed(peer, project, status=_NOTHING))
        ours.append(timed(command, project))
    print_ratio(
        f"check, {_FILES:,} other tracked files",
        statistics.median(ours) * 1000,
        "git grep",
        statistics.median(theirs) * 1000,
        target="under 3,000 ms",
        unit=" ms",
    )


def _fill(project: Path) -> None:
    """Write files of a repository's usual sizes: most are small, some are not."""
    chance = random.Random(2026)  # noqa: S311 - no secret
    endings = (".md", ".py", ".json", ".txt", ".ts", ".yaml")
    for folder in range(_FOLDERS):
        (project / "docs" / f"part{folder}").mkdir(parents=True)
    for number in range(_FILES):
        lines = chance.choices(_LINES, k=int(chance.lognormvariate(4, 1)))
        name = f"docs/part{number % _FOLDERS}/file{number}{endings[number % len(endings)]}"
        (project / name).write_text("\n".join(lines), encoding="utf-8")


def _git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", project, *arguments], check=True)


if __name__ == "__main__":
    main()
