"""A version range of the extension bundle that admits too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings import bundles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import Function
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.json_file import JsonFile


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        host = app.host_json
        name = host.get("extensionBundle", "id") if host else None
        version = host.get("extensionBundle", "version") if host else None
        if host is None or not isinstance(name, str) or not isinstance(version, str):
            continue
        admitted = bundles.read_range(version)
        if admitted is not None and bundles.majors(name):
            yield from _of(app, host, version, bundles.newest(name, admitted), name)


def _of(app: AppFacts, host: JsonFile, version: str, newest: int, name: str) -> Iterator[Finding]:
    functions = app.survey.index.functions
    late = [one for one in functions if bundles.needed(one.bindings) > newest]
    uses = any(bundles.needs_extension(b) for one in functions for b in one.bindings)
    if not newest:
        message = f"the host refuses to start {app.name}: {version} admits no bundle that it takes"
        yield _found(host, message, None)
    elif late:
        yield _found(host, _lacking(late, newest), None)
    elif uses and newest < bundles.supported() in bundles.majors(name):
        message = f"{app.name} gets version {newest} of the extensions, which are not supported now"
        yield _found(host, message, Severity.WARNING)


def _lacking(late: list[Function], newest: int) -> str:
    function = late[0]
    binding = next(b for b in function.bindings if bundles.needed([b]) > newest)
    more = f" and {len(late) - 1} more" if len(late) > 1 else ""
    return (
        f"{function.name}{more} cannot run: {binding.type} came with version"
        f" {bundles.needed([binding])} of the extensions, and the host would take {newest}"
    )


def _found(host: JsonFile, message: str, severity: Severity | None) -> Finding:
    line = host.line_of("extensionBundle", "version")
    return RULE.found(
        host.name,
        line,
        message,
        evidence=host.text.splitlines()[line - 1].strip(),
        next=f'"version": "{bundles.usual_range()}"',
        severity=severity,
    )


RULE = Rule(
    id="extension-bundle-too-old",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what="The range of the extension bundle admits no version that the app can do with.",
    why=(
        "The host of version 4 refuses to start with a bundle older than 2.6.1, and refuses"
        " functions whose binding came with a later one. Versions 1 to 3 still load and are not"
        " supported any more: that is a warning."
    ),
    mend="Admit version 4, as new apps do.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/extension-bundles and"
        " https://aka.ms/func-min-bundle-versions"
    ),
    check=_check,
)
