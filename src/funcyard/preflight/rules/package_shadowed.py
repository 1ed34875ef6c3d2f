"""A file or folder of the app that hides a package of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shadowing import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.MODULE, Cause.NAME, Cause.CIRCLE, Cause.IMPORT):
        source = shadow(fault)
        if source is not None:
            name = fault.given["module"].partition(".")[0]
            is_package = source.path.stem == "__init__"
            what = f"the folder {name}" if is_package else source.path.name
            place = f"{fault.file}:{fault.line}" if fault.line else fault.file
            yield RULE.found(
                source.name,
                1,
                f"{fault.app.name}: {what} of the app is imported in place of the package {name}",
                evidence=f"{place}: {fault.evidence()}",
                next=f"give {what} another name, and import it by that",
            )


RULE = Rule(
    id="package-shadowed",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A file or folder of the app has the name of a package, which cannot be imported then.",
    why=(
        "The app's folder comes first on the search path: its azure/__init__.py, requests.py or"
        " email.py is what every import of that name gets, in installed packages, too; an empty one"
        " has none of the names that they ask of it."
    ),
    mend="Rename the file or folder.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python#import-behavior",
    check=_check,
)
