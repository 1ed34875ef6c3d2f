"""What is configured of a site: its settings, its configuration, and who may deploy to it.

Each is kept as a part of its site from the start, so there is none to be made or deleted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors as arm
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.schemas import Schema, schema_of
from funcyard.emulator.core.types import bare_type
from funcyard.emulator.core.writing import merged
from funcyard.emulator.http import Answer
from funcyard.emulator.web import errors
from funcyard.emulator.web.naming import CONFIG, POLICY, SETTINGS, SITE, VERSIONS, site_of
from funcyard.emulator.web.settings import checked, of_list, save_settings, settings_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_WEB: Final = "web"
_SLOTS: Final = "slotconfignames"
_CREDENTIALS: Final = "publishingcredentials"
_KEPT: Final = Manner(405, has_body=False)
_POLICIES: Final = ("ftp", "scm")


@cache
def _schema() -> Schema:
    """Return what config/web takes: a site's official configuration."""
    whole = schema_of(SITE)
    inner = {"kind": {"type": "string"}, "properties": {"$ref": "#/definitions/SiteConfig"}}
    root = {"type": "object", "properties": inner, "required": ["properties"]}
    return Schema(whole.version, root, whole.definitions)


class _Config:
    """The configurations of sites by their names."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:  # noqa: ARG002 - as every backing
        core, site, name = call.core, site_of(call.core, target), target.name.lower()
        properties = body.get("properties")
        if not isinstance(properties, dict):
            raise arm.bad_content("Required property 'properties' not found. Path ''.")
        now = core.clock.stamp()
        if name == SETTINGS:
            if call.request.method != "PUT":
                raise arm.not_allowed(call.request.method)
            save_settings(core, site.target, checked(properties), now)
        elif name == _WEB:
            _schema().check(body)
            config = {key: value for key, value in properties.items() if key != "appSettings"}
            named = of_list(properties.get("appSettings"))
            changed = {"siteConfig": merged(site.properties["siteConfig"], config), "changed": now}
            whole = {**site.body, "properties": {**site.properties, **changed}}
            with core.store.transaction():
                core.store.save(replace(site, body=whole))
                if named is not None:
                    save_settings(core, site.target, named, now)
        else:
            raise errors.bad(f"The configuration '{target.name}' is not served here.")
        core.web.restart(site.name)

    async def get(self, core: Core, target: Target) -> Json | None:
        site, name = site_of(core, target), target.name.lower()
        located = {"location": REGIONS[site.body["location"]]}
        if name == SETTINGS:
            told = {"id": target.id, "name": SETTINGS, "type": CONFIG}
            return {**told, **located, "properties": settings_of(core, site.target)}
        if name == _WEB:
            told = {"id": target.id, "name": site.name, "type": CONFIG, **located}
            return {**told, "properties": core.show(site)["properties"]["siteConfig"]}
        if name == _SLOTS:
            told = {"id": "", "name": site.name, "type": SITE, **located}
            kinds = ("connectionStringNames", "appSettingNames", "azureStorageConfigNames")
            return {**told, "id": None, "properties": dict.fromkeys(kinds)}
        return None

    async def list(self, core: Core, parent: Target) -> list[Json]:
        found = await self.get(core, parent.child("config", _WEB))
        return [found] if found is not None else []

    async def delete(self, call: Call, target: Target) -> None:  # noqa: ARG002 - as every backing
        raise arm.not_allowed("DELETE")


class _Policies:
    """Whether names and passwords open what deploys to a site."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:
        properties = body.get("properties")
        allow = properties.get("allow") if isinstance(properties, dict) else None
        if is_new or not isinstance(allow, bool):
            raise errors.bad("Of the policies 'ftp' and 'scm' the property 'allow' is expected.")
        kept = call.core.store.find(target.key)
        assert kept is not None  # noqa: S101 - it is not new
        call.core.store.save(replace(kept, body={"properties": {"allow": allow}}))

    async def get(self, core: Core, target: Target) -> Json | None:
        kept = core.store.find(target.key)
        if kept is None:
            return None
        told = {"id": kept.id, "name": kept.name, "type": POLICY}
        located = {"location": REGIONS[site_of(core, target).body["location"]]}
        return {**told, **located, "properties": kept.properties}

    async def list(self, core: Core, parent: Target) -> list[Json]:
        kind = POLICY.rpartition("/")[2]
        found = [await self.get(core, parent.child(kind, name)) for name in _POLICIES]
        return [one for one in found if one is not None]

    async def delete(self, call: Call, target: Target) -> None:  # noqa: ARG002 - as every backing
        raise arm.not_allowed("DELETE")


def allows_passwords(core: Core, site: Kept) -> bool:
    """Whether a site's name and password open its Kudu."""
    kept = core.store.find(site.target.child(POLICY.rpartition("/")[2], "scm").key)
    return kept is not None and bool(kept.properties["allow"])


def user_of(site: Kept) -> str:
    """Return the name that the password of a site goes with."""
    return f"${site.name}"


async def _list(call: Call, kept: Kept) -> Answer:
    """Return what is shown only to those who may ask for it: settings, or the password."""
    if call.named.name.lower() not in {SETTINGS, _CREDENTIALS}:
        raise arm.not_allowed("POST")
    site = site_of(call.core, kept.target)
    if kept.name == SETTINGS:
        return Answer(200, await _Config().get(call.core, kept.target))
    user, password = user_of(site), site.secrets["password"]
    _, scm = call.core.web.hosts(site.name)
    kind = f"{SITE}/publishingcredentials"
    told = {"id": f"{site.id}/publishingcredentials/{user}", "name": site.name, "type": kind}
    properties = {
        "name": None,
        "publishingUserName": user,
        "publishingPassword": password,
        "publishingPasswordHash": None,
        "publishingPasswordHashSalt": None,
        "metadata": None,
        "isDeleted": False,
        "scmUri": f"https://{user}:{password}@{scm}",
    }
    located = {"location": REGIONS[site.body["location"]]}
    return Answer(200, {**told, **located, "properties": properties})


def _read_action(target: Target) -> str | None:
    """Say that who reads settings lists them, for they hold secrets."""
    return f"{CONFIG}/list/action" if target.name.lower() == SETTINGS else None


def _absent(target: Target) -> arm.ArmError:
    return errors.not_found("Configuration", target.name)


CONFIGS: Final = bare_type(
    name=CONFIG,
    versions=VERSIONS,
    put_new=Manner(200),
    delete=_KEPT,
    delete_absent=_KEPT.status,
    absent=_absent,
    read_action=_read_action,
    actions={"list": _list},
    backing=_Config(),
    note="`appsettings`, `web` and `slotConfigNames`; the list of `publishingcredentials`",
)
POLICIES: Final = bare_type(
    name=POLICY,
    versions=VERSIONS,
    put_new=Manner(200),
    delete=_KEPT,
    delete_absent=_KEPT.status,
    patch=None,
    absent=_absent,
    backing=_Policies(),
    note="`scm` holds; there is no FTP",
)
