"""Whether somebody may do something: by the roles assigned at a scope and above it.

https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.emulator.authorization.models import ASSIGNMENT, is_within
from funcyard.emulator.authorization.roles import role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.authorization.roles import Role
    from funcyard.emulator.core.access import Caller
    from funcyard.emulator.core.core import Core


def allows(core: Core, caller: Caller, action: str, scope: str) -> bool:
    """Whether a caller has a role that allows an action of the Resource Manager over a scope."""
    if caller.is_application:
        return True
    return any(
        _matches(action, one.actions, one.not_actions) for one in _roles(core, caller, scope)
    )


def allows_data(core: Core, caller: Caller, action: str, scope: str) -> bool:
    """Whether a caller has a role that allows an action of a data plane over a scope.

    Owning the subscription is not enough, as in Azure.
    """
    return any(_any(action, one.data_actions) for one in _roles(core, caller, scope))


def _roles(core: Core, caller: Caller, scope: str) -> Iterator[Role]:
    """Yield the roles that a caller has over a scope and that count by now."""
    for kept in core.store.of_type(ASSIGNMENT):
        held = kept.properties
        if held["principalId"] != caller.id or not is_within(scope, kept.target.scope):
            continue
        if kept.secrets["counts"] > core.clock.time():
            continue
        found = role(held["roleDefinitionId"])
        if found is not None:
            yield found


def _matches(action: str, allowed: tuple[str, ...], forbidden: tuple[str, ...]) -> bool:
    return _any(action, allowed) and not _any(action, forbidden)


def _any(action: str, patterns: tuple[str, ...]) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )
