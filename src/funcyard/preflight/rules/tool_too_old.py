"""A tool of this machine that is too old for what a project has it do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Needed:
    """The oldest version of a tool that works.

    Attributes:
        version: That version.
        why: What an older one lacks, and where that is said.
    """

    version: tuple[int, ...]
    why: str


NEEDED = {
    "git": Needed(
        (1, 8, 5),
        "funcyard calls git -C, which Git 1.8.5 introduced (its release notes)",
    ),
    "node": Needed(
        (20,),
        "Azurite and its storage libraries run on Node.js 20 and newer (docs/storage.md)",
    ),
    "docker": Needed(
        (18, 9),
        "images are built by BuildKit, which Docker 18.09 introduced"
        " (moby/buildkit, frontend/dockerfile/docs/syntax.md)",
    ),
    "az": Needed(
        (2, 53),
        "az containerapp is a part of az since 2.53.0 (microsoft/azure-container-apps 916)",
    ),
    "func": Needed(
        (4,),
        "Core Tools 4 serve version 4 of the runtime, the only one that Python apps run on"
        " (https://learn.microsoft.com/azure/azure-functions/functions-versions)",
    ),
}
"""Tool to the oldest version that works."""


def _check(facts: Facts) -> Iterator[Finding]:
    for name, needed in NEEDED.items():
        said = facts.workstation.answers.get(name)
        if said is None or said.answer is None or said.answer.status:
            continue
        version = _version_of(name, said.answer.output)
        if version and _numbers(version) < needed.version:
            least = ".".join(map(str, needed.version))
            yield RULE.found(
                "",
                0,
                f"{name} {version} is too old, {least} is needed: {needed.why}",
                evidence=said.answer.output.strip(),
                next=f"install {name} {least} or newer",
            )


def _version_of(name: str, output: str) -> str:
    if name == "az":
        found = re.search(r'"azure-cli":\s*"([\d.]+)', output)
        return found[1] if found else ""
    found = _VERSION.search(output)
    return found[0] if found else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)


RULE = Rule(
    id="tool-too-old",
    group=Group.WORKSTATION,
    severity=Severity.WARNING,
    what="A tool on this machine is older than what it is used for needs.",
    why="It fails with an unknown option or command, or does something else than it is asked.",
    mend="Install a newer one; the finding names the version and what the old one lacks.",
    source="the release notes of each tool, named in the finding",
    check=_check,
    asks_tools=True,
)
