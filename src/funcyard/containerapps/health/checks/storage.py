"""Whether the storage of ``AzureWebJobsStorage`` can be used, by what the app has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, skips, warns

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "storage"


def check(facts: Facts) -> Judgement:
    """Judge what the storage answered, asked from here."""
    seen = facts.storage
    if seen is None:
        return skips("AzureWebJobsStorage holds no connection to try")
    if not seen.is_known:
        return warns(f"not known: {seen.fault}", next=seen.hint)
    if seen.fault:
        return fails(f"{seen.where}: {seen.fault}", next=seen.hint)
    return passes(f"{seen.where} answers")
