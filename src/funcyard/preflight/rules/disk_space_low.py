"""Too little room on a disk that a build writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_MEGABYTE = 1024**2

ENOUGH = 1024 * _MEGABYTE
"""An app's packages with their cache take 200 MB, an image layer of them as much, and Azurite and
npm's cache of it 300 MB: with less than this free, one of them fails sooner or later."""

TOO_LITTLE = 100 * _MEGABYTE
"""An app's packages alone, azure-functions and the storage clients, take 56 MB unpacked, and as
much again while they are fetched."""


def _check(facts: Facts) -> Iterator[Finding]:
    for volume in facts.workstation.volumes:
        if volume.free >= ENOUGH:
            continue
        hopeless = "the project" in volume.holds and volume.free < TOO_LITTLE
        yield RULE.found(
            "",
            0,
            f"{volume.free // _MEGABYTE} MB are free for {' and '.join(volume.holds)}",
            evidence=f"{volume.path}: {volume.free} bytes free",
            next=f"df -h {volume.path}; docker system prune; npm cache clean --force",
            severity=Severity.ERROR if hopeless else None,
        )


RULE = Rule(
    id="disk-space-low",
    group=Group.WORKSTATION,
    severity=Severity.WARNING,
    what="A disk that builds write to is almost full: less than 1 GB, or 100 MB, is free.",
    why=(
        "Programs then fail in ways that look like something else: az answers with nothing, or"
        " hangs, its cache broken; images lack files; installs end halfway. Below 100 MB where the"
        " project is, no build can work."
    ),
    mend="Make room before anything else is looked into; then az cache purge.",
    source="measured: an app with its packages, image layer and caches takes about 1 GB",
    check=_check,
)
