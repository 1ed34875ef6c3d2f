"""A template that deploys an app without the settings that every app needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.linking import settings_of
from funcyard.preflight.infrastructure.settings import RUNTIME, function_app_settings
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings.connections import HOST_STORAGE, Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import Binding
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.settings import DeployedSettings

_VERSION = "FUNCTIONS_EXTENSION_VERSION"
_PYTHON = "python"
_WANTED = {RUNTIME: _PYTHON, _VERSION: "~4"}
_IDENTITY = f"{HOST_STORAGE}__accountName"


def _check(facts: Facts) -> Iterator[Finding]:
    yield from in_each(facts.infrastructure.deployments, lambda one: _of(facts, one))


def _of(facts: Facts, deployment: Deployment) -> Iterator[Finding]:
    for settings in function_app_settings(deployment):
        if _PYTHON in settings.workers and settings.flex is None:
            yield from _of_runtime(facts, settings)
    for settings, app in settings_of(facts, deployment):
        if app is not None:
            yield from _of_storage(app, settings)


def _of_runtime(facts: Facts, settings: DeployedSettings) -> Iterator[Finding]:
    if not settings.values:
        return  # they are given in another way
    names = {name.lower(): value for name, value in settings.values.items()}
    for name, wanted in _WANTED.items():
        value = names.get(name.lower())
        if value is None and settings.complete:
            yield RULE.found(
                settings.place.file,
                settings.place.line,
                f"{settings.owner} is deployed without {name}: its host does not start the app",
                evidence=facts.infrastructure.line(settings.place),
                next=f"add {name} = {wanted}",
            )
        elif value is not None and value.known and value.text.lower() != wanted:
            yield RULE.found(
                value.file,
                value.line,
                f"{settings.owner} is deployed with {name} = {value.text}: a Python app of today"
                f" has {wanted}",
                evidence=facts.infrastructure.line(value),
                next=f"write {wanted}",
            )


def _of_storage(app: AppFacts, settings: DeployedSettings) -> Iterator[Finding]:
    given = settings.values
    if not given or not settings.complete or Known(given).has_connection(HOST_STORAGE):
        return
    triggers = {function.name: function.trigger for function in app.survey.index.functions}
    waiting = [name for name, trigger in triggers.items() if trigger.type.lower() != "httptrigger"]
    locked = [name for name, trigger in triggers.items() if _asks_for_key(trigger)]
    if not waiting and not locked:
        return
    harm = f"{waiting[0]} cannot run" if waiting else f"the keys of {locked[0]} cannot be kept"
    yield RULE.found(
        settings.place.file,
        settings.place.line,
        f"{settings.owner} is deployed without {HOST_STORAGE}: {harm}",
        next=f"add {_IDENTITY} and give its identity access, or {HOST_STORAGE}",
        severity=None if waiting else Severity.WARNING,
    )


def _asks_for_key(trigger: Binding) -> bool:
    return str(trigger.get("authLevel") or "function").lower() != "anonymous"


RULE = Rule(
    id="app-setting-missing",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what="A template deploys an app without a setting that its host needs.",
    why=(
        "FUNCTIONS_WORKER_RUNTIME tells which worker runs the code and FUNCTIONS_EXTENSION_VERSION"
        " which host; without AzureWebJobsStorage, or its identity-based form, timers have no lock,"
        " queues, blobs and Durable Functions do not run, and keys are not kept. Flex Consumption"
        " has the first two elsewhere; an image brings them along. AzureWebJobsFeatureFlags with"
        " EnableWorkerIndexing has been the default since 2023 and is not needed."
    ),
    mend="Add the setting to the template.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-app-settings",
    check=_check,
)
