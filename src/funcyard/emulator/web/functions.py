"""The functions that a site has been found to have, and the keys that open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.types import bare_type
from funcyard.emulator.http import Answer
from funcyard.emulator.web import errors, syncing
from funcyard.emulator.web.keys import DEFAULT
from funcyard.emulator.web.naming import FUNCTION, HOST, VERSIONS, site_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target


class _Functions(ReadOnly):
    """They are made by deployment; what is kept of them is what the app told."""

    async def get(self, core: Core, target: Target) -> Json | None:
        kept = core.store.find(target.key)
        return None if kept is None else _shown(core, kept)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        return [_shown(core, one) for one in core.store.below(parent.key) if one.type == FUNCTION]


class _Host(ReadOnly):
    """The runtime of a site, of which nothing is told but its keys."""

    async def get(self, core: Core, target: Target) -> Json | None:
        kept = core.store.find(target.key)
        return None if kept is None else {"id": kept.id, "name": kept.name, "type": HOST}

    async def list(self, core: Core, parent: Target) -> list[Json]:  # noqa: ARG002 - as every backing
        return []


def _shown(core: Core, kept: Kept) -> Json:
    site = site_of(core, kept.target)
    host, scm = core.web.hosts(site.name)
    told = kept.properties
    files = f"https://{scm}/api/vfs/site/wwwroot"
    url = f"https://{host}/{told['route'].lstrip('/')}" if told["route"] else None
    properties = {
        "name": kept.name,
        "function_app_id": None,
        "script_root_path_href": f"{files}/",
        "script_href": f"{files}/function_app.py",
        "config_href": None,
        "test_data_href": None,
        "secrets_file_href": None,
        "href": f"https://{host}/admin/functions/{kept.name}",
        "config": told["config"],
        "files": None,
        "test_data": "",
        "invoke_url_template": url,
        "language": "python",
        "isDisabled": told["isDisabled"],
    }
    named = {"id": kept.id, "name": f"{site.name}/{kept.name}", "type": FUNCTION}
    return {**named, "location": REGIONS[site.body["location"]], "properties": properties}


async def _host_keys(call: Call, kept: Kept) -> Answer:
    found = call.core.web.keys(site_of(call.core, kept.target).name)
    keys = {DEFAULT: found.host, **found.named}
    return Answer(
        200, {"masterKey": found.master, "functionKeys": keys, "systemKeys": found.system}
    )


async def _sync(call: Call, kept: Kept) -> Answer:
    await syncing.sync(call.core, site_of(call.core, kept.target))
    return Answer(204)


async def _function_keys(call: Call, kept: Kept) -> Answer:
    found = call.core.web.keys(site_of(call.core, kept.target).name)
    if kept.name not in found.functions:
        raise errors.not_found("Key", kept.name)
    return Answer(200, {"default": found.functions[kept.name]})


def _absent(target: Target) -> ArmError:
    return errors.not_found("Function", target.name)


FUNCTIONS: Final = bare_type(
    name=FUNCTION,
    versions=VERSIONS,
    absent=_absent,
    actions={"listkeys": _function_keys},
    backing=_Functions(),
    note="those that the app told when it was last loaded",
)
HOSTS: Final = bare_type(
    name=HOST,
    versions=VERSIONS,
    absent=_absent,
    actions={"listkeys": _host_keys, "sync": _sync},
    backing=_Host(),
    note="`default`, whose keys are listed",
)
