"""Keys that open every function of a site's app, by names that people give them.

https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update-host-secret
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.types import bare_type
from funcyard.emulator.web import errors
from funcyard.emulator.web.keys import DEFAULT
from funcyard.emulator.web.naming import HOST, HOST_KEY, VERSIONS, site_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile("[A-Za-z0-9_-]{1,128}")
_VALUE: Final = re.compile("[!-~]{1,1024}")
_BYTES: Final = 40


class _HostKeys:
    """They are kept in the file that the app reads whenever it changes."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:  # noqa: ARG002 - as every backing
        given = body.get("properties") or {}
        if not isinstance(given, dict):
            raise errors.bad("The properties of a key are its name and its value.")
        value = given.get("value") or secrets.token_urlsafe(_BYTES)
        if not _NAME.fullmatch(target.name):
            raise errors.bad("A key's name is made of letters, digits, '-' and '_'.")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise errors.bad("A key is made of characters that a header can hold.")
        if given.get("name") not in (None, target.name):
            raise errors.bad("The key has another name in the body than in the address.")
        site = site_of(call.core, target)
        call.core.web.set_host_key(site.name, target.name, value)

    async def get(self, core: Core, target: Target) -> Json | None:
        site = site_of(core, target)
        keys = core.web.keys(site.name)
        value = {DEFAULT: keys.host, **keys.named}.get(target.name)
        if value is None:
            return None
        told = {"id": target.id, "name": target.name, "type": HOST_KEY}
        located = {"location": REGIONS[site.body["location"]]}
        return {**told, **located, "properties": {"name": target.name, "value": value}}

    async def list(self, core: Core, parent: Target) -> list[Json]:
        keys = core.web.keys(site_of(core, parent).name)
        kind = HOST_KEY.rpartition("/")[2]
        names = [DEFAULT, *keys.named]
        found = [await self.get(core, parent.child(kind, name)) for name in names]
        return [one for one in found if one is not None]

    async def delete(self, call: Call, target: Target) -> None:
        call.core.web.set_host_key(site_of(call.core, target).name, target.name, None)


def _read_action(_target: Target) -> str:
    """Say that who reads a key lists those of the app."""
    return f"{HOST}/listkeys/action"


def _absent(target: Target) -> ArmError:
    return errors.not_found("Key", target.name)


HOST_KEYS: Final = bare_type(
    name=HOST_KEY,
    versions=VERSIONS,
    delete=Manner(204, has_body=False),
    delete_absent=404,
    patch=None,
    read_action=_read_action,
    absent=_absent,
    backing=_HostKeys(),
    note="they open every function",
)
