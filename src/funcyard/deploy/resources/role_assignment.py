"""A role assignment: what an identity may do, and where."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.refs import Ref
from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

_NAMES: Final = uuid.UUID("7a5f3c1e-6f0b-5d0c-9d0e-2f7a1c4b8e65")
_ROLES: Final = "/providers/Microsoft.Authorization/roleDefinitions/"


@dataclass(frozen=True)
class RoleAssignment(ArmResource):
    """A role of an identity at a scope.

    Its name is made of scope, role and identity, so that making it again makes no second one; what
    it assigns is fixed, so an identity that was made anew gets a new assignment of that name.
    https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#role-assignments-in-arm-templates
    """

    kind: ClassVar[str] = "role-assignment"
    version: ClassVar[str] = "2022-04-01"
    has_tags: ClassVar[bool] = False
    identity_is_ours: ClassVar[bool] = True
    fixed: ClassVar[tuple[Path, ...]] = (("properties",),)

    @classmethod
    def of(cls, address: str, scope: ArmResource, role: str, who: UserAssignedIdentity) -> Self:
        """Return a role of an identity.

        Args:
            address: Its name in the graph.
            scope: Where the role counts.
            role: Id of a built-in role, a UUID.
            who: Who has it.
        """
        assigned: dict[str, Value] = {
            "principalId": Ref(who.address, "principal_id"),
            "principalType": "ServicePrincipal",
        }
        return cls._named(address, scope, role, who.identity, assigned)

    @classmethod
    def to(cls, address: str, scope: ArmResource, role: str, principal: str) -> Self:
        """Return a role of somebody who is there already, such as who deploys.

        Args:
            address: Its name in the graph.
            scope: Where the role counts.
            role: Id of a built-in role, a UUID.
            principal: Object id in the tenant.
        """
        return cls._named(address, scope, role, principal, {"principalId": principal})

    @classmethod
    def _named(
        cls, address: str, scope: ArmResource, role: str, who: str, assigned: Mapping[str, Value]
    ) -> Self:
        name = uuid.uuid5(_NAMES, f"{scope.identity}|{role}|{who}".lower())
        subscription = "/".join(scope.identity.split("/")[:3])
        definition = f"{subscription}{_ROLES}{role}"
        return cls(
            address,
            f"{scope.identity}/providers/Microsoft.Authorization/roleAssignments/{name}",
            {"properties": {"roleDefinitionId": definition, **assigned}},
            (scope.address,),
        )

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        """Whether two ids name one role: Azure leaves the subscription of a built-in one out."""
        if path == ("properties", "roleDefinitionId"):
            return str(wanted).lower().rpartition("/")[2] == str(found).lower().rpartition("/")[2]
        return super().alike(path, wanted, found)
