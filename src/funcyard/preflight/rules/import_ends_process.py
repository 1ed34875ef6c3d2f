"""An import that ends the worker's process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


_TOLD = {
    "SystemExit": (
        "importing {} exits, and the worker with it",
        'put it behind if __name__ == "__main__":',
    ),
    "ProcessEnded": (
        "importing {} ends Python, and the worker with it",
        "look for os._exit(), os.closerange() and the like: they belong to programs",
    ),
    "ProcessCrashed": (
        "importing {} crashes Python",
        "the evidence names the last line of yours; look at the native package it calls",
    ),
    "ProcessKilled": (
        "Python was killed while it imported {}",
        "check again with more memory; load models and data inside of functions, not at import",
    ),
}
"""What is said of a failure, and what to do, by its class."""


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.ENDS):
        script = script_of(fault.app)
        said, instead = _TOLD[fault.failure.kind]
        yield RULE.found(
            fault.file or fault.app.name_of(script),
            fault.line,
            f"{fault.app.name}: {said.format(script)}",
            evidence=fault.evidence(),
            next=instead,
        )


RULE = Rule(
    id="import-ends-process",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Importing the script ends the process: sys.exit(), a crash, too little memory.",
    why=(
        "The worker is that process. The host restarts it a few times and then gives the app up."
        " One that was killed from outside may be fine where there is more memory."
    ),
    mend=(
        "Leave sys.exit() to programs; find a crash by importing the script in a plain Python; load"
        " what is large inside of functions."
    ),
    source="azure-functions-runtime 1.3.0: SystemExit is no Exception, and is not caught",
    check=_check,
)
