"""Configurations of apps: what is not of a revision, and changes without making one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors, secrets

if TYPE_CHECKING:
    from collections.abc import Collection

    from funcyard.emulator.core.records import Json

SINGLE: Final = "Single"
MULTIPLE: Final = "Multiple"
_MODES: Final = {"single": SINGLE, "multiple": MULTIPLE, "": SINGLE}
_TRANSPORTS: Final = {"auto": "Auto", "http": "Http", "": "Auto"}
_INACTIVE: Final = 100
_WHOLE: Final = 100
_LAST_PORT: Final = 65535
_UNSERVED: Final = (
    "customDomains",
    "ipSecurityRestrictions",
    "stickySessions",
    "additionalPortMappings",
    "corsPolicy",
)


def complete(given: Json, revisions: Collection[str]) -> Json:
    """Return an app's configuration with what Azure fills in.

    Args:
        given: As it is wanted, with what was there before.
        revisions: Names of the app's revisions.

    Raises:
        ArmError: It means nothing, or nothing here.
    """
    mode = _MODES.get(str(given.get("activeRevisionsMode") or "").lower())
    if mode is None:
        raise errors.bad(
            "ContainerAppInvalidActiveRevisionsMode",
            f"The mode '{given['activeRevisionsMode']}' is none of Single, Multiple.",
        )
    if (given.get("dapr") or {}).get("enabled"):
        raise errors.not_served("Dapr")
    if given.get("service"):
        raise errors.not_served("'service' of a configuration")
    inactive = given.get("maxInactiveRevisions")
    if inactive is not None and not 0 <= inactive <= _INACTIVE:
        raise errors.bad(
            "ContainerAppInvalidMaxInactiveRevisions",
            f"'maxInactiveRevisions' is {inactive}; 0 to {_INACTIVE} are allowed.",
        )
    ingress = given.get("ingress")
    return {
        "secrets": given.get("secrets") or None,
        "activeRevisionsMode": mode,
        "ingress": None if ingress is None else _ingress(ingress, mode, revisions),
        "registries": given.get("registries") or None,
        "identitySettings": given.get("identitySettings") or [],
        "maxInactiveRevisions": _INACTIVE if inactive is None else inactive,
    }


def _ingress(given: Json, mode: str, revisions: Collection[str]) -> Json:
    for name in _UNSERVED:
        value = given.get(name)
        if value and value != {"affinity": "none"}:
            raise errors.not_served(f"'ingress.{name}'")
    if str(given.get("clientCertificateMode") or "ignore").lower() != "ignore":
        raise errors.not_served("'ingress.clientCertificateMode'")
    transport = _TRANSPORTS.get(str(given.get("transport") or "").lower())
    if transport is None:
        raise errors.not_served(f"The transport '{given['transport']}'")
    port = given.get("targetPort") or 0
    if not 0 <= port <= _LAST_PORT:
        raise errors.bad(
            "ContainerAppInvalidTargetPort", f"'ingress.targetPort' is {port}: 1 to {_LAST_PORT}."
        )
    latest: Json = {"weight": _WHOLE, "latestRevision": True}
    traffic = (given.get("traffic") if mode == MULTIPLE else None) or [latest]
    _check_traffic(traffic, revisions)
    return {
        "external": bool(given.get("external")),
        "targetPort": port,
        "transport": transport,
        "traffic": [{key: value for key, value in one.items() if value} for one in traffic],
        "allowInsecure": bool(given.get("allowInsecure")),
    }


def _check_traffic(traffic: list[Json], revisions: Collection[str]) -> None:
    weights = [one.get("weight") or 0 for one in traffic]
    total = sum(weights)
    if total != _WHOLE or min(weights) < 0:
        raise errors.bad(
            "ContainerAppInvalidTrafficWeight",
            f"The traffic weights of all revisions must add up to {_WHOLE}; they are {total}.",
        )
    for one in traffic:
        name = one.get("revisionName")
        if bool(name) == bool(one.get("latestRevision")):
            raise errors.bad(
                "ContainerAppInvalidTraffic",
                "Each weight is for a 'revisionName' or the 'latestRevision'.",
            )
        if name and name not in revisions:
            raise errors.bad(
                "RevisionNotFound", f"The revision '{name}' that traffic is for was not found."
            )
    labels = [one["label"] for one in traffic if one.get("label")]
    if len(set(labels)) < len(labels):
        raise errors.bad("ContainerAppInvalidTraffic", "A label is for one revision only.")


def show(kept: Json, fqdn: str) -> Json:
    """Return a configuration as answers tell it.

    Args:
        kept: What is kept of it.
        fqdn: Where the app answers.
    """
    ingress = kept["ingress"]
    return {
        "secrets": secrets.shown(kept["secrets"]),
        "activeRevisionsMode": kept["activeRevisionsMode"],
        "ingress": None if ingress is None else _ingress_shown(ingress, fqdn),
        "registries": _registries_shown(kept["registries"]),
        "dapr": None,
        "runtime": None,
        "maxInactiveRevisions": kept["maxInactiveRevisions"],
        "service": None,
        "identitySettings": kept["identitySettings"],
    }


def _ingress_shown(kept: Json, fqdn: str) -> Json:
    return {
        "fqdn": fqdn,
        "external": kept["external"],
        "targetPort": kept["targetPort"],
        "exposedPort": 0,
        "transport": kept["transport"],
        "traffic": kept["traffic"],
        "customDomains": None,
        "allowInsecure": kept["allowInsecure"],
        "ipSecurityRestrictions": None,
        "corsPolicy": None,
        "clientCertificateMode": None,
        "stickySessions": None,
        "additionalPortMappings": None,
    }


def _registries_shown(kept: list[Json] | None) -> list[Json] | None:
    if kept is None:
        return None
    names = ("server", "username", "passwordSecretRef", "identity")
    return [{name: one.get(name) or "" for name in names} for one in kept]
