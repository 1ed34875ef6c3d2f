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


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.ENDS):
        script = script_of(fault.app)
        exits = fault.failure.kind == "SystemExit"
        yield RULE.found(
            fault.file or fault.app.name_of(script),
            fault.line,
            f"{fault.app.name}: importing {script} "
            + ("exits, and the worker with it" if exits else "crashes Python"),
            evidence=fault.evidence(),
            next='put it behind if __name__ == "__main__":'
            if exits
            else "the evidence names the last line of yours; look at the native package it calls",
        )


RULE = Rule(
    id="import-ends-process",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Importing the script ends the process: sys.exit(), a crash, too little memory.",
    why="The worker is that process. The host restarts it a few times and then gives the app up.",
    mend="Leave sys.exit() to programs; find a crash by importing the script in a plain Python.",
    source="azure-functions-runtime 1.3.0: SystemExit is no Exception, and is not caught",
    check=_check,
)
