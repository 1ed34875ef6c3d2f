"""Container apps: what they take, what is kept of them, and what answers tell.

What a person wants is kept here; what of it runs is decided by :mod:`.controller`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.containerapps import (
    configurations,
    environments,
    errors,
    profiles,
    resources,
    revisions,
    secrets,
    templates,
)
from funcyard.emulator.containerapps.addresses import event_stream, fqdn
from funcyard.emulator.containerapps.naming import APP, ENVIRONMENT
from funcyard.emulator.containerapps.spelling import without_answered
from funcyard.emulator.core.authorship import authored
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.managed_identity import assigned

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])")
_TAKEN: Final = {
    "environmentId",
    "managedEnvironmentId",
    "workloadProfileName",
    "configuration",
    "template",
}
_STOPPED: Final = "stopped"
_ANSWERED: Final = frozenset(
    {
        "provisioningState",
        "deploymentErrors",
        "runningStatus",
        "outboundIpAddresses",
        "latestRevisionName",
        "latestReadyRevisionName",
        "latestRevisionFqdn",
        "customDomainVerificationId",
        "eventStreamEndpoint",
        "delegatedIdentities",
    }
)


def spelled(body: Json) -> Json:
    """Return a body with its members as the schema spells them, without what answers add."""
    return without_answered(APP, body, _ANSWERED, _tidy)


def _tidy(properties: Json) -> None:
    configuration = properties.get("configuration")
    if isinstance(configuration, dict) and isinstance(configuration.get("ingress"), dict):
        configuration["ingress"].pop("fqdn", None)
    tidy_template(properties.get("template"))


def tidy_template(template: object) -> None:
    """Take out of a template what only answers say of its containers."""
    if not isinstance(template, dict):
        return
    for kind in ("containers", "initContainers"):
        given = template.get(kind)
        for one in given if isinstance(given, list) else ():
            if isinstance(one, dict):
                one.pop("imageType", None)
                if isinstance(one.get("resources"), dict):
                    one["resources"].pop("ephemeralStorage", None)


def check(core: Core, target: Target, body: Json) -> None:
    """Refuse an app that cannot be, by its name and its identities.

    Raises:
        ArmError: One of these.
    """
    if not _NAME.fullmatch(target.name):
        raise errors.bad(
            "ContainerAppInvalidName",
            f"Invalid ContainerApp name '{target.name}'. A name must consist of lower case"
            " alphanumeric characters or '-', start with an alphabetic character, and end with an"
            " alphanumeric character and cannot have '--'. The length must not be more than 32"
            " characters.",
        )
    assigned.check(core, body.get("identity"))


def complete(draft: Draft) -> Json:
    """Return what is kept of an app.

    Raises:
        ArmError: It means nothing, or nothing here.
    """
    given = draft.given.get("properties") or {}
    environment = environment_of(draft, given)
    profile, kind = profile_of(environment, given.get("workloadProfileName"))
    known = {one.name for one in revisions.of(draft.core, draft.target.key)}
    configuration = configurations.complete(given.get("configuration") or {}, known)
    template = templates.of_app(given.get("template") or {}, draft.target.name)
    containers = [*template["containers"], *(template["initContainers"] or ())]
    secrets.check(configuration, containers)
    resources.check(resources.demand(template["containers"]), kind, profile)
    if draft.before is not None:
        template = _with_suffix(draft, template, known)
    return {
        "location": draft.given["location"],
        "tags": draft.given.get("tags"),
        "systemData": authored(draft),
        "identity": identities(draft),
        _STOPPED: draft.before is not None and is_stopped(draft.before),
        "properties": {
            "environmentId": environment.id,
            "workloadProfileName": profile,
            "configuration": configuration,
            "template": template,
        },
    }


def environment_of(draft: Draft, given: Json) -> Kept:
    """Return the environment that an app or a job is in.

    Raises:
        ArmError: None is named, it is not there, or another was before.
    """
    wanted = given.get("environmentId") or given.get("managedEnvironmentId")
    if not wanted:
        raise errors.bad("ContainerAppEnvironmentMissing", "'environmentId' is missing.")
    found = draft.core.store.find(wanted)
    if found is None or found.type != ENVIRONMENT:
        raise errors.bad("ManagedEnvironmentNotFound", f"'{wanted}' was not found.")
    if found.is_busy and draft.before is None:
        raise errors.bad(
            "ManagedEnvironmentNotProvisioned",
            f"The environment '{found.name}' is not provisioned yet.",
        )
    before = draft.before.properties["environmentId"] if draft.before is not None else wanted
    if before.lower() != wanted.lower():
        raise errors.bad(
            "ContainerAppEnvironmentCannotBeChanged", "The environment of an app stays the same."
        )
    return found


def profile_of(environment: Kept, wanted: str | None) -> tuple[str, profiles.ProfileType]:
    """Return the profile that something runs on, and what that is made of.

    Raises:
        ArmError: The environment has none of that name.
    """
    there = environment.properties["workloadProfiles"]
    name = wanted or profiles.CONSUMPTION
    if there is None:
        there = [{"name": profiles.CONSUMPTION, "workloadProfileType": profiles.CONSUMPTION}]
    for one in there:
        if one["name"].lower() == name.lower():
            return one["name"], profiles.type_of(one)
    known = ", ".join(one["name"] for one in there)
    raise errors.bad(
        "WorkloadProfileNotFound",
        f"The environment '{environment.name}' has no workload profile '{name}': {known}.",
    )


def identities(draft: Draft) -> Json | None:
    """Return the identities of an app or a job; null takes one away."""
    given = draft.given.get("identity")
    if not given:
        return None
    named = given.get("userAssignedIdentities") or {}
    left: Json = {one: {} for one, value in named.items() if value is not None}
    wanted = {**draft.given, "identity": {**given, "userAssignedIdentities": left or None}}
    return assigned.complete(replace(draft, given=wanted))


def _with_suffix(draft: Draft, template: Json, known: set[str]) -> Json:
    """Return a template whose suffix counts for it alone: what was said of the last is over.

    Raises:
        ArmError: Another revision has it.
    """
    assert draft.before is not None  # noqa: S101 - whoever calls looked
    before, suffix = draft.before.properties["template"], template["revisionSuffix"]
    if templates.fingerprint(before) == templates.fingerprint(template):
        if not suffix or suffix == before["revisionSuffix"]:
            return {**template, "revisionSuffix": before["revisionSuffix"]}
    elif suffix == before["revisionSuffix"]:
        return {**template, "revisionSuffix": ""}
    if f"{draft.target.name}--{suffix}" in known:
        raise templates.bad(
            "template.revisionSuffix", suffix, "a revision with this suffix already exists"
        )
    return template


def is_stopped(app: Kept) -> bool:
    """Tell whether somebody stopped an app."""
    return bool(app.body[_STOPPED])


def stopped(app: Kept, *, is_stopped: bool) -> Kept:
    """Return an app as it is kept when it was stopped, or started again."""
    return replace(app, body={**app.body, _STOPPED: is_stopped})


def show(core: Core, kept: Kept) -> Json:
    """Return an app as answers tell it."""
    told = kept.properties
    made = revisions.of(core, kept.key)
    latest = made[-1] if made else None
    ready = [one for one in made if one.properties["wasReady"]]
    ingress = told["configuration"]["ingress"]
    properties: Json = {
        "provisioningState": None,
        "managedEnvironmentId": told["environmentId"],
        "environmentId": told["environmentId"],
        "workloadProfileName": told["workloadProfileName"],
        "outboundIpAddresses": ["127.0.0.1"],
        "customDomainVerificationId": environments.verification(kept.target.subscription),
        "configuration": configurations.show(
            told["configuration"], "" if ingress is None else fqdn(core, kept)
        ),
        "template": told["template"],
        "eventStreamEndpoint": event_stream(core, kept, "containerApps"),
        "delegatedIdentities": [],
    }
    if latest is not None:
        address = "" if ingress is None else fqdn(core, latest)
        properties |= {
            "latestRevisionName": latest.name,
            "latestReadyRevisionName": ready[-1].name if ready else "",
            "latestRevisionFqdn": address,
        }
        if kept.state == SUCCEEDED:
            properties["runningStatus"] = "Stopped" if is_stopped(kept) else "Running"
    shown = environments.head(core, kept)
    return {**shown, "identity": identity_shown(shown), "properties": properties}


def identity_shown(shown: Json) -> Json:
    """Return what is told of the identities of an app or a job, which may have none."""
    identity: dict[str, Any] = dict(shown.get("identity") or {"type": "None"})
    if "principalId" not in identity:
        identity.pop("tenantId", None)
    return identity


def spell(identifier: str) -> str:
    """Return an app's id as its provider spells it (recorded)."""
    return identifier.replace("/containerApps/", "/containerapps/")
