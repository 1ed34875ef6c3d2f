"""``funcyard workspace sync``: bring the workspace to where the repository's branch is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient

_LOOK_SECONDS = 0.2
_ENDED = ("completed", "failed")
_EMPTY = "workspace-empty-tree"


class SyncFailedError(FuncyardError):
    """The sync ended without what it was for."""

    code = "workspace-sync-failed"


@click.command("sync")
@click.option("--verify", is_flag=True, help="Prove every stored file and repair what is damaged.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option(
    "--allow-empty", is_flag=True, help="Let a commit without files remove all of the workspace's."
)
@calling
def command(
    url: str, organization: str, *, verify: bool, dry_run: bool, allow_empty: bool, as_json: bool
) -> None:
    """Bring the workspace to where the branch of its repository is, and wait for it.

    Exit status: 0 in step, 1 the sync failed, 2 bad usage, 3 the platform refuses, 4 it does not
    answer.
    """
    api = client(url, organization)
    place = f"/github-connections/{api.scope}/sync"
    if dry_run:
        plan = api.call("POST", place, {"dryRun": True, "allowEmpty": allow_empty})
        show(plan, lambda: _planned(plan), as_json=as_json)
        return
    identity = api.call("POST", place, {"verify": verify, "allowEmpty": allow_empty})["jobId"]
    job = _ended(api, identity, quiet=as_json)
    if job["status"] == "failed":
        meant = "if it is meant, sync with --allow-empty"
        raise SyncFailedError(
            f"the sync failed: {job.get('errorMessage')}",
            hint=meant if job.get("errorCode") == _EMPTY else None,
        )
    show(job, lambda: _done(job), as_json=as_json)


def _ended(api: ApiClient, identity: str, *, quiet: bool) -> dict[str, Any]:
    """Return a job once it has ended, and tell meanwhile how far it is."""
    said = ""
    while True:
        job: dict[str, Any] = api.call("GET", f"/sync-jobs/{identity}")
        if job["status"] in _ENDED:
            return job
        if job["status"] != said and not quiet:
            said = job["status"]
            click.echo(f"{said} {identity}", err=True)
        time.sleep(_LOOK_SECONDS)


def _planned(plan: dict[str, Any]) -> list[str]:
    marks = (("added", "+"), ("modified", "~"), ("deleted", "-"))
    lines = [f"{mark} {path}" for name, mark in marks for path in plan[name]]
    return [*lines, *_left_out(plan), f"{plan['unchanged']} unchanged; nothing was done"]


def _left_out(told: dict[str, Any]) -> list[str]:
    return [f"! {one['path']}  left out: {one['detail']}" for one in told["leftOut"]]


def _done(job: dict[str, Any]) -> list[str]:
    counts = f"{job['filesAdded']} added, {job['filesModified']} modified"
    commit = (job["appliedCommitSha"] or "")[:12]
    lines = [*_left_out(job)]
    if more := job["leftOutCount"] - len(lines):
        lines.append(f"! {more} more left out")
    return [*lines, f"{job['outcome']}  {commit}  {counts}, {job['filesDeleted']} deleted"]
