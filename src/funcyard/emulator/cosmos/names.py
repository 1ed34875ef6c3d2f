"""Whether an account may be called something: HEAD on its name, in all of Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.cosmos.naming import ACCOUNT, NAMES, VERSIONS, account_named
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call


async def check(call: Call) -> Answer:
    """Tell by 200 that a name is taken, and by 404 that it is free.

    Raises:
        ArmError: The API version is none.
    """
    call.check_version(NAMES, VERSIONS)
    name = call.named.name
    is_taken = account_named(call.core, name) or call.core.faults.is_taken(ACCOUNT, name)
    return Answer(200 if is_taken else 404)
