"""Images that hold other files than the sources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from funcyard.functions.skipped import SKIPPED
from funcyard.plain_files import open_bytes
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.image.archive import read_archive
from funcyard.preflight.image.expected import expected_files
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts

_CODE = (".py", "host.json", "function.json")
_INSTALLED = {".python_packages", "site-packages"}
_SHOWN = 3


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        archive = facts.request.images.get(app.name)
        if archive is not None:
            yield from _compared(facts, app, archive)


def _compared(facts: Facts, app: AppFacts, archive: Path) -> Iterator[Finding]:
    content = read_archive(archive)
    expected = expected_files(facts, app, content.root)
    missing = [name for name in expected if name not in content.files]
    different = [
        name
        for name, path in expected.items()
        if (held := content.files.get(name)) and held != _digest(path)
    ]
    for names, said in ((missing, "lacks"), (different, "holds another")):
        for code in (True, False):
            some = sorted(name for name in names if name.endswith(_CODE) == code)
            if some:
                yield RULE.found(
                    app.name_of(expected[some[0]]),
                    1,
                    f"{app.name}: the image {said} {_listed(some)} of the sources",
                    evidence=f"{content.root}/{some[0]} in {archive.name}",
                    next=_NEXT,
                    severity=None if code else Severity.WARNING,
                )
    extra = sorted(
        name
        for name in content.files
        if name.endswith(".py") and name not in expected and not _is_installed(name)
    )
    if extra:
        yield RULE.found(
            "",
            0,
            f"{app.name}: the image holds {_listed(extra)}, which the sources have not",
            evidence=f"{content.root}/{extra[0]} in {archive.name}",
            next=_NEXT,
            severity=Severity.WARNING,
        )


def _is_installed(name: str) -> bool:
    return bool({*SKIPPED, *_INSTALLED} & set(name.split("/")))


def _digest(path: Path) -> str:
    try:
        with open_bytes(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


_NEXT = "build the image again from these sources, and deploy it by its digest"

RULE = Rule(
    id="image-content-differs",
    group=Group.IMAGE,
    severity=Severity.ERROR,
    what="The image of --image holds other code than the sources.",
    why=(
        "What runs is the image. One that was built from other sources, from another context, or"
        " before the last change, goes on failing however the sources are mended."
    ),
    mend=(
        "Build the image again and look at what COPY and .dockerignore let through; deploy it by"
        " its digest, so that it is that one."
    ),
    source="https://github.com/opencontainers/image-spec/blob/main/layer.md",
    check=_check,
)
