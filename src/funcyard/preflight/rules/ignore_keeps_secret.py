"""Files with secrets that would be shipped along."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.functions.skipped import SKIPPED
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shipping.secrets import holds_secret, may_hold_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for way in app.ways:
            for path in sorted({path for root in way.roots for path in _secrets(root)}):
                if way.drop(path) is not None:
                    continue
                name = app.name_of(path)
                yield RULE.found(
                    name,
                    1,
                    f"{name} would get into {way.to} of {app.name}",
                    next=f"add {way.pattern(path)} to {way.ignore_file}",
                )


def _secrets(root: Path) -> Iterator[Path]:
    if root.is_file():
        if holds_secret(root):
            yield root
        return
    for directory, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        named = (Path(directory, name) for name in files if may_hold_secret(name))
        yield from (path for path in named if holds_secret(path))


RULE = Rule(
    id="ignore-keeps-secret",
    group=Group.PACKAGE,
    severity=Severity.WARNING,
    what="A file that holds secrets is not left out of what is published, or of the image.",
    why=(
        "Whoever can pull the image or read the app's files reads them; and settings of this"
        " machine, such as a storage emulator's address, can take effect in Azure. func itself"
        " never publishes local.settings.json, an image holds it unless .dockerignore names it."
    ),
    mend="Name it in .funcignore or .dockerignore, and replace a secret that was shipped already.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file",
    check=_check,
)
