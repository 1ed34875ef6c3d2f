"""The keys of a topic: two, of which either opens it, listed and made anew."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import bad_content
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.types import Action

NAMES: Final = ("key1", "key2")
_BYTES: Final = 32


def new(_draft: Draft | None = None) -> Json:
    """Return new keys by their names."""
    return {name: _new() for name in NAMES}


def of(kept: Kept) -> tuple[str, ...]:
    """Return the keys of a topic, the first first."""
    return tuple(str(kept.secrets[name]) for name in NAMES)


async def _list(_call: Call, kept: Kept) -> Answer:
    return Answer(200, dict(kept.secrets))


async def _regenerate(call: Call, kept: Kept) -> Answer:
    wanted = call.body().get("keyName")
    if wanted not in NAMES:
        raise bad_content(f"'{wanted}' is not one of {', '.join(NAMES)}. Path 'keyName'.")
    changed = replace(kept, secrets={**kept.secrets, wanted: _new()})
    call.core.store.save(changed)
    return Answer(200, dict(changed.secrets))


def _new() -> str:
    return base64.b64encode(os.urandom(_BYTES)).decode()


ACTIONS: Final[Mapping[str, Action]] = {"listkeys": _list, "regeneratekey": _regenerate}
