"""Function apps: what is filled in, what they show, and what is done with them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.schemas import schema_of
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.http import Answer
from funcyard.emulator.web import errors, identity, shown, syncing
from funcyard.emulator.web.naming import (
    CONFIG,
    HOST,
    POLICY,
    SITE,
    VERSIONS,
    is_site_name,
    site_named,
)
from funcyard.emulator.web.plans import dynamic_plan, plan_of, webspace
from funcyard.emulator.web.settings import of_list, save_settings
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

RUNNING: Final = "Running"
STOPPED: Final = "Stopped"
_KIND: Final = {"functionapp", "linux"}
_PARTS: Final[tuple[tuple[str, str, Json], ...]] = (
    (CONFIG, "publishingcredentials", {}),
    (HOST, "default", {}),
    (POLICY, "ftp", {"allow": True}),
    (POLICY, "scm", {"allow": True}),
)
_OWN: Final = ("location", "tags", "kind")
_PASSWORD_BYTES: Final = 45


def _check(core: Core, target: Target, body: Json) -> None:
    kept = core.store.find(target.key)
    kind = body.get("kind") or (kept.body["kind"] if kept is not None else "")
    if set(str(kind).lower().split(",")) != _KIND:
        raise errors.bad(f"Only sites of kind 'functionapp,linux' are served here, not '{kind}'.")
    properties = body.get("properties") or {}
    of_list((properties.get("siteConfig") or {}).get("appSettings"))
    identity.check(core, body.get("identity"))
    plan = properties.get("serverFarmId")
    if plan and core.store.find(str(plan)) is None:
        raise errors.no_plan(str(plan).rpartition("/")[2])
    if kept is not None:
        return
    if not is_site_name(target.name):
        raise errors.bad(
            f"The host name '{target.name}' is invalid: 2 to 60 letters, digits and hyphens."
        )
    if _is_taken(core, target.name):
        raise errors.taken(target.name)


def _is_taken(core: Core, name: str) -> bool:
    """Whether a site has a name, somebody else has, or one is being made of it at this moment."""
    own = f"/{SITE}/{name}".lower()
    in_the_making = any(key.endswith(own) for key in core.writing)
    return in_the_making or bool(site_named(core, name)) or core.faults.is_taken(SITE, name)


def _complete(draft: Draft) -> Json:
    """Return what is kept of a site; its settings are a resource of their own."""
    core, target, before = draft.core, draft.target, draft.before
    if before is None:
        with core.store.transaction():
            for kind, name, at_first in _PARTS:
                part = target.child(kind.rpartition("/")[2], name)
                body = {"properties": dict(at_first)}
                core.store.save(Kept(part.id, kind, body, SUCCEEDED, draft.now, draft.now))
    given: Json = {name: value for name, value in draft.given.items() if value is not None}
    settable = schema_of(SITE).definitions["SiteProperties"]["properties"]
    properties: Json = dict(given.get("properties") or {})
    config: Json = dict(properties.pop("siteConfig", None) or {})
    named = of_list(config.pop("appSettings", None))
    if named is not None or before is None:
        save_settings(core, target, named or {}, draft.now)
    old: Json = before.body if before is not None else {}
    old_properties: Json = old.get("properties", {"state": RUNNING})
    old_config = old_properties.get("siteConfig", {})
    told = {name: value for name, value in properties.items() if name in settable}
    properties = merged(old_properties, told)
    if not properties.get("serverFarmId"):
        properties["serverFarmId"] = dynamic_plan(draft)
    properties["siteConfig"] = merged(old_config, config)
    properties["changed"] = draft.now
    body = {name: given[name] for name in _OWN if name in given}
    return {
        "kind": old.get("kind"),
        **body,
        "identity": identity.without_removed(given.get("identity") or old.get("identity")),
        "properties": properties,
    }


def _secrets(_draft: Draft) -> Json:
    return {"password": secrets.token_urlsafe(_PASSWORD_BYTES)}


def _show(core: Core, kept: Kept) -> Json:
    own = {name: value for name, value in kept.properties.items() if name != "changed"}
    host, scm = core.web.hosts(kept.name)
    space, target = webspace(kept), kept.target
    plan = core.store.find(plan_of(kept))
    told = shown.of_site()
    config = own.pop("siteConfig", {})
    more: Json = {
        "name": kept.name,
        "hostNames": [host],
        "webSpace": space,
        "selfLink": f"{core.url}/subscriptions/{target.subscription}/webspaces/{space}/sites/"
        f"{kept.name}",
        "repositorySiteName": kept.name,
        "enabledHostNames": [host, scm],
        "siteProperties": {
            "metadata": None,
            "properties": [
                {"name": "LinuxFxVersion", "value": config.get("linuxFxVersion") or ""},
                {"name": "WindowsFxVersion", "value": None},
            ],
            "appSettings": None,
        },
        "hostNameSslStates": [_ssl_state(host, "Standard"), _ssl_state(scm, "Repository")],
        "lastModifiedTimeUtc": kept.properties["changed"].rstrip("Z"),
        "deploymentId": kept.name,
        "sku": plan.body["sku"]["tier"] if plan is not None else None,
        "customDomainVerificationId": hashlib.sha256(target.subscription.encode())
        .hexdigest()
        .upper(),
        "kind": kept.body["kind"],
        "inboundIpAddress": "127.0.0.1",
        "possibleInboundIpAddresses": "127.0.0.1",
        "ftpUsername": f"{kept.name}\\${kept.name}",
        "ftpsHostName": None,
        "outboundIpAddresses": "127.0.0.1",
        "possibleOutboundIpAddresses": "127.0.0.1",
        "homeStamp": "waws-prod-local-001",
        "tags": kept.body.get("tags") or None,
        "resourceGroup": target.group,
        "defaultHostName": host,
    }
    body = {name: value for name, value in kept.body.items() if value}
    body["location"] = REGIONS[kept.body["location"]]
    if "identity" in body:
        body["identity"] = identity.show(core, body["identity"])
    known = {**told, **own, **more, "siteConfig": merged(told["siteConfig"], config)}
    return {**body, "properties": known}


def _ssl_state(name: str, kind: str) -> Json:
    empty = ("ipBasedSslResult", "virtualIP", "virtualIPv6", "thumbprint", "certificateResourceId")
    told = {"name": name, "sslState": "Disabled", **dict.fromkeys(empty)}
    more = {"toUpdate": None, "toUpdateIpBasedSsl": None, "ipBasedSslState": "NotConfigured"}
    return {**told, **more, "hostType": kind}


async def _serve(core: Core, kept: Kept) -> None:
    try:
        await core.web.ensure(core, kept)
    except FuncyardError as fault:
        raise ArmError(500, "InternalServerError", fault.message) from fault


async def _take_down(core: Core, kept: Kept) -> None:
    await core.web.remove(kept.name)


async def _start(call: Call, kept: Kept) -> Answer:
    return _turned(call, kept, RUNNING)


async def _stop(call: Call, kept: Kept) -> Answer:
    return _turned(call, kept, STOPPED)


def _turned(call: Call, kept: Kept, state: str) -> Answer:
    properties = {**kept.properties, "state": state, "changed": call.core.clock.stamp()}
    call.core.store.save(replace(kept, body={**kept.body, "properties": properties}))
    call.core.web.restart(kept.name)
    return Answer(200)


async def _restart(call: Call, kept: Kept) -> Answer:
    call.core.web.restart(kept.name)
    return Answer(200)


async def _sync_triggers(call: Call, kept: Kept) -> Answer:
    await syncing.sync(call.core, kept)
    return Answer(204)


async def _trigger_status(_call: Call, _kept: Kept) -> Answer:
    return Answer(200, {"status": "success"})


async def check_name_availability(call: Call) -> Answer:
    """Tell whether a site may be called something.

    Raises:
        ArmError: The request names nothing that could be.
    """
    body = call.body()
    name, kind = body.get("name"), str(body.get("type")).lower()
    if not isinstance(name, str) or kind not in {"site", SITE.lower()}:
        raise errors.bad("A name, and the type 'Site' or 'Microsoft.Web/sites', are expected.")
    if not is_site_name(name):
        reason, message = "Invalid", f"The host name '{name}' is invalid."
    elif _is_taken(call.core, name):
        reason, message = "AlreadyExists", errors.taken_message(name)
    else:
        return Answer(200, {"nameAvailable": True, "reason": "", "message": ""})
    return Answer(200, {"nameAvailable": False, "reason": reason, "message": message})


_ANSWERED: Final = (
    *("state", "hostNames", "repositorySiteName", "enabledHostNames", "lastModifiedTimeUtc"),
    *("name", "webSpace", "selfLink", "siteProperties", "resourceGroup", "defaultHostName", "sku"),
    *("customDomainVerificationId", "inboundIpAddress", "possibleInboundIpAddresses", "kind"),
    *("ftpUsername", "ftpsHostName", "outboundIpAddresses", "possibleOutboundIpAddresses"),
    *("homeStamp", "tags", "deploymentId"),
)
SITES: Final = ResourceType(
    name=SITE,
    versions=VERSIONS,
    put_new=Manner(200),
    has_state=False,
    passed_over=frozenset(f"properties.{name}" for name in (*_ANSWERED, *shown.of_site())),
    check=_check,
    complete=_complete,
    secrets=_secrets,
    show=_show,
    changed=_serve,
    deleted=_take_down,
    started=_serve,
    actions={
        "start": _start,
        "stop": _stop,
        "restart": _restart,
        "syncfunctiontriggers": _sync_triggers,
        "listsyncfunctiontriggerstatus": _trigger_status,
    },
    note="function apps of Python on Linux: what is deployed runs, over HTTPS",
)


def register(registry: Registry) -> None:
    """Describe sites, and what the provider itself is asked."""
    registry.add(SITES)
    registry.add_action("Microsoft.Web", "checkNameAvailability", check_name_availability, VERSIONS)
