"""A connection of a function that no setting gives a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings.connections import HOST_STORAGE, asked_by, is_connection_string
from funcyard.preflight.settings.known import is_given_elsewhere, is_told, known_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.settings.connections import Asked, Known

_BLOB_TRIGGER = "blobtrigger"


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        asked = {
            (one.function.name, one.name): one
            for function in app.survey.index.functions
            for one in asked_by(function)
            if one.is_connection
        }
        yield from _of_app(facts, app, list(asked.values()))


def _of_app(facts: Facts, app: AppFacts, asked: list[Asked]) -> Iterator[Finding]:
    known = known_settings(facts, app)
    lacking = []
    for one in asked:
        if is_connection_string(one.name):
            yield _is_a_value(app, one)
        elif one.binding.type.lower() == _BLOB_TRIGGER and known.lacks_queues(one.name):
            yield _without_queues(app, one)
        elif not known.has_connection(one.name) and not is_given_elsewhere(facts, one.name):
            lacking.append(one)
    if is_told(facts, app):
        yield from (_without_value(app, one, known) for one in lacking)
    elif lacking := [one for one in lacking if one.name != HOST_STORAGE]:
        yield _to_be_provided(app, lacking)


def _without_value(app: AppFacts, one: Asked, known: Known) -> Finding:
    if known.tells_identity(one.name):
        what = f"the settings {one.name}__… tell who connects, and not to which service"
        instead = f"add {one.name}__{_service(one)} to its settings"
    else:
        what = f"the setting {one.name} has no value"
        instead = f"add {one.name}, or {one.name}__{_service(one)} for an identity, to its settings"
    verb = "does not run" if one.binding.is_trigger else "fails when it runs"
    return RULE.found(
        app.name_of(one.function.file),
        one.function.line,
        f"{one.function.name} {verb}: {what}",
        evidence=f"{one.binding.type} {one.binding.name}, connection {one.name}",
        next=instead,
        severity=None if one.binding.is_trigger else Severity.WARNING,
    )


def _to_be_provided(app: AppFacts, lacking: list[Asked]) -> Finding:
    names = list(dict.fromkeys(one.name for one in lacking))
    first = lacking[0].function
    return RULE.found(
        app.name_of(first.file),
        first.line,
        f"{app.name} needs connections that nothing here gives: {', '.join(names)}",
        evidence=", ".join(dict.fromkeys(one.function.name for one in lacking)),
        next=f"see that the app has them in Azure: az functionapp config appsettings set …"
        f" --settings {names[0]}=…",
        severity=Severity.WARNING,
    )


def _is_a_value(app: AppFacts, one: Asked) -> Finding:
    return RULE.found(
        app.name_of(one.function.file),
        one.function.line,
        f"{one.function.name} gives a connection string where the name of a setting belongs",
        evidence=f"{one.binding.type} {one.binding.name}",
        next='write the name of the setting that holds it: connection="NAME"',
    )


def _without_queues(app: AppFacts, one: Asked) -> Finding:
    return RULE.found(
        app.name_of(one.function.file),
        one.function.line,
        f"{one.function.name} cannot set failed blobs aside: {one.name} tells where blobs are and"
        " not where queues are",
        evidence=f"{one.name}__blobServiceUri",
        next=f"add {one.name}__queueServiceUri to its settings",
        severity=Severity.WARNING,
    )


def _service(one: Asked) -> str:
    """Return the property that tells the service of a binding."""
    kind = one.binding.type.lower()
    if kind.startswith("queue"):
        return "queueServiceUri"
    if kind.startswith("table"):
        return "tableServiceUri"
    if kind.startswith(("servicebus", "eventhub")):
        return "fullyQualifiedNamespace"
    if kind.startswith("cosmos"):
        return "accountEndpoint"
    return "blobServiceUri" if kind.startswith("blob") else "accountName"


RULE = Rule(
    id="connection-without-value",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what="A binding's connection names a setting that has no value anywhere that is known.",
    why=(
        "The worker finds the function, and the host cannot start its trigger, or the function"
        " fails where the binding is read or written. A value is a connection string in the"
        " setting itself (or with AzureWebJobs before its name), or where to find the service in"
        " NAME__serviceUri, __fullyQualifiedNamespace and the like, for a managed identity."
        " Where nothing tells the app's settings, what production has to provide is named once."
    ),
    mend="Add the setting to local.settings.json, .env.local or the template that deploys the app.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference#connections",
    check=_check,
)
