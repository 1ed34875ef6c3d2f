"""``funcyard workspace run``: execute a workflow and wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli._examples import examples
from funcyard.cli._paths import ANY_PATH
from funcyard.cli.workspace._calling import calling, client
from funcyard.cli.workspace._completing import complete_workflow

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.api.client import ApiClient


@click.command(
    "run",
    epilog=examples(
        ("workspace run report -p month=2026-10", "wait for it, with its log"),
        ("workspace run report --input - < given.json", "with a JSON object"),
        ("workspace run report --async", "only start it"),
    ),
)
@click.argument("name", shell_complete=complete_workflow)
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="One parameter."
)
@click.option(
    "--input", "source", type=ANY_PATH, metavar="FILE", help="A JSON object; - standard input."
)
@click.option("--async", "detached", is_flag=True, help="Start it and print its id.")
@click.option("--key", metavar="TEXT", help="Start it once, however often this is run.")
@calling
def command(
    name: str,
    parameters: tuple[str, ...],
    source: Path | None,
    key: str | None,
    url: str,
    organization: str,
    *,
    detached: bool,
    as_json: bool,
) -> int:
    """Execute the workflow NAME and print what it returned; its log goes to standard error.

    Exit status: 0 it ended Success (or was started), 1 it ended otherwise, 2 bad usage, 3 the
    platform refuses, 4 it does not answer, 130 interrupted; the execution goes on then.
    """
    from funcyard.cli.workspace._parameters import given  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import executions  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.errors import ApiUnreachableError  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    told = given(parameters, source)
    done = executions.start(api, name, told, wait=not detached, key=key)
    identity = done["executionId"]
    if detached:
        click.echo(to_json(done) if as_json else identity)
        return 0
    try:
        done = _ended(api, done, quiet=as_json)
    except (KeyboardInterrupt, ApiUnreachableError):
        click.echo(f"it goes on; funcyard workspace cancel {identity} ends it", err=True)
        raise
    if as_json:
        click.echo(to_json(done))
    elif done["status"] in executions.RETURNED:
        click.echo(to_json(done["result"]))
    return 0 if done["status"] == executions.SUCCESS else 1


def _ended(api: ApiClient, begun: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return an execution with its result once it has ended, and show its log meanwhile."""
    from funcyard.cli.workspace._showing import entry, failure, took  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import executions  # noqa: PLC0415 - keeps --help fast

    identity, done = begun["executionId"], begun
    if begun["status"] not in executions.ENDED and not quiet:
        click.echo(f"{begun['status']}  {identity}", err=True)
    for one in executions.follow(api, identity):
        if not quiet:
            click.echo(entry(one), err=True)
    if begun["status"] not in executions.ENDED:
        done = executions.read(api, identity)
    if done["status"] in executions.RETURNED and "result" not in done:
        done["result"] = executions.result(api, identity)
    if not quiet:
        ended = f"{done['status']}  {identity}  {took(done['durationMs'])}"
        click.echo("\n".join([ended, *failure(done)]), err=True)
    return done
