"""A file that the code opens and that is not there in Azure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shipping.opened import opened_by
from funcyard.preflight.shipping.ways import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.packages.reach import Reached
    from funcyard.preflight.shipping.opened import Opened
    from funcyard.preflight.shipping.ways import Drop, Way


_MOST = 1000


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for reached in app.reached.values():
            if not reached.source.path.is_relative_to(app.directory):
                continue
            for opened in opened_by(reached.source, app.directory):
                if opened.lists:
                    yield from _listed(app, reached, opened)
                else:
                    yield from _held(app, reached, opened)


def _held(app: AppFacts, reached: Reached, opened: Opened) -> Iterator[Finding]:
    name = app.name_of(opened.path)
    at_load = reached.at_load and opened.at_load
    place = reached.source.name, opened.line
    text = app.text_at(*place)
    if not opened.path.exists():
        yield RULE.found(
            *place,
            f"{app.name} opens {name}, which does not exist",
            evidence=text,
            next=f"write {name}, or correct the path",
            severity=Severity.WARNING,
        )
        return
    for way in app.ways:
        drop = way.drop(opened.path)
        if drop is None or not (drop.text or way.is_known):
            continue
        certain = at_load and (drop.text or isinstance(way, Image))
        yield RULE.found(
            *place,
            f"{app.name} opens {name}, which is not in {way.to}: {_where(drop)}",
            evidence="\n".join(filter(None, (text, drop.text))),
            next=_next(app, way, drop, opened),
            severity=Severity.ERROR if certain else Severity.WARNING,
        )


def _listed(app: AppFacts, reached: Reached, opened: Opened) -> Iterator[Finding]:
    """Yield the ways on which none of the files is shipped that a folder is listed for."""
    files = _files(app, opened)
    name = app.name_of(opened.path)
    place = reached.source.name, opened.line
    for way in app.ways if files else ():
        drops = [drop for path in files if (drop := way.drop(path)) is not None]
        if len(drops) < len(files) or not (drops[0].text or way.is_known):
            continue
        certain = reached.at_load and opened.at_load and opened.raises
        yield RULE.found(
            *place,
            f"{app.name} looks for files in {name}, and none of them is in {way.to}:"
            f" {_where(drops[0])}",
            evidence="\n".join(filter(None, (app.text_at(*place), drops[0].text))),
            next=_next(app, way, drops[0], opened),
            severity=Severity.ERROR
            if certain and (drops[0].text or isinstance(way, Image))
            else Severity.WARNING,
        )


def _files(app: AppFacts, opened: Opened) -> list[Path]:
    """Return the files of a checkout that are looked for in a folder."""
    try:
        found = islice(opened.path.glob(opened.lists), _MOST)
        known = {opened.path / name for name in app.around.names_below(opened.path)}
        return [path for path in found if path in known]
    except (OSError, ValueError, NotImplementedError, IndexError):
        return []


def _where(drop: Drop) -> str:
    return f"line {drop.line} of {drop.file} leaves it out" if drop.text else drop.why


def _next(app: AppFacts, way: Way, drop: Drop, opened: Opened) -> str:
    if drop.text:
        return f"add below that line: !{way.pattern(opened.path)}"
    if isinstance(way, Image) and drop.file:
        return f"add to {drop.file}: COPY {way.pattern(opened.path)} …"
    return f"move it into {app.name_of(app.directory)}"


RULE = Rule(
    id="file-not-shipped",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="The code opens a file, or lists a folder, that is not in what is published or the image.",
    why=(
        "The file is there on this machine and missing in Azure: FileNotFoundError. Where"
        " importing the app opens it, the worker finds no function; else that function fails. A"
        " folder that is searched by a pattern is simply empty there."
    ),
    mend=(
        "Keep the file in the app's folder, open it by its place beside the source"
        " (Path(__file__).parent), and let no ignore file name it."
    ),
    source=(
        "https://learn.microsoft.com/azure/azure-functions/functions-reference-python"
        "#folder-structure"
    ),
    check=_check,
)
