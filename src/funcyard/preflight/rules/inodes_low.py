"""Too few files can still be made on a disk that a build writes to, however much room it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

ENOUGH = 20_000
"""An app's environment is 2,000 files, its cache as many, Azurite's packages 9,000."""

TOO_LITTLE = 2_000
"""The environment of one app."""


def _check(facts: Facts) -> Iterator[Finding]:
    for volume in facts.workstation.volumes:
        if volume.files is None or volume.files >= ENOUGH:
            continue
        hopeless = "the project" in volume.holds and volume.files < TOO_LITTLE
        yield RULE.found(
            "",
            0,
            f"only {volume.files} more files can be made for {' and '.join(volume.holds)}",
            evidence=f"{volume.path}: {volume.files} inodes free",
            next=f"df -i {volume.path}; docker system prune; npm cache clean --force",
            severity=Severity.ERROR if hopeless else None,
        )


RULE = Rule(
    id="inodes-low",
    group=Group.WORKSTATION,
    severity=Severity.WARNING,
    what="A disk that builds write to can hold hardly any more files: fewer than 20,000, or 2,000.",
    why=(
        "A full table of files says No space left on device while df -h shows gigabytes free."
        " Where the project is, below 2,000 not even one app's packages can be installed."
    ),
    mend="Delete folders of many small files: node_modules, package caches, old images.",
    source="measured: an app's environment is 2,000 files; statvfs(3), f_favail",
    check=_check,
)
