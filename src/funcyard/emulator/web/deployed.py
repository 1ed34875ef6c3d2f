"""The deployments of a site as Resource Manager tells them: those of its Kudu, which makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.types import bare_type
from funcyard.emulator.web import errors
from funcyard.emulator.web.deployments import SUCCESS
from funcyard.emulator.web.naming import DEPLOYMENT, VERSIONS, site_of

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target


class _Deployments(ReadOnly):
    """They are made by Kudu."""

    async def get(self, core: Core, target: Target) -> Json | None:
        wanted = target.name.lower()
        site = target.parent
        assert site is not None  # noqa: S101 - a deployment is part of a site
        return next((one for one in await self.list(core, site) if one["name"] == wanted), None)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        site = site_of(core, parent)
        return [_shown(site.id, one) for one in core.web.deployments(site.name)]


def _shown(site: str, one: Json) -> Json:
    told = {name: value for name, value in one.items() if name != "log"}
    properties = {**told, "active": one["active"] and one["status"] == SUCCESS}
    kind = DEPLOYMENT.rpartition("/")[2]
    named = {"id": f"{site}/{kind}/{one['id']}", "name": one["id"], "type": DEPLOYMENT}
    return {**named, "properties": properties}


def _absent(target: Target) -> ArmError:
    return errors.not_found("Deployment", target.name)


DEPLOYMENTS: Final = bare_type(
    name=DEPLOYMENT,
    versions=VERSIONS,
    absent=_absent,
    backing=_Deployments(),
    note="those of its Kudu",
)
