"""A setting of host.json with a value that cannot be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.functions.json_text import strict
from funcyard.host.host_json import HostJsonError, parse
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.json_file import JsonFile

_FAULT = re.compile(r"host\.json:(?P<line>\d+): (?P<path>\S+) (?P<fault>.*)")


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        host = app.host_json
        if host is not None and isinstance(host.document, dict):
            yield from _of(app, host)


def _of(app: AppFacts, host: JsonFile) -> Iterator[Finding]:
    try:
        parse(strict(host.text), "host.json")
    except HostJsonError as fault:
        for text in fault.message.splitlines():
            told = _FAULT.fullmatch(text)
            if told is None or told["path"].lower() == "version":
                continue
            line = int(told["line"])
            yield RULE.found(
                host.name,
                line,
                f"{told['path']} in host.json of {app.name} {told['fault']}",
                evidence=host.text.splitlines()[line - 1].strip(),
                next=f"correct {told['path']}",
            )


RULE = Rule(
    id="host-json-value",
    group=Group.SETTINGS,
    severity=Severity.WARNING,
    what="A setting of host.json has a value outside of what is documented.",
    why=(
        "Depending on the setting the host does not start, or takes another value than was meant:"
        ' a maxPollingInterval of "2000" is two thousand days.'
    ),
    mend="Write a value of the documented kind and range.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-host-json",
    check=_check,
)
