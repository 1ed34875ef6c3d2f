"""An ignore file, or a Dockerfile, that leaves out what the app cannot do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shipping.ways import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.shipping.ways import Drop, Way

_SHOWN = 3
_TAKE_IN = "take the line out, or add below it: !"


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for way in app.ways:
            dropped: dict[Drop, list[Path]] = {}
            for path, drop in sorted(_dropped(app, way), key=lambda found: found[0]):
                dropped.setdefault(drop, []).append(path)
            for drop, paths in dropped.items():
                yield _found(app, way, drop, paths)
            if isinstance(way, Image):
                yield from _refused(app, way)


def _dropped(app: AppFacts, way: Way) -> Iterator[tuple[Path, Drop]]:
    for path in _needed(app, way):
        drop = way.drop(path)
        if drop is not None and drop.file and (drop.text or way.is_known):
            yield path, drop


def _needed(app: AppFacts, way: Way) -> Iterator[Path]:
    """Yield the files without which the app has no functions."""
    files = [app.directory / "host.json", *app.scripts]
    if not isinstance(way, Image):
        files.append(app.directory / "requirements.txt")
    yield from (path for path in files if path.is_file())
    for path, reached in app.reached.items():
        if reached.at_load and path not in files and path.is_relative_to(app.directory):
            yield path


def _found(app: AppFacts, way: Way, drop: Drop, paths: list[Path]) -> Finding:
    told = ", ".join(app.name_of(path) for path in paths[:_SHOWN])
    if len(paths) > _SHOWN:
        told += f" and {len(paths) - _SHOWN} more"
    wanted = way.pattern(paths[0])
    return RULE.found(
        drop.file,
        drop.line,
        f"{app.name} needs {told} in {way.to}, but {drop.why}",
        evidence=drop.text,
        next=_TAKE_IN + wanted if drop.text else f"add COPY {wanted} …",
    )


def _refused(app: AppFacts, image: Image) -> Iterator[Finding]:
    for copy, source, drop in image.refused():
        yield RULE.found(
            drop.file,
            drop.line,
            f"the image of {app.name} cannot be built: COPY {source} in line {copy.line} of its"
            f" Dockerfile finds nothing, for {drop.file} leaves it out",
            evidence=drop.text,
            next=_TAKE_IN + source.strip("/"),
        )


RULE = Rule(
    id="ignore-drops-code",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="What an app cannot do without is left out of what is published, or of its image.",
    why=(
        "host.json, the script, the modules that it imports and requirements.txt are there on"
        " this machine and not in Azure: no function is found, or a package is missing. .funcignore"
        " has the syntax of .gitignore; .dockerignore has not: its patterns begin at the root of"
        " the build context."
    ),
    mend="Take the line out, or make an exception of the file below it.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/functions-core-tools-reference and"
        " https://docs.docker.com/build/concepts/context/#dockerignore-files"
    ),
    check=_check,
)
