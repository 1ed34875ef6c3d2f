"""Revisions: an app's templates, each as it was wanted, with what became of it.

A change of the template makes one; its states follow from its replicas, and are families of their
own (https://learn.microsoft.com/azure/container-apps/revisions#revision-states):

- ``active``: whether it may have replicas;
- ``provisioningState``: whether it is there;
- ``runningState``: what its replicas do;
- ``healthState``: whether they are well.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors, templates
from funcyard.emulator.containerapps.addresses import fqdn
from funcyard.emulator.containerapps.naming import REVISION
from funcyard.emulator.containerapps.states import observed
from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.records import SUCCEEDED, Kept

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_LETTERS: Final = string.ascii_lowercase + string.digits
_SUFFIX_LENGTH: Final = 7
_SHOWN_TYPE: Final = "Microsoft.App/containerapps/revisions"


def of(core: Core, app: str) -> list[Kept]:
    """Return the revisions of an app, by its key, the oldest first."""
    found = [one for one in core.store.below(app) if one.type == REVISION]
    return sorted(found, key=lambda one: int(one.properties["number"]))


def latest_ready(made: list[Kept]) -> Kept | None:
    """Return the newest of an app's revisions that ever was ready; None where none was."""
    return next((one for one in reversed(made) if one.properties["wasReady"]), None)


def ensure(core: Core, app: Kept) -> Kept | None:
    """Make a revision of an app's template where its newest has another; return what was made."""
    made = of(core, app.key)
    wanted = app.properties["template"]
    suffix = wanted["revisionSuffix"]
    if made:
        last = made[-1].properties["template"]
        same = templates.fingerprint(last) == templates.fingerprint(wanted)
        if same and (not suffix or suffix == last["revisionSuffix"]):
            return None
    name = f"{app.name}--{suffix or _random()}"
    now = core.clock.time()
    properties = {
        "template": wanted,
        "number": int(made[-1].properties["number"]) + 1 if made else 1,
        "created": now,
        "active": True,
        "activated": now,
        "isReady": False,
        "wasReady": False,
        "lastActive": None,
        "health": "None",
    }
    stamp = core.clock.stamp()
    body = {"properties": properties}
    kept = Kept(f"{app.id}/revisions/{name}", REVISION, body, SUCCEEDED, stamp, stamp)
    core.store.save(kept)
    return kept


def changed(core: Core, kept: Kept, **properties: object) -> Kept:
    """Keep what became of a revision; return it so."""
    made = replace(kept, body={"properties": {**kept.properties, **properties}})
    core.store.save(made)
    return made


def activate(core: Core, kept: Kept) -> Kept:
    """Let a revision have replicas."""
    now = core.clock.time()
    return changed(core, kept, active=True, activated=now, isReady=False)


def deactivate(core: Core, kept: Kept) -> Kept:
    """Let a revision have replicas no more."""
    return changed(core, kept, active=False, lastActive=core.clock.time())


def prune(core: Core, app: Kept) -> list[Kept]:
    """Forget the oldest inactive revisions beyond the most that are kept; return them."""
    most = app.properties["configuration"]["maxInactiveRevisions"]
    inactive = [one for one in of(core, app.key) if not one.properties["active"]]
    gone = inactive[: max(0, len(inactive) - most)]
    for one in gone:
        core.store.drop(one.key)
    return gone


def weight(app: Kept, made: list[Kept], name: str) -> int:
    """Return the share of an app's requests that a revision gets, in percent."""
    ingress = app.properties["configuration"]["ingress"]
    if ingress is None:
        return 0
    newest = latest_ready(made)
    latest = newest.name if newest is not None else ""
    return sum(
        int(one.get("weight") or 0)
        for one in ingress["traffic"]
        if (latest if one.get("latestRevision") else one.get("revisionName")) == name
    )


def show(core: Core, app: Kept, kept: Kept, made: list[Kept]) -> Json:
    """Return a revision as answers tell it."""
    told = kept.properties
    seen = observed(core, app, kept)
    ingress = app.properties["configuration"]["ingress"]
    properties: Json = {
        "createdTime": written(told["created"]),
        "fqdn": "" if ingress is None else fqdn(core, kept),
        "template": template_shown(told["template"]),
        "active": told["active"],
        "replicas": seen.replicas,
        "trafficWeight": weight(app, made, kept.name),
        "healthState": seen.health,
        "provisioningState": "Provisioned",
        "runningState": seen.running,
    }
    if seen.details:
        properties["runningStateDetails"] = seen.details
    if told["lastActive"] is not None:
        properties["lastActiveTime"] = written(told["lastActive"])
    return {"id": kept.id, "name": kept.name, "type": _SHOWN_TYPE, "properties": properties}


def written(moment: float) -> str:
    """Return a time of day as revisions tell it."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S}+00:00"


def template_shown(template: Json) -> Json:
    """Return a template as revisions tell it (recorded)."""
    containers = [
        {**_container_shown(one), "probes": one.get("probes") or []}
        for one in template["containers"]
    ]
    before = template["initContainers"]
    scale = template["scale"]
    return {
        "revisionSuffix": template["revisionSuffix"] or None,
        "terminationGracePeriodSeconds": template["terminationGracePeriodSeconds"],
        "containers": containers,
        "initContainers": None if before is None else [_container_shown(one) for one in before],
        "scale": {name: scale[name] for name in ("minReplicas", "maxReplicas", "rules")},
        "volumes": template["volumes"],
        "serviceBinds": None,
    }


def _container_shown(one: Json) -> Json:
    asked = {name: one["resources"][name] for name in ("cpu", "memory")}
    return {**one, "resources": asked}


def _random() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_SUFFIX_LENGTH))


class Revisions(ReadOnly):
    """Where revisions are told from: they are made by changes of apps."""

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one; None where an app has none of that name."""
        wanted = target.name.lower()
        above = target.parent
        assert above is not None  # noqa: S101 - a revision is part of an app
        listed = await self.list(core, above)
        return next((one for one in listed if one["name"].lower() == wanted), None)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of an app, the oldest first."""
        app = core.store.find(parent.key)
        if app is None:
            return []
        made = of(core, app.key)
        return [show(core, app, one, made) for one in made]


def absent(target: Target) -> ArmError:
    """Say that an app has no such revision."""
    return errors.missing("RevisionNotFound", "Revision", target.name)
