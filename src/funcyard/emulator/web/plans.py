"""Plans: what sites run on. Here it is this machine for all; they are kept, and counted."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.draft import Draft
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.target import Target
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.web import errors, shown
from funcyard.emulator.web.naming import PLAN, SITE, VERSIONS

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json

_TIERS: Final = {
    "F": "Free",
    "D": "Shared",
    "B": "Basic",
    "S": "Standard",
    "P": "PremiumV2",
    "Y": "Dynamic",
    "EP": "ElasticPremium",
}
_SKU: Final = re.compile(r"(EP|[FDBSPY])[0-9][0-9]?(?:m?v[234])?", re.IGNORECASE)
_NAME: Final = re.compile(r"[\w-]{1,60}", re.ASCII)
_OWN: Final = ("kind", "location", "tags", "sku", "identity", "extendedLocation")


def sites_of(core: Core, plan: str) -> list[Kept]:
    """Return the sites of a plan, given by its id."""
    wanted = plan.lower()
    return [one for one in core.store.of_type(SITE) if plan_of(one).lower() == wanted]


def plan_of(site: Kept) -> str:
    """Return the id of a site's plan, or nothing."""
    return str(site.properties.get("serverFarmId") or "")


def dynamic_plan(draft: Draft) -> str:
    """Return the id of the consumption plan of a new site's region and group; it may be made."""
    location = str(draft.given["location"])
    name = f"{REGIONS[location].replace(' ', '')}LinuxDynamicPlan"
    target = Target(draft.target.scope, PLAN, (name,))
    if draft.core.store.find(target.key) is None:
        sku, properties = {"name": "Y1"}, {"reserved": True}
        given = {"location": location, "kind": "functionapp", "sku": sku, "properties": properties}
        made = _complete(Draft(draft.core, target, given, None, draft.now, draft.caller))
        draft.core.store.save(Kept(target.id, PLAN, made, SUCCEEDED, draft.now, draft.now))
    return target.id


def _check(_core: Core, target: Target, body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.bad(f"The plan name '{target.name}' is invalid.")
    name = (body.get("sku") or {}).get("name")
    if isinstance(name, str) and not _SKU.fullmatch(name):
        raise errors.bad(f"Invalid sku name: {name}. Plans of that kind are not served here.")


def _complete(draft: Draft) -> Json:
    before: Json = draft.before.body if draft.before is not None else {}
    given = {name: value for name, value in draft.given.items() if value is not None}
    properties = {**before.get("properties", {}), **(given.get("properties") or {})}
    is_linux = bool(properties.get("reserved"))
    body: Json = {name: given[name] for name in _OWN if name in given}
    body["kind"] = given.get("kind") or before.get("kind") or ("linux" if is_linux else "app")
    body["sku"] = _sku(given.get("sku") or before.get("sku") or {})
    settable = ("perSiteScaling", "reserved", "zoneRedundant", "isXenon", "hyperV")
    body["properties"] = {name: bool(properties.get(name)) for name in settable} | {
        "createdTime": draft.before.created if draft.before is not None else draft.now
    }
    return body


def _sku(given: Json) -> Json:
    name = str(given.get("name") or "F1")
    found = _SKU.fullmatch(name)
    family = found[1].upper() if found else "F"
    tier = _TIERS[family]
    if "v" in name.lower():
        tier = f"Premium{'M' if 'm' in name.lower() else ''}V{name[-1]}"
    size = given.get("size") or name
    capacity = given.get("capacity")
    least = 0 if family == "Y" else 1
    told = {"name": name, "tier": tier, "size": size, "family": given.get("family") or family}
    return {**told, "capacity": least if capacity is None else capacity}


def _show(core: Core, kept: Kept) -> Json:
    sku, target = kept.body["sku"], kept.target
    is_dynamic = sku["tier"] == "Dynamic"
    more: Json = {
        "serverFarmId": zlib.crc32(kept.key.encode()),
        "name": kept.name,
        "numberOfWorkers": sku["capacity"],
        "currentNumberOfWorkers": sku["capacity"],
        "webSpace": webspace(kept),
        "subscription": target.subscription,
        "planName": "VirtualDedicatedPlan",
        "computeMode": "Dynamic" if is_dynamic else "Dedicated",
        "geoRegion": REGIONS[kept.body["location"]],
        "numberOfSites": len(sites_of(core, kept.id)),
        "tags": kept.body.get("tags") or None,
        "kind": kept.body["kind"],
        "resourceGroup": target.group,
        "mdmId": f"waws-prod-local-001_{kept.name}",
    }
    body = {**kept.body, "location": REGIONS[kept.body["location"]]}
    if not body.get("tags"):
        body.pop("tags", None)
    return {**body, "properties": {**shown.of_plan(), **more, **kept.properties}}


def webspace(kept: Kept) -> str:
    """Return the name of the webspace that something is in."""
    place = REGIONS[kept.body["location"]].replace(" ", "")
    return f"{kept.target.group}-{place}webspace-Linux"


def _check_unused(core: Core, kept: Kept) -> None:
    sites = [one.name for one in sites_of(core, kept.id)]
    if sites:
        raise errors.plan_in_use(kept.name, sites)


PLANS: Final = ResourceType(
    name=PLAN,
    versions=VERSIONS,
    put_new=Manner(200),
    passed_over=frozenset(
        f"properties.{name}"
        for name in (
            *("provisioningState", "status", "numberOfSites", "geoRegion", "resourceGroup"),
            *("subscription", "maximumNumberOfWorkers", "name", "createdTime", "serverFarmId"),
            *shown.of_plan(),
        )
    ),
    check=_check,
    complete=_complete,
    show=_show,
    check_deletion=_check_unused,
    note="kept; every site runs on this machine",
)
