"""What answers tell of every plan and site alike, as Azure was recorded to tell it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


@cache
def _recorded() -> dict[str, str]:
    whole = json.loads(files(__package__).joinpath("shown.json").read_text("utf-8"))
    return {name: json.dumps(value) for name, value in whole.items()}


def of_plan() -> Json:
    """Return the members of a plan's properties that are always the same."""
    found: Json = json.loads(_recorded()["plan"])
    return found


def of_site() -> Json:
    """Return the members of a site's properties that are the same until somebody sets them."""
    found: Json = json.loads(_recorded()["site"])
    return found
