"""Resource groups: made at once, deleted with all that is in them in their time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors, listing
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.target import GROUP_TYPE
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.versions import RESOURCES

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.http import Answer

_NAME: Final = re.compile(r"(?=.{1,90}$)[\w.()-]*[\w()-]")
_SECONDS: Final = 15
_MEMBERS: Final = {"id", "name", "type", "location", "managedBy", "tags", "properties"}


def _check(_core: Core, target: Target, body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.refused(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{target.name}' has these invalid characters or is"
            " too long. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.",
        )
    for name in body:
        if name not in _MEMBERS:
            raise errors.bad_content(
                f"Could not find member '{name}' on object of type 'ResourceGroupDefinition'."
                f" Path '{name}'."
            )


def _complete(draft: Draft) -> Json:
    given = {name: value for name, value in draft.given.items() if name != "properties"}
    return {**given, "properties": {}}


def _show(_core: Core, kept: Kept) -> Json:
    return {name: value for name, value in kept.body.items() if value is not None}


async def list_groups(call: Call) -> Answer:
    """Return the groups of a subscription.

    Raises:
        ArmError: The filter means nothing here.
    """
    call.check_version(GROUP_TYPE, RESOURCES)
    scope = f"{call.request.path.lower().rpartition('/')[0]}/"
    groups = [one for one in call.core.store.of_type(GROUP_TYPE) if one.key.startswith(scope)]
    wanted = listing.chosen(groups, call.request.query.get("$filter", ""))
    return listing.page(call, [call.core.show(one) for one in wanted])


GROUPS: Final = ResourceType(
    name=GROUP_TYPE,
    versions=RESOURCES,
    delete=Manner(202, Tracking.LOCATION, _SECONDS, has_body=False),
    delete_absent=404,
    has_schema=False,
    retry_after=15,
    check=_check,
    complete=_complete,
    show=_show,
    note="deleted with everything in them, the innermost first",
)
