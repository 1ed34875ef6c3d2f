"""Which fixes there are for what a preflight found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.fixes.annotations import annotation_fixes
from funcyard.preflight.fixes.blueprints import blueprint_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.fixes.fix import Fix


def fixes_for(facts: Facts, findings: Iterable[Finding]) -> list[Fix]:
    """Return the fixes for some findings, what is left out of the report left alone."""
    told = {(finding.rule, finding.file, finding.line) for finding in findings}
    return [
        fix
        for app in facts.apps
        for fix in (*annotation_fixes(app), *blueprint_fixes(facts, app))
        if (fix.rule, fix.file, fix.line) in told
    ]
