"""The settings of a function app: what its code finds in its environment.

They are a document of their own, which is written as a whole, and in which others write, too: Azure
itself, an extension, a person. So what is declared is laid over what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from azure.core.exceptions import ResourceNotFoundError

from funcyard.deploy.diff import MISSING
from funcyard.deploy.resource import Observed, Resource
from funcyard.deploy.resources.function_app import SITE_VERSION
from funcyard.deploy.resources.reach import Reach
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Value
    from funcyard.deploy.resource import Operation, Wanted
    from funcyard.deploy.resources.function_app import FunctionApp


class AppSettingError(UsageError):
    """A setting that no environment can hold."""

    code = "bad-app-setting"


@dataclass(frozen=True)
class AppSettings(Resource[Reach]):
    """Settings of an app, by name; those of others are left alone. They go with the app."""

    kind: ClassVar[str] = "app-settings"
    identity_is_ours: ClassVar[bool] = True
    goes_along: ClassVar[bool] = True

    @classmethod
    def of(cls, address: str, app: FunctionApp, settings: Mapping[str, Value]) -> Self:
        """Return settings of an app.

        Args:
            address: Their name in the graph.
            app: Whose they are.
            settings: Texts, and references to them; one at least.

        Raises:
            AppSettingError: No environment can hold one of them, or there is none.
        """
        if not settings:
            raise AppSettingError(f"{address}: there is no setting")
        for name, value in settings.items():
            if (
                not name
                or "=" in name
                or "\0" in name
                or (isinstance(value, str) and "\0" in value)
            ):
                raise AppSettingError(f"{address}: no environment can hold a setting {name!r}")
            if value is None or isinstance(value, bool | int | float):
                raise AppSettingError(f"{address}: the setting {name} is no text")
        return cls(address, f"{app.identity}/config/appsettings", dict(settings), (app.address,))

    async def read(self, cloud: Reach) -> Observed | None:
        """Return all settings of the app; None where none of these is among them.

        A secret that is missing is told as an empty one: what a cloud does not show at all counts
        as it was written.
        """
        try:
            found = await self._listed(cloud)
        except ResourceNotFoundError:
            return None
        if not self.properties.keys() & found.keys():
            return None
        empty = {name: "" for name, value in self.properties.items() if not isinstance(value, str)}
        return Observed({**empty, **found})

    async def create(self, cloud: Reach, wanted: Wanted) -> Operation | None:
        """Lay them over what is there."""
        return await self._write(cloud, wanted, frozenset())

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002  it may be older than what is there
        differences: tuple[Difference, ...],
    ) -> Operation | None:
        """Lay them over what is there, and take away what was among them and is no more."""
        gone = {str(one.path[0]) for one in differences if one.wanted is MISSING}
        return await self._write(cloud, wanted, frozenset(gone))

    async def destroy(self, cloud: Reach) -> Operation | None:  # noqa: ARG002  they go along
        """Leave them: they go with the app."""
        return None

    async def _write(self, cloud: Reach, wanted: Wanted, gone: frozenset[str]) -> Operation | None:
        kept = {
            name: value for name, value in (await self._listed(cloud)).items() if name not in gone
        }
        body = {"properties": {**kept, **wanted.properties}}
        return await cloud.manager.put(self.identity, SITE_VERSION, body)

    async def _listed(self, cloud: Reach) -> dict[str, str]:
        answer = await cloud.manager.act(self.identity, "list", SITE_VERSION)
        return {name: str(value) for name, value in (answer.get("properties") or {}).items()}
