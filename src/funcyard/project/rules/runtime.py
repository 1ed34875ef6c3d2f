"""The runtime: a version that is generated, and what to know of it on this day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.functions import runtimes
from funcyard.project.findings import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from funcyard.project.spec import Spec


def version(spec: Spec, today: date) -> Iterator[Fault]:
    """The version is one that projects are generated for; one near its end is said to be."""
    path = ("runtime", "version")
    name, wanted = spec.runtime.name, spec.runtime.version
    if why := runtimes.refusal(name, wanted, today):
        yield Fault(path, why, runtimes.alternatives(today))
    elif advice := runtimes.advice(name, wanted, today):
        yield Fault(path, advice, severity=Severity.WARNING)
