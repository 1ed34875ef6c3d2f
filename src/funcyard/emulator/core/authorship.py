"""Who made a resource and who changed it last, as answers tell it (``systemData``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json


def authored(draft: Draft) -> Json:
    """Return who made a resource, and who changed it last."""
    before = (draft.before.body.get("systemData") or {}) if draft.before is not None else {}
    who = {"By": draft.caller, "ByType": "Application", "At": draft.now}
    created = {f"created{name}": value for name, value in who.items()}
    kept = {name: value for name, value in before.items() if name.startswith("created")}
    return {**created, **kept, **{f"lastModified{name}": value for name, value in who.items()}}
