"""``funcyard check``: why functions would not be found, or a revision would not start."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli._paths import FILE, FOLDER, UsablePath
from funcyard.preflight.finding import Severity
from funcyard.preflight.rule import Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from funcyard.cli._check_targets import Found
    from funcyard.preflight.fixes.fix import Mended
    from funcyard.preflight.report import Report
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Request

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_WIDEST = 100


def _complete_rule(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the rules that a shell offers; the options that choose also take groups."""
    del context
    names = [rule.id for rule in _all_rules()]
    if parameter.multiple:
        names += [group.value for group in Group]
    return [name for name in names if name.startswith(incomplete)]


@click.command("check")
@click.argument("directory", metavar="[PATH]", type=FOLDER, default=".")
@click.option("--expect", type=click.IntRange(0), help="Fail unless exactly so many are found.")
@click.option("--expect-functions", metavar="A,B", help="Fail unless exactly these are found.")
@click.option(
    "--only",
    metavar="RULE",
    multiple=True,
    shell_complete=_complete_rule,
    help="Run these rules or groups alone.",
)
@click.option(
    "--ignore",
    metavar="RULE",
    multiple=True,
    shell_complete=_complete_rule,
    help="Leave these rules or groups out.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    help="Lowest severity that makes the exit status 1.  [default: error]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "sarif", "github"]),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--python", "interpreter", type=FILE, help="Index every app on this Python, not its own."
)
@click.option(
    "--timeout",
    type=FiniteRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds that importing an app may take.",
)
@click.option(
    "--baseline", type=UsablePath(dir_okay=False), help="Leave out the findings recorded there."
)
@click.option("--write-baseline", is_flag=True, help="Record today's findings in the baseline.")
@click.option("--fix", is_flag=True, help="Mend what is safe to mend; the diff is shown first.")
@click.option("--yes", "-y", is_flag=True, help="With --fix: ask nothing.")
@click.option(
    "--online",
    metavar="[APP=]TARGET",
    help="Ask the deployed app, too: at its address (its master key is in FUNCYARD_MASTER_KEY), or"
    " by the resource id of a container app.",
)
@click.option(
    "--cloud",
    type=click.Choice(["public", "local"]),
    help="With a resource id: which Azure is asked, if not the one that the environment names.",
)
@click.option(
    "--logs",
    metavar="FILE",
    help="Look for causes in what a deployed app logged; - is standard input.",
)
@click.option(
    "--image",
    "images",
    metavar="[APP=]FILE",
    multiple=True,
    help="Compare the image in this archive (docker save) with the sources.",
)
@click.option("--list-rules", is_flag=True, help="List the rules and end.")
@click.option(
    "--explain",
    metavar="RULE",
    shell_complete=_complete_rule,
    help="Tell what a rule means and end.",
)
def command(
    directory: Path,
    expect: int | None,
    expect_functions: str | None,
    only: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    form: str,
    as_json: bool,
    interpreter: Path | None,
    timeout: float,
    baseline: Path | None,
    write_baseline: bool,
    fix: bool,
    yes: bool,
    online: str | None,
    cloud: str | None,
    logs: str | None,
    images: tuple[str, ...],
    list_rules: bool,
    explain: str | None,
) -> int:
    """Say why functions would not be found or a revision would not start, before shipping.

    PATH is a project, the folder of one function app, or any folder above some; the current folder
    if omitted. Causes come before their effects: the first finding is the one to mend first.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 bad usage; where that is all, 3 the
    deployed app refused, 4 it cannot be reached.
    """
    if as_json:
        form = "json"
    if yes and not fix:
        raise click.UsageError("--yes answers the question of --fix, which is not given.")
    if cloud and online is None:
        raise click.UsageError("--cloud says where --online asks, which is not given.")
    if list_rules or explain:
        _print_rules(explain, as_json=form == "json")
        return 0
    from funcyard.cli._check_images import images_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._check_online import log_of, online_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._check_targets import find_targets  # noqa: PLC0415 - keeps --help fast
    from funcyard.functions.index import IndexingError  # noqa: PLC0415 - keeps --help fast

    found = find_targets(directory, interpreter.absolute() if interpreter else None)
    chosen = _chosen(only or found.options.only, ignore + found.options.ignore)
    asking = bool(only or found.options.only) and any(rule.asks_tools for rule in chosen or ())
    request = replace(
        _request(found, expect, expect_functions, timeout),
        ask_tools=asking or online is not None,
        ask_registries=online is not None or _names_one_that_asks(only),
        online=None if online is None else online_of(online, found.targets, os.environ, cloud),
        log=None if logs is None else log_of(logs, found.root),
        images=images_of(images, found.targets) if images else {},
    )
    mended: tuple[Mended, ...] | None = None
    try:
        if fix:
            from funcyard.cli._check_fix import check_and_fix  # noqa: PLC0415 - few runs mend

            report, mended = check_and_fix(request, chosen or _all_rules(), yes=yes, form=form)
        else:
            from funcyard.preflight.run import run  # noqa: PLC0415 - keeps --help fast

            report = run(request, chosen)
    except IndexingError:
        if interpreter is not None:
            from funcyard.host.interpreters import check_interpreter  # noqa: PLC0415 - on a fault

            asyncio.run(check_interpreter(interpreter))
        raise
    from funcyard.cli import _check_baseline as _baseline  # noqa: PLC0415 - apps do not wait for it

    rules = chosen if chosen is not None else _all_rules()
    usual = _baseline.usual_baseline(found)
    if write_baseline:
        _baseline.write_baseline(baseline or usual, report, usual, as_json=form == "json")
        return 0
    if baseline or found.options.baseline is not None or usual.is_file():
        file = baseline or usual
        report = _baseline.without_baseline(file, report, rules, root=found.root, form=form)
    click.echo(_printed(report, rules, form, mended), nl=form != "github" or bool(report.findings))
    at = Severity(fail_on or found.options.fail_on)
    return report.exit_status(at, rules)


