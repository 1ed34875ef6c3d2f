from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found, program

from funcyard.host.azurite.locate import OLDEST_NODE
from funcyard.preflight.facts import Facts
from funcyard.preflight.rules.tool_too_old import NEEDED, RULE
from funcyard.preflight.workstation import QUESTIONS

AZ = '{ "azure-cli": "%s", "azure-cli-core": "2.99.0", "extensions": {"containerapp": "1.1.0"} }'


def _asking(folder: Path) -> Facts:
    return facts(folder, {}, request={"environment": {"PATH": str(folder)}, "ask_tools": True})


@pytest.mark.parametrize(
    ("tool", "old", "new"),
    [
        ("git", "git version 1.8.3.1", "git version 1.8.5"),
        ("node", "v18.20.4", "v20.0.0"),
        ("docker", "Docker version 18.06.3-ce, build d7080c1", "Docker version 18.09.0, build 1"),
        ("az", AZ % "2.52.0", AZ % "2.53.0"),
        ("func", "3.0.3904", "4.0.5455"),
    ],
)
def test_what_is_too_old_is_told_with_what_it_lacks(
    tmp_path: Path, tool: str, old: str, new: str
) -> None:
    program(tmp_path, tool, f"echo '{old}'")
    (finding,) = found(RULE, _asking(tmp_path))
    assert finding.message.startswith(f"{tool} ")
    assert NEEDED[tool].why in finding.message
    assert finding.evidence == old

    program(tmp_path, tool, f"echo '{new}'")
    assert found(RULE, _asking(tmp_path)) == []


@pytest.mark.parametrize("script", ["echo no version", "echo v1.0.0; exit 1", "exit 0", "echo 4."])
def test_who_tells_no_version_is_not_judged(tmp_path: Path, script: str) -> None:
    for tool in QUESTIONS:
        program(tmp_path, tool, script)

    assert found(RULE, _asking(tmp_path)) == []


def test_every_tool_that_is_asked_has_its_oldest_version() -> None:
    assert set(NEEDED) == set(QUESTIONS)
    assert NEEDED["node"].version == (OLDEST_NODE,)
