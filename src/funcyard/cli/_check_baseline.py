"""The baseline of ``funcyard check``: where it lies, recording it, leaving out what it holds."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funcyard.cli._project import print_notice
from funcyard.output import to_json
from funcyard.preflight.baseline import Baseline
from funcyard.preflight.report import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.cli._check_targets import Found
    from funcyard.preflight.report import Report
    from funcyard.preflight.rule import Rule

_DEFAULT = ".funcyard/check-baseline.json"


def usual_baseline(found: Found) -> Path:
    """Return the baseline that a run reads without being told."""
    return found.root / (found.options.baseline or _DEFAULT)


def write_baseline(file: Path, report: Report, usual: Path, *, as_json: bool) -> None:
    """Record the findings of a report, and say so.

    Raises:
        BaselineError: The file cannot be written.
    """
    Baseline.of(report.findings).write(file)
    number = len(report.findings)
    if as_json:
        click.echo(to_json({"baseline": file, "recorded": number}))
    else:
        click.echo(f"recorded in {file}: {number} finding{'' if number == 1 else 's'}")
    if file.resolve() != usual.resolve():
        print_notice(f"--baseline {file} leaves them out; by itself a check reads {usual}")


def without_baseline(
    file: Path, report: Report, rules: Sequence[Rule], *, root: Path, form: str
) -> Report:
    """Return a report without what a baseline holds.

    How many that are, the report tells in a table and in JSON; other formats have no place for it,
    so it goes to standard error.

    Raises:
        BaselineError: The file cannot be read.
    """
    fresh, gone = Baseline.read(file).new(report.findings, {rule.id for rule in rules})
    if gone:
        print_notice(f"{gone} findings of {file} are mended: --write-baseline takes them out of it")
    name = Path(os.path.relpath(file, root)).as_posix()
    left_out = LeftOut(name, len(report.findings) - len(fresh))
    if left_out.findings and form in {"sarif", "github"}:
        print_notice(str(left_out))
    return replace(report, findings=tuple(fresh), left_out=left_out)
