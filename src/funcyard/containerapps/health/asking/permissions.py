"""What a role allows, by its definition.

Each of its permissions allows the actions that it names and does not take back; ``*`` stands for
anything. https://learn.microsoft.com/azure/role-based-access-control/role-definitions
A condition of an assignment is about the actions that it names; what it says of them is not judged.
https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED: Final = re.compile(r"ActionMatches\s*\{\s*'([^']*)'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a role may allow.

    Attributes:
        name: As Azure calls it.
        is_data: Whether it is done to what a resource holds: being allowed to do anything to the
            resource itself does not allow that.
    """

    name: str
    is_data: bool = False


def allows(definition: Mapping[str, Any], action: Action) -> bool:
    """Whether a role allows an action.

    Args:
        definition: The role's, as Azure tells it.
        action: The action.
    """
    permissions = (definition.get("properties") or {}).get("permissions") or ()
    names = ("dataActions", "notDataActions") if action.is_data else ("actions", "notActions")
    allowed, taken_back = names
    return any(
        _holds(one.get(allowed), action.name) and not _holds(one.get(taken_back), action.name)
        for one in permissions
    )


def is_about(condition: str, action: Action) -> bool:
    """Whether a condition may take an action away; one that names none is about all of them."""
    named = _NAMED.findall(condition)
    return not named or any(_fits(one, action.name) for one in named)


def _holds(patterns: object, action: str) -> bool:
    named = patterns if isinstance(patterns, list) else []
    return any(_fits(str(one), action) for one in named)


def _fits(pattern: str, action: str) -> bool:
    literal = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(literal, action, re.IGNORECASE) is not None
