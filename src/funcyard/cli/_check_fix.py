"""``funcyard check --fix``: the diff, the question, the report on what is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from funcyard.cli._ask import can_ask
from funcyard.cli._project import print_notice
from funcyard.preflight.facts import gather
from funcyard.preflight.fixes.applying import Mending
from funcyard.preflight.fixes.left_alone import left_alone
from funcyard.preflight.fixes.proposing import fixes_for
from funcyard.preflight.run import report_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.preflight.fixes.fix import Mended
    from funcyard.preflight.report import Report
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Request


def check_and_fix(
    request: Request, rules: Sequence[Rule], *, yes: bool, form: str
) -> tuple[Report, tuple[Mended, ...]]:
    """Check, mend what can be mended, and return the report on what is left.

    The diff goes to standard output before a table; other formats are documents that stay whole,
    so for SARIF and GitHub it goes to standard error, and JSON holds it. Without ``yes`` a person
    on a terminal is asked, and elsewhere nothing is written.

    Raises:
        FixError: A file changed meanwhile, or cannot be written.
        IndexingError: An app's interpreter cannot be started.
    """
    facts = asyncio.run(gather(request))
    report = report_on(facts, rules)
    mending = Mending(request, facts, fixes_for(facts, report.findings))
    alone = tuple(left_alone(facts, report.findings))
    for one in alone:
        place = f"{one.finding.file}:{one.finding.line}"
        print_notice(f"{place} ({one.finding.rule}) is not mended: {one.why}")
    if not mending.told:
        if report.findings and not alone:
            print_notice("none of the findings has a fix that is safe to make")
        return report, ()
    if form != "json":
        click.echo(mending.diff, err=form != "table")
    if not _is_wanted(yes=yes, form=form):
        return report, mending.told
    facts = asyncio.run(mending.apply())
    for fix in mending.taken_back:
        why = mending.why(fix)
        print_notice(
            f"the fix of {fix.file}:{fix.line} ({fix.rule}) did not help: taken back"
            + (f" ({why})" if why else "")
        )
    return report_on(facts, rules), mending.told


def _is_wanted(*, yes: bool, form: str) -> bool:
    if yes:
        return True
    if form != "json" and can_ask():
        return click.confirm("Make these changes?", default=False, err=True)
    print_notice("nothing is written without --yes")
    return False
