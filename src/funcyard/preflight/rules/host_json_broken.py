"""A host.json that the host cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.functions.json_text import without_comments
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.json_file import JsonFile

_LEAST = '{"version": "2.0"}'


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        host = app.host_json
        if host is None:
            if app.directory.is_dir():
                yield RULE.found(
                    app.name_of("host.json"), 0, f"{app.name} has no host.json", next=_LEAST
                )
        elif host.fault:
            yield _found(app, host, host.fault_line, f"is not JSON: {host.fault}")
        elif not isinstance(host.document, dict):
            yield _found(app, host, 1, "holds no JSON object")
        else:
            yield from _of_version(app, host, host.document)


def _of_version(app: AppFacts, host: JsonFile, document: dict[str, object]) -> Iterator[Finding]:
    version = next((v for name, v in document.items() if name.lower() == "version"), None)
    if version is None:
        yield _found(app, host, 1, "has no version")
    elif version != "2.0":
        line = host.line_of("version")
        yield _found(app, host, line, f'has the version {version!r}, which is always "2.0"')


def _found(app: AppFacts, host: JsonFile, line: int, fault: str) -> Finding:
    lines = without_comments(host.text).splitlines()
    evidence = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return RULE.found(
        host.name,
        line,
        f"the host does not start {app.name}, for its host.json {fault}",
        evidence=evidence,
        next='write "version": "2.0"' if "version" in fault else f"correct line {line}",
    )


RULE = Rule(
    id="host-json-broken",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what='host.json cannot be read, or does not say "version": "2.0".',
    why=(
        "The host reads it before anything else, and does not start on one that it cannot read."
        ' The version is that of the file\'s form: "2.0", as text, for every runtime since 2.'
    ),
    mend='Correct the file; {"version": "2.0"} is the least that it holds.',
    source="https://learn.microsoft.com/azure/azure-functions/functions-host-json#version",
    check=_check,
)
