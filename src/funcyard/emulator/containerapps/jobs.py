"""Container Apps jobs: what they take, what is kept of them, and what answers tell.

A job makes executions (:mod:`.executions`), when somebody starts it or its schedule says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.containerapps import (
    apps,
    cron,
    environments,
    errors,
    resources,
    secrets,
    templates,
)
from funcyard.emulator.containerapps.addresses import event_stream
from funcyard.emulator.containerapps.naming import JOB
from funcyard.emulator.containerapps.spelling import without_answered
from funcyard.emulator.core.authorship import authored
from funcyard.emulator.managed_identity import assigned

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

MANUAL: Final = "Manual"
SCHEDULE: Final = "Schedule"
_NAME: Final = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])")
_TRIGGERS: Final = {"manual": MANUAL, "schedule": SCHEDULE}
_CONFIGS: Final = {MANUAL: "manualTriggerConfig", SCHEDULE: "scheduleTriggerConfig"}
_ANSWERED: Final = frozenset(
    {"provisioningState", "outboundIpAddresses", "eventStreamEndpoint", "runningState"}
)


def spelled(body: Json) -> Json:
    """Return a body with its members as the schema spells them, without what answers add."""
    return without_answered(JOB, body, _ANSWERED, _tidy)


def _tidy(properties: Json) -> None:
    configuration = properties.get("configuration")
    if isinstance(configuration, dict) and not (configuration.get("dapr") or {}):
        configuration.pop("dapr", None)
    apps.tidy_template(properties.get("template"))


def check(core: Core, target: Target, body: Json) -> None:
    """Refuse a job that cannot be, by its name and its identities.

    Raises:
        ArmError: One of these.
    """
    if not _NAME.fullmatch(target.name):
        raise errors.bad(
            "ContainerAppsJobInvalidName",
            f"Invalid job name '{target.name}': small letters, digits and '-', up to 32, a letter"
            " first, no '-' last and none twice in a row.",
        )
    assigned.check(core, body.get("identity"))


def complete(draft: Draft) -> Json:
    """Return what is kept of a job.

    Raises:
        ArmError: It means nothing, or nothing here.
    """
    given = draft.given.get("properties") or {}
    environment = apps.environment_of(draft, given)
    profile, kind = apps.profile_of(environment, given.get("workloadProfileName"))
    configuration = configuration_of(given.get("configuration") or {})
    template = templates.containers_of(given.get("template") or {})
    secrets.check(configuration, [*template["containers"], *(template["initContainers"] or ())])
    resources.check(resources.demand(template["containers"]), kind, profile)
    volumes = (given.get("template") or {}).get("volumes") or None
    return {
        "location": draft.given["location"],
        "tags": draft.given.get("tags"),
        "systemData": authored(draft),
        "identity": apps.identities(draft),
        "properties": {
            "environmentId": environment.id,
            "workloadProfileName": profile,
            "configuration": configuration,
            "template": {**template, "volumes": volumes},
        },
    }


def configuration_of(given: Json) -> Json:
    """Return a job's configuration with what Azure fills in.

    Raises:
        ArmError: It means nothing, or nothing here.
    """
    trigger = _TRIGGERS.get(str(given.get("triggerType")).lower())
    if trigger is None:
        raise errors.not_served(f"A job of trigger type '{given.get('triggerType')}'")
    timeout, retries = given.get("replicaTimeout") or 0, given.get("replicaRetryLimit") or 0
    if timeout < 1 or retries < 0:
        raise errors.bad(
            "ContainerAppsJobInvalidConfiguration",
            "'replicaTimeout' is 1 or more, 'replicaRetryLimit' 0 or more.",
        )
    wanted = given.get(_CONFIGS[trigger]) or {}
    config: dict[str, Any] = {
        "replicaCompletionCount": wanted.get("replicaCompletionCount") or 1,
        "parallelism": wanted.get("parallelism") or 1,
    }
    if trigger == SCHEDULE:
        config["cronExpression"] = wanted.get("cronExpression") or ""
        try:
            cron.read(config["cronExpression"])
        except ValueError as fault:
            message = f"'cronExpression' means nothing: {fault}."
            raise errors.bad("ContainerAppsJobInvalidCronExpression", message) from None
    return {
        "secrets": given.get("secrets") or None,
        "triggerType": trigger,
        "replicaTimeout": timeout,
        "replicaRetryLimit": retries,
        "manualTriggerConfig": config if trigger == MANUAL else None,
        "scheduleTriggerConfig": config if trigger == SCHEDULE else None,
        "registries": given.get("registries") or None,
    }


def trigger_of(job: Kept) -> Json:
    """Return how many replicas an execution of a job has, and when one begins by itself."""
    configuration = job.properties["configuration"]
    found: Json = configuration[_CONFIGS[configuration["triggerType"]]]
    return found


def schedule_of(job: Kept) -> cron.Schedule | None:
    """Return when a job is due; None where only people start it."""
    text = trigger_of(job).get("cronExpression")
    return None if text is None else cron.read(text)


def show(core: Core, kept: Kept) -> Json:
    """Return a job as answers tell it."""
    told = kept.properties
    configuration = told["configuration"]
    template = told["template"]
    properties: Json = {
        "provisioningState": None,
        "environmentId": told["environmentId"],
        "workloadProfileName": told["workloadProfileName"],
        "configuration": {
            "secrets": secrets.shown(configuration["secrets"]),
            "triggerType": configuration["triggerType"],
            "replicaTimeout": configuration["replicaTimeout"],
            "replicaRetryLimit": configuration["replicaRetryLimit"],
            "manualTriggerConfig": configuration["manualTriggerConfig"],
            "scheduleTriggerConfig": configuration["scheduleTriggerConfig"],
            "eventTriggerConfig": None,
            "registries": configuration["registries"],
            "dapr": None,
        },
        "template": {
            "containers": [container_shown(one) for one in template["containers"]],
            "initContainers": template["initContainers"],
            "volumes": template["volumes"],
        },
        "eventStreamEndpoint": event_stream(core, kept, "containerApps"),
    }
    shown = environments.head(core, kept)
    return {**shown, "identity": apps.identity_shown(shown), "properties": properties}


def container_shown(one: Json) -> Json:
    """Return a container as answers tell it of jobs: without a size of its own files (recorded)."""
    return {**one, "resources": {**one["resources"], "ephemeralStorage": ""}}
