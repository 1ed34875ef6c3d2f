"""Templates of apps and jobs: what a replica is made of, checked and completed.

Two templates are the same when they are so after completion: only another one makes a revision
(https://learn.microsoft.com/azure/container-apps/revisions#change-types).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors, resources, windows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.records import Json

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUFFIX: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LONGEST: Final = 64
_MOST_REPLICAS: Final = 1000
_USUAL_MOST: Final = 10
COOLDOWN_SECONDS: Final = 300
_POLLING_SECONDS: Final = 30
_ORDER: Final = ("image", "name", "command", "args", "env", "resources", "probes", "volumeMounts")
_LONGEST_GRACE: Final = 600
_PROBE_BOUNDS: Final = {
    "initialDelaySeconds": (0, 60),
    "periodSeconds": (1, 240),
    "timeoutSeconds": (1, 240),
    "successThreshold": (1, 10),
    "failureThreshold": (1, 10),
    "terminationGracePeriodSeconds": (0, 3600),
}
"""https://learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps/create-or-update#containerappprobe"""
_PROBES: Final = ("Liveness", "Readiness", "Startup")


def bad(field: str, value: object, why: str) -> Exception:
    """Say that a field of a template means nothing, as Azure does."""
    return errors.bad(
        "InvalidParameterValueInContainerTemplate",
        f"The following field(s) are either invalid or missing. Field '{field}' is invalid with"
        f" details: 'Invalid value: \"{value}\": {why}'.",
    )


def of_app(given: Json, name: str) -> Json:
    """Return an app's template with what Azure fills in.

    Raises:
        ArmError: It can be none.
    """
    suffix = given.get("revisionSuffix") or ""
    if suffix and (
        not _SUFFIX.fullmatch(suffix) or "--" in suffix or len(f"{name}--{suffix}") > _LONGEST
    ):
        raise bad(
            "template.revisionSuffix",
            suffix,
            "small letters, digits and '-', which is neither first nor last nor twice in a row",
        )
    grace = given.get("terminationGracePeriodSeconds")
    if grace is not None and not 0 <= grace <= _LONGEST_GRACE:
        field = "template.terminationGracePeriodSeconds"
        raise bad(field, grace, f"0 to {_LONGEST_GRACE} are allowed")
    return {
        "revisionSuffix": suffix,
        "terminationGracePeriodSeconds": grace,
        **containers_of(given),
        "scale": _scale(given.get("scale") or {}),
        "volumes": given.get("volumes") or None,
        "serviceBinds": None,
    }


def containers_of(given: Json) -> Json:
    """Return the containers of a template with what Azure fills in.

    Raises:
        ArmError: They can be none.
    """
    if any(given.get("serviceBinds") or ()):
        raise errors.not_served("'serviceBinds' of a template")
    volumes = {one.get("name"): one for one in given.get("volumes") or ()}
    for one in volumes.values():
        kind = one.get("storageType") or "EmptyDir"
        if kind != "EmptyDir":
            raise errors.not_served(f"A volume of type '{kind}'")
    containers = [_container(one, volumes) for one in given.get("containers") or ()]
    if not containers:
        raise bad("template.containers", "", "at least one container is needed")
    before = [_container(one, volumes) for one in given.get("initContainers") or ()]
    names = [one["name"] for one in (*containers, *before)]
    for name in names:
        if names.count(name) > 1:
            raise bad("template.containers.name", name, "it is taken by another container")
    return {"containers": containers, "initContainers": before or None}


def fingerprint(template: Json) -> Json:
    """Return what of a template makes a revision another one when it changes."""
    return {name: value for name, value in template.items() if name != "revisionSuffix"}


def _container(given: Json, volumes: Mapping[str, Json]) -> Json:
    name = str(given.get("name") or "")
    if not _NAME.fullmatch(name):
        raise bad("template.containers.name", name, "small letters, digits and '-'")
    image = str(given.get("image") or "")
    if not image or image != image.strip() or " " in image:
        raise bad(f"template.containers.{name}.image", image, "could not parse reference")
    for variable in given.get("env") or ():
        if not variable.get("name"):
            raise bad(f"template.containers.{name}.env", "", "a variable has no name")
    for mount in given.get("volumeMounts") or ():
        if mount.get("volumeName") not in volumes:
            wanted = mount.get("volumeName")
            raise bad(f"template.containers.{name}.volumeMounts", wanted, "there is no such volume")
        if not str(mount.get("mountPath") or "").startswith("/"):
            where = mount.get("mountPath")
            raise bad(f"template.containers.{name}.volumeMounts", where, "no absolute path")
    told = {key: value for key, value in given.items() if value is not None and value != []}
    told["resources"] = resources.completed(given.get("resources"))
    if probes := given.get("probes"):
        told["probes"] = [_probe(one, name) for one in probes]
        kinds = [one["type"] for one in told["probes"]]
        if len(set(kinds)) < len(kinds):
            raise bad(f"template.containers.{name}.probes", kinds[0], "one of each type at most")
    return {key: told[key] for key in _ORDER if key in told}


def _probe(given: Json, container: str) -> Json:
    field = f"template.containers.{container}.probes"
    kind = str(given.get("type") or "")
    known = next((one for one in _PROBES if one.lower() == kind.lower()), None)
    if known is None:
        raise bad(field, kind, f"one of {', '.join(_PROBES)} is expected")
    asked = given.get("httpGet") or given.get("tcpSocket") or {}
    if not isinstance(port := asked.get("port"), int) or not 0 < port < 65536:  # noqa: PLR2004 - ports end there
        raise bad(field, port, "a port of 'httpGet' or 'tcpSocket' is expected")
    told = {key: value for key, value in given.items() if value is not None}
    for key, (least, most) in _PROBE_BOUNDS.items():
        if key in told and not least <= told[key] <= most:
            raise bad(f"{field}.{key}", told[key], f"{least} to {most} are allowed")
    return {**told, "type": known}


def _scale(given: Json) -> Json:
    least, most = given.get("minReplicas"), given.get("maxReplicas")
    most = _USUAL_MOST if most is None else most
    if not 1 <= most <= _MOST_REPLICAS:
        raise bad("template.scale.maxReplicas", most, f"1 to {_MOST_REPLICAS} are allowed")
    if least is not None and not 0 <= least <= most:
        raise bad("template.scale.minReplicas", least, "0 to 'maxReplicas' are allowed")
    for name in ("cooldownPeriod", "pollingInterval"):
        if (given.get(name) or 0) < 0:
            raise bad(f"template.scale.{name}", given[name], "seconds are expected")
    return {
        "minReplicas": least,
        "maxReplicas": most,
        "cooldownPeriod": _or(given.get("cooldownPeriod"), COOLDOWN_SECONDS),
        "pollingInterval": _or(given.get("pollingInterval"), _POLLING_SECONDS),
        "rules": [_rule(one) for one in given.get("rules") or ()] or None,
    }


def _rule(rule: Json) -> Json:
    if windows.is_window(rule):
        try:
            windows.of(rule)
        except ValueError as fault:
            raise bad("template.scale.rules", rule.get("name"), str(fault)) from None
    return {name: value for name, value in rule.items() if value is not None}


def _or(given: int | None, usual: int) -> int:
    return usual if given is None else given