def _all_rules() -> Sequence[Rule]:
    from funcyard.preflight.rules import RULES  # noqa: PLC0415 - so many that apps do not wait for

    return RULES


def _chosen(only: Sequence[str], ignore: Sequence[str]) -> list[Rule] | None:
    """Return the rules that were chosen, None where all are to be run."""
    if not only and not ignore:
        return None
    from funcyard.preflight.selection import select  # noqa: PLC0415 - few choose

    return select(_all_rules(), only=only, ignore=ignore)


def _names_one_that_asks(only: tuple[str, ...]) -> bool:
    """Tell whether a rule is chosen by its own name that asks registries."""
    return bool(only) and any(rule.asks_registries and rule.id in only for rule in _all_rules())


def _request(
    found: Found, expect: int | None, expect_functions: str | None, timeout: float
) -> Request:
    from funcyard.cli._clock import today  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._importing import importing_environment  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.target import Request  # noqa: PLC0415 - keeps --help fast

    options = found.options
    names = (
        expect_functions.split(",") if expect_functions is not None else options.expect_functions
    )
    return Request(
        root=found.root,
        targets=found.targets,
        environment=importing_environment(),
        timeout=timeout,
        expected_count=options.expect if expect is None else expect,
        expected_names=frozenset(name.strip() for name in names if name.strip()) or None,
        markers_allowed=options.conflict_markers_allowed,
        today=today(),
        tell=functools.partial(click.echo, err=True),
    )


def _printed(
    report: Report, rules: Sequence[Rule], form: str, mended: tuple[Mended, ...] | None
) -> str:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.formats.github import as_github  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.formats.sarif import as_sarif  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.formats.table import as_table  # noqa: PLC0415 - keeps --help fast

    if form == "json":
        fixes = {} if mended is None else {"fixes": mended}
        return to_json({**report.as_dict(), **fixes})
    if form == "sarif":
        return as_sarif(report, rules)
    if form == "github":
        return as_github(report)
    return as_table(
        report,
        lambda word, severity: click.style(word, fg=_COLOURS[severity]),
        shutil.get_terminal_size((_WIDEST, 0)).columns,
    )


def _print_rules(explain: str | None, *, as_json: bool) -> None:
    from funcyard.cli._rules_text import rule_document, rule_text, rules_table  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.selection import find_rule  # noqa: PLC0415 - keeps --help fast

    rules = _all_rules()
    explained = find_rule(rules, explain) if explain else None
    if as_json:
        documents = [rule_document(rule) for rule in ([explained] if explained else rules)]
        click.echo(to_json(documents[0] if explained else {"rules": documents}))
    else:
        click.echo(rule_text(explained) if explained else rules_table(rules))
