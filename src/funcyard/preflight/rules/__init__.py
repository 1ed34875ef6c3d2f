"""The rules, in the order of cause and effect: what stands first may cause what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight import suppression
from funcyard.preflight.rules import app_does_not_load, functions_expected, merge_conflict_marker

if TYPE_CHECKING:
    from funcyard.preflight.rule import Rule

RULES: tuple[Rule, ...] = (
    suppression.RULE,
    merge_conflict_marker.RULE,
    app_does_not_load.RULE,
    functions_expected.RULE,
)
