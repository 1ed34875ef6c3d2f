"""Bindings that need an extension, and a host.json that names no bundle of them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings.bundles import (
    known_bundles,
    majors,
    needs_extension,
    read_range,
    usual_range,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.json_file import JsonFile

_OWN = ("extensions.csproj", "bin/extensions.json")
_SHOWN = 3


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        host = app.host_json
        if host is None or not isinstance(host.document, dict):
            continue
        written = host.get("extensionBundle")
        if written is None:
            yield from _without(app, host)
        elif not isinstance(written, dict):
            yield _found(app, host, "is no object", _text())
        else:
            yield from _of(app, host, written)


def _without(app: AppFacts, host: JsonFile) -> Iterator[Finding]:
    if any((app.directory / name).is_file() for name in _OWN):
        return
    harmed = {
        f"{function.name} ({binding.type})": None
        for function in app.survey.index.functions
        for binding in function.bindings
        if needs_extension(binding)
    }
    if harmed:
        told = ", ".join(list(harmed)[:_SHOWN])
        if len(harmed) > _SHOWN:
            told += f" and {len(harmed) - _SHOWN} more"
        yield RULE.found(
            host.name,
            1,
            f"the host of {app.name} does not know the bindings of {told}: host.json names no"
            " extension bundle",
            next=f"add to host.json: {_text()}",
        )


def _of(app: AppFacts, host: JsonFile, written: dict[str, object]) -> Iterator[Finding]:
    name, version = written.get("id"), written.get("version")
    if not isinstance(name, str) or not majors(name):
        close = get_close_matches(str(name), known_bundles(), n=1, cutoff=0.8)
        instead = f"did you mean {close[0]}?" if close else f'"id": "{known_bundles()[0]}"'
        yield _found(app, host, f"has the id {name!r}, and there is no such bundle", instead)
    elif not isinstance(version, str) or read_range(version) is None:
        instead = f'"version": "{usual_range()}"'
        yield _found(app, host, f"has the version {version!r}, which is no range", instead)


def _found(app: AppFacts, host: JsonFile, fault: str, instead: str) -> Finding:
    line = host.line_of("extensionBundle")
    return RULE.found(
        host.name,
        line,
        f"the host of {app.name} gets no extensions: extensionBundle {fault}",
        evidence=host.text.splitlines()[line - 1].strip(),
        next=instead,
    )


def _text() -> str:
    return f'"extensionBundle": {{"id": "{known_bundles()[0]}", "version": "{usual_range()}"}}'


RULE = Rule(
    id="extension-bundle-missing",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what="A function's binding needs an extension, and host.json names no bundle that has it.",
    why=(
        "The host itself knows HTTP and timers. Every other binding, queues, blobs and Durable"
        " Functions too, comes from the extension bundle; without it the host refuses the"
        " functions that have one, although the worker finds them."
    ),
    mend="Name the bundle in host.json as the finding shows it.",
    source="https://learn.microsoft.com/azure/azure-functions/extension-bundles",
    check=_check,
)
