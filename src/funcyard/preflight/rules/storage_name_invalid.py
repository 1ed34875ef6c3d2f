"""A queue, a blob container or a table of a binding that cannot be called so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.definitions import definition_at
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.linking import settings_of
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.storage_names import storage_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.storage_names import StorageName


def _check(facts: Facts) -> Iterator[Finding]:
    names = [
        (app, name)
        for app in facts.apps
        for function in app.survey.index.functions
        for name in storage_names(function)
    ]
    for app, name in names:
        if fault := name.fault(app.target.settings):
            file, line = _place(app, name)
            yield _found(file, line, name, fault, app.text_at(file, line))
    named = [(app, name) for app, name in names if "%" in name.written]
    if named:
        yield from in_each(
            facts.infrastructure.deployments,
            lambda deployment: _deployed(facts, deployment, named),
        )


def _deployed(
    facts: Facts, deployment: Deployment, names: list[tuple[AppFacts, StorageName]]
) -> Iterator[Finding]:
    """Yield the faults of names with the settings that a deployment gives."""
    from funcyard.host.setting_names import names_in  # noqa: PLC0415 - keeps --help fast

    for settings, runs in settings_of(facts, deployment):
        places = {name.lower(): settings.values[name] for name in settings.texts}
        for app, name in names:
            found = (places.get(one.lower()) for one in names_in(name.written))
            place = next(filter(None, found), None)
            fault = name.fault(settings.texts) if runs is app else ""
            if place is not None and fault:
                evidence = facts.infrastructure.line(place)
                where = f"{fault}, from {name.written} of {settings.owner}"
                yield _found(place.file, place.line, name, where, evidence)


def _found(file: str, line: int, name: StorageName, fault: str, evidence: str) -> Finding:
    is_late = "{" in name.written and not name.binding.is_trigger
    return RULE.found(
        file,
        line,
        f"{name.function.name}: {fault}",
        evidence=evidence or f"{name.binding.type} {name.binding.name}: {name.written}",
        next=name.wanted,
        severity=Severity.WARNING if is_late else None,
    )


def _place(app: AppFacts, name: StorageName) -> tuple[str, int]:
    """Return where a name is written, else where its function is."""
    file, line = app.name_of(name.function.file), name.function.line
    definition = definition_at(app.source_by_name.get(file), line)
    decorator = definition.binding(name.binding.name) if definition is not None else None
    return file, decorator.line_of(name.argument, "data") if decorator is not None else line


RULE = Rule(
    id="storage-name-invalid",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A binding names a queue, a blob container or a table that cannot be called so.",
    why=(
        "The worker does not look at it. The host puts the function in error, or the listener of"
        " its trigger does not start, as storage refuses the name; where a part of it is given by"
        " the run, the run fails. The host makes the letters of queues small, those of containers"
        " it leaves. A trigger's queue or container cannot hold an expression such as {name}."
    ),
    mend=(
        "Queues and containers have 3 to 63 small letters, digits and single hyphens between them;"
        " tables 3 to 63 letters and digits and begin with a letter."
    ),
    source=(
        "https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata;"
        " https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata;"
        " https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model"
    ),
    check=_check,
)
