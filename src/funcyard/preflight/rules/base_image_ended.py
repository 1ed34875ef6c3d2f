"""Base images whose Python or Functions host gets no security fixes any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.functions.runtimes import find, host_end
from funcyard.oci.reference import read_reference
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from funcyard.oci.reference import Reference
    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    today = facts.request.today
    for image in facts.images if today is not None else ():
        base = image.stage.image
        reference = read_reference(base.value) if base.value else None
        for what, end in _ends(reference) if reference is not None else ():
            if today is not None and today > end:
                yield RULE.found(
                    image.name,
                    base.line,
                    f"{image.app.name}: {what} of its base image ended on {end}",
                    evidence=image.line(base.line),
                    next="funcyard images python",
                )


def _ends(reference: Reference) -> Iterator[tuple[str, date]]:
    host = host_end(reference.host)
    if host is not None:
        yield f"the Functions host {reference.host}", host
    python = find("python", reference.python)
    if python is not None:
        yield python.title, python.end_of_life


RULE = Rule(
    id="base-image-ended",
    group=Group.IMAGE,
    severity=Severity.WARNING,
    what="The Python or the Functions host of the base image is past its end of life.",
    why=(
        "It gets no more security fixes, Microsoft stops building the image, and support for"
        " functions on it ends."
    ),
    mend="Move to a version that funcyard images lists as supported.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/supported-languages;"
        " https://learn.microsoft.com/azure/azure-functions/functions-versions"
    ),
    check=_check,
)
