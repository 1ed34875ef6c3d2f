"""Environments: what they take, what is kept of them, and what answers tell.

Profiles and their node counts bound what is placed in them (:mod:`.placing`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.containerapps import errors, profiles
from funcyard.emulator.containerapps.addresses import event_stream
from funcyard.emulator.containerapps.naming import APP, ENVIRONMENT, JOB, region_shown
from funcyard.emulator.containerapps.spelling import without_answered
from funcyard.emulator.core.authorship import authored
from funcyard.emulator.managed_identity import assigned

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])?")
_WORDS: Final = ("bluehill", "calmsea", "gentlebay", "proudrock", "quietfield", "redleaf")
_DESTINATIONS: Final = {"log-analytics", "azure-monitor", "none", ""}
_ANSWERED: Final = (
    "provisioningState",
    "deploymentErrors",
    "defaultDomain",
    "staticIp",
    "eventStreamEndpoint",
    "openTelemetryConfiguration",
    "appInsightsConfiguration",
    "kedaConfiguration",
    "daprConfiguration",
)
_VERIFICATION: Final = "customDomainVerificationId"
_CUSTOM: Final = (
    "dnsSuffix",
    "certificateKeyVaultProperties",
    "certificateValue",
    "certificatePassword",
    "thumbprint",
    "subjectName",
    "expirationDate",
)
_KEPT: Final = (
    "daprAIInstrumentationKey",
    "daprAIConnectionString",
    "zoneRedundant",
    "workloadProfiles",
    "appLogsConfiguration",
    "peerAuthentication",
    "peerTrafficConfiguration",
    "publicNetworkAccess",
    "infrastructureResourceGroup",
)
_DEFAULTS: Final[Json] = {
    "zoneRedundant": False,
    "peerAuthentication": {"mtls": {"enabled": False}},
    "peerTrafficConfiguration": {"encryption": {"enabled": False}},
    "publicNetworkAccess": "Enabled",
}


def spelled(body: Json) -> Json:
    """Return a body with its members as the schema spells them, without what answers add."""
    return without_answered(ENVIRONMENT, body, _ANSWERED, _tidy)


def _tidy(properties: Json) -> None:
    custom = properties.get("customDomainConfiguration")
    if isinstance(custom, dict):
        told = {name: value for name, value in custom.items() if name != _VERIFICATION}
        properties["customDomainConfiguration"] = told if any(told.values()) else None
    profiles_given = properties.get("workloadProfiles")
    for one in profiles_given if isinstance(profiles_given, list) else ():
        if isinstance(one, dict) and not one.get("enableFips", True):
            del one["enableFips"]


def check(core: Core, target: Target, body: Json) -> None:
    """Refuse an environment that cannot be, or not here.

    Raises:
        ArmError: One of these.
    """
    if not _NAME.fullmatch(target.name):
        raise errors.bad(
            "ManagedEnvironmentInvalidName",
            f"The name '{target.name}' is invalid: letters, digits and hyphens, up to 60, neither"
            " the first nor the last a hyphen.",
        )
    assigned.check(core, body.get("identity"))
    properties = body.get("properties") or {}
    for name in ("vnetConfiguration", "customDomainConfiguration", "ingressConfiguration"):
        if any((properties.get(name) or {}).values()):
            raise errors.not_served(f"'{name}' of an environment")
    _check_logs(properties.get("appLogsConfiguration") or {})
    given = properties.get("workloadProfiles")
    if given is not None:
        profiles.check(given)
    kept = core.store.find(target.key)
    if kept is not None and "workloadProfiles" in properties:
        _check_change(core, kept, given)


def _check_logs(given: Json) -> None:
    destination = given.get("destination")
    if destination is not None and destination.lower() not in _DESTINATIONS:
        raise errors.bad(
            "InvalidLogsDestination",
            f"The destination '{destination}' is none of log-analytics, azure-monitor, none.",
        )
    told = given.get("logAnalyticsConfiguration") or {}
    if (destination or "").lower() == "log-analytics" and not told.get("customerId"):
        raise errors.bad(
            "LogAnalyticsConfigurationInvalid",
            "'logAnalyticsConfiguration.customerId' and 'sharedKey' are missing.",
        )


def _check_change(core: Core, kept: Kept, given: list[Json] | None) -> None:
    """Refuse to take away profiles that are used, and profiles of an environment without any."""
    before = kept.properties.get("workloadProfiles")
    if (before is None) != (given is None):
        raise errors.bad(
            "WorkloadProfilesCannotBeSwitched",
            "An environment has workload profiles from its beginning, or never.",
        )
    left = {one["name"].lower() for one in given or ()}
    for app in inside(core, kept):
        name = app.properties["workloadProfileName"]
        if given is not None and name.lower() not in left:
            raise errors.conflict(
                "ManagedEnvironmentWorkloadProfileInUse",
                f"The workload profile '{name}' cannot be removed: '{app.name}' uses it.",
            )


def inside(core: Core, environment: Kept) -> list[Kept]:
    """Return the apps and jobs of an environment."""
    found = [*core.store.of_type(APP), *core.store.of_type(JOB)]
    return [one for one in found if one.properties["environmentId"].lower() == environment.key]


def check_deletion(core: Core, kept: Kept) -> None:
    """Refuse to delete an environment that something is in.

    Raises:
        ArmError: An app or a job is.
    """
    held = inside(core, kept)
    for kind, word in ((APP, "Container Apps"), (JOB, "Jobs")):
        count = sum(one.type == kind for one in held)
        if count:
            raise errors.conflict(
                f"ManagedEnvironmentHas{word.replace(' ', '')}",
                f"The specified environment {kept.name} cannot be deleted because it still"
                f" contains {count} {word}.",
            )


def complete(draft: Draft) -> Json:
    """Return what is kept of an environment."""
    before = draft.before.properties if draft.before is not None else {}
    given = {
        name: value
        for name, value in (draft.given.get("properties") or {}).items()
        if name in _KEPT and (value is not None or name == "workloadProfiles")
    }
    location = draft.given["location"]
    domain = f"{secrets.choice(_WORDS)}-{secrets.token_hex(4)}.{location}.azurecontainerapps.io"
    return {
        "location": location,
        "tags": draft.given.get("tags"),
        "systemData": authored(draft),
        "identity": assigned.complete(draft),
        "properties": {
            **_DEFAULTS,
            "workloadProfiles": None,
            **given,
            "defaultDomain": before.get("defaultDomain") or domain,
        },
    }


def verification(subscription: str) -> str:
    """Return what proves to Azure whose a domain is."""
    return hashlib.sha256(subscription.encode()).hexdigest().upper()


def show(core: Core, kept: Kept) -> Json:
    """Return an environment as answers tell it."""
    told = kept.properties
    logs = told.get("appLogsConfiguration") or {}
    given = told["workloadProfiles"]
    properties: Json = {
        "provisioningState": None,
        "daprAIInstrumentationKey": told.get("daprAIInstrumentationKey"),
        "daprAIConnectionString": told.get("daprAIConnectionString"),
        "vnetConfiguration": None,
        "defaultDomain": told["defaultDomain"],
        "staticIp": "127.0.0.1",
        "appLogsConfiguration": {
            "destination": logs.get("destination") or None,
            "logAnalyticsConfiguration": _logs_shown(logs.get("logAnalyticsConfiguration")),
        },
        "openTelemetryConfiguration": None,
        "zoneRedundant": told["zoneRedundant"],
        "kedaConfiguration": {"version": "2.17.2"},
        "daprConfiguration": {"version": "1.13.6-msft.6"},
        "ingressConfiguration": None,
        "eventStreamEndpoint": event_stream(core, kept, "managedEnvironments"),
        "customDomainConfiguration": {
            _VERIFICATION: verification(kept.target.subscription),
            **dict.fromkeys(_CUSTOM),
        },
        "workloadProfiles": None if given is None else [profiles.shown(one) for one in given],
        "appInsightsConfiguration": None,
        "infrastructureResourceGroup": told.get("infrastructureResourceGroup"),
        "peerAuthentication": told["peerAuthentication"],
        "peerTrafficConfiguration": told["peerTrafficConfiguration"],
        "publicNetworkAccess": told["publicNetworkAccess"],
    }
    shown = head(core, kept)
    return {**shown, "properties": properties}


def head(core: Core, kept: Kept) -> Json:
    """Return what answers tell of every resource of this provider, beside its properties."""
    system = {name: _unzoned(value) for name, value in kept.body["systemData"].items()}
    shown: dict[str, Any] = {
        "location": region_shown(kept.body["location"]),
        "systemData": system,
    }
    if kept.body.get("tags"):
        shown["tags"] = kept.body["tags"]
    if identity := assigned.show(core, kept):
        shown["identity"] = identity
    return shown


def _unzoned(value: str) -> str:
    return value.removesuffix("Z")


def _logs_shown(given: Json | None) -> Json | None:
    if given is None:
        return None
    dynamic = given.get("dynamicJsonColumns", False)
    return {"customerId": given.get("customerId"), "sharedKey": None, "dynamicJsonColumns": dynamic}
