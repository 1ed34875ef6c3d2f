"""A workflow of Azure Logic Apps that a request starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json, Properties, Value
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

TRIGGER: Final = "manual"
"""What the trigger is called."""

_SCHEMA: Final = (
    "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01"
    "/workflowdefinition.json#"
)


@dataclass(frozen=True)
class LogicApp(ArmResource):
    """A workflow; the address that starts it is a secret, for it is all that a caller needs."""

    kind: ClassVar[str] = "logic-app"
    version: ClassVar[str] = "2019-05-01"
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"callback_url"})

    @classmethod
    def of(
        cls, address: str, group: ResourceGroup, name: str, location: str, actions: Properties
    ) -> Self:
        """Return a workflow in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 1 to 80 letters, digits and ``-_.()``.
            location: Its region.
            actions: What it does when it is called, by name, in the workflow definition language.
        """
        definition: dict[str, Value] = {
            "$schema": _SCHEMA,
            "contentVersion": "1.0.0.0",
            "triggers": {TRIGGER: {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}},
            "actions": actions,
        }
        return cls(
            address,
            group.inside("Microsoft.Logic/workflows", name),
            {"location": location, "properties": {"state": "Enabled", "definition": definition}},
            (group.address,),
        )

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id and name."""
        return {"id": self.identity, "name": self.name}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return the address that starts it."""
        told: dict[str, Any] = await cloud.manager.act(
            f"{self.identity}/triggers/{TRIGGER}", "listCallbackUrl", self.version
        )
        return {name: str(told["value"]) for name in names}
