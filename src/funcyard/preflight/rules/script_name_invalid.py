"""A script name that the worker refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import SETTING, place_of_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.SCRIPT_NAME):
        name = fault.app.target.settings.get(SETTING, "")
        file, line, text = place_of_setting(fault.app)
        yield RULE.found(
            file,
            line,
            f"{fault.app.name}: {SETTING} is {name!r}, which cannot name a script",
            evidence=text or f"Invalid file name: {name}",
            next=f"set {SETTING} to the script's name in the app's folder, such as function_app.py",
        )


RULE = Rule(
    id="script-name-invalid",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="PYTHON_SCRIPT_FILE_NAME is no name of a Python file in the app's folder.",
    why="The worker takes letters, digits, - and _ before .py only; else it indexes nothing.",
    mend="Name a .py file that lies beside host.json, or delete the setting.",
    source="azure-functions-runtime 1.3.0, utils/validators.py; docs/discovery.md",
    check=_check,
)
