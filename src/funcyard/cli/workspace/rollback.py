"""``funcyard workspace rollback``: make a new version with an older one's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_version
from funcyard.cli.workspace._confirming import confirmed, yes_option

if TYPE_CHECKING:
    from funcyard.workspace.api.versions import Changes


@click.command("rollback")
@click.argument("version", required=False, shell_complete=complete_version)
@yes_option
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@calling
def command(
    version: str | None, url: str, organization: str, *, yes: bool, dry_run: bool, as_json: bool
) -> int:
    """Make a new version with the files of VERSION, of the last one before the current without it.

    Where something else was published since it was shown, the platform refuses.

    Exit status: 0 it runs, 1 declined, or there is no older version, 2 bad usage, 3 the platform
    refuses, 4 it does not answer.
    """
    from funcyard.workspace.api.versions import compare, number_of, target  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    current, to = target(api, version)
    if dry_run or not (yes or as_json):
        changes = compare(api, current, to)
        planned = {"from": current, "to": to, "changes": changes}
        if dry_run:
            show(planned, lambda: [*_planned(changes), _nothing(changes, to)], as_json=as_json)
            return 0
        click.echo("\n".join(_planned(changes)), err=True)
    if not confirmed(
        f"Roll {api.scope} back to version {number_of(to)}?", yes=yes, as_json=as_json
    ):
        return 1
    seen = {"If-Match": f'"{current}"'}
    done = api.ask("POST", "/workspace/rollback", {"version": to}, headers=seen).json
    show(done, lambda: _done(done, to), as_json=as_json)
    return 0


def _planned(changes: Changes) -> list[str]:
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    marks = (("+", changes.added), ("~", changes.modified), ("-", changes.deleted))
    return [f"{mark} {visible(path)}" for mark, paths in marks for path in paths]


def _nothing(changes: Changes, to: str) -> str:
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    return f"{changes.unchanged} unchanged; back to version {number_of(to)}, nothing was done"


def _done(done: dict[str, Any], to: str) -> list[str]:
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    counts = f"{len(done['added'])} added, {len(done['modified'])} modified"
    what = f"version {number_of(done['version'])} has the files of {number_of(to)}"
    if not done["published"]:
        what = f"version {number_of(done['version'])} is the current one already"
    return [f"{done['status']}  {what}  {counts}, {len(done['deleted'])} deleted"]
