"""A key that opens every function of an app, by a name of its own.

Its value is settled before the app is there, so other apps can be told it without asking for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from azure.core.exceptions import ResourceNotFoundError

from funcyard.deploy.resource import Observed, Resource
from funcyard.deploy.resources.function_app import SITE_VERSION
from funcyard.deploy.resources.reach import Reach

if TYPE_CHECKING:
    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Given
    from funcyard.deploy.resource import Operation, Wanted
    from funcyard.deploy.resources.app_code import AppCode
    from funcyard.deploy.resources.function_app import FunctionApp


@dataclass(frozen=True)
class HostKey(Resource[Reach]):
    """A key for all functions of an app, beside those that Azure makes; it goes with the app."""

    kind: ClassVar[str] = "host-key"
    identity_is_ours: ClassVar[bool] = True
    goes_along: ClassVar[bool] = True

    @classmethod
    def of(cls, address: str, app: FunctionApp, code: AppCode, name: str, value: Given) -> Self:
        """Return a key of an app.

        Args:
            address: Its name in the graph.
            app: Whose functions it opens.
            code: What the app runs: only then it keeps keys.
            name: Letters, digits, ``-`` and ``_``.
            value: The key.
        """
        identity = f"{app.identity}/host/default/functionKeys/{name}"
        return cls(address, identity, {"value": value}, (app.address, code.address))

    @property
    def _name(self) -> str:
        return self.identity.rpartition("/")[2]

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the key; None where there is none of its name."""
        host = self.identity.rpartition("/functionKeys/")[0]
        try:
            told = await cloud.manager.act(host, "listkeys", SITE_VERSION)
        except ResourceNotFoundError:
            return None
        value = (told.get("functionKeys") or {}).get(self._name)
        return None if value is None else Observed({"value": str(value)})

    async def create(self, cloud: Reach, wanted: Wanted) -> Operation | None:
        """Put it."""
        body = {"properties": {"name": self._name, "value": wanted.properties["value"]}}
        return await cloud.manager.put(self.identity, SITE_VERSION, body)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002  there is nothing else to it
        differences: tuple[Difference, ...],  # noqa: ARG002
    ) -> Operation | None:
        """Put it."""
        return await self.create(cloud, wanted)

    async def destroy(self, cloud: Reach) -> Operation | None:  # noqa: ARG002  it goes along
        """Leave it: it goes with the app."""
        return None
