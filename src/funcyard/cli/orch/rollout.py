"""``funcyard orch rollout``: a new revision, followed until it runs or says why not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.orch._options import app_options

if TYPE_CHECKING:
    from funcyard.cli.orch._rollout_view import View
    from funcyard.cli.orch._session import Session
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.rollout.rolling import Rollout


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the options say.

    Attributes:
        image: The new image; empty to leave it.
        container: In which container; empty for the only one.
        stamp: What makes a revision of what is there; empty for nothing.
        patience: Seconds to wait for the revision; None to wait for none.
        rolls_back: Whether what fails is sent back.
        is_dry: Whether nothing is sent.
    """

    image: str
    container: str
    stamp: str
    patience: float | None
    rolls_back: bool
    is_dry: bool


@click.command("rollout")
@click.option("--image", metavar="REF", default="", help="Run this image, by its digest.")
@click.option("--container", metavar="NAME", default="", help="In this container, of several.")
@click.option("--force", is_flag=True, help="Make a revision though nothing else changes.")
@click.option("--wait", "waits", is_flag=True, help="Follow the revision until it runs or fails.")
@click.option("--rollback", is_flag=True, help="Wait, and send back what fails.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option(
    "--timeout",
    type=FiniteRange(min=1.0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long to wait for a revision.",
)
@app_options
def command(
    choice: Choice,
    image: str,
    container: str,
    timeout: float,
    *,
    force: bool,
    waits: bool,
    rollback: bool,
    dry_run: bool,
) -> int:
    """Make a revision with another image, or with --force of what is there.

    Exit status: 0, 1 the revision does not run or somebody else changed the app, 2 bad usage,
    3 Azure refused, 4 Azure could not be reached, 130 after Ctrl-C.
    """
    from funcyard.cli.orch._rollout_view import View  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.rollout.plan import RolloutError  # noqa: PLC0415 - keeps --help fast

    if not image and not force:
        raise RolloutError("there is nothing to roll out", hint="--image REF, or --force")
    patience = timeout if waits or rollback else None
    stamp = datetime.now(UTC).isoformat(timespec="microseconds") if force else ""
    view = View(choice)
    wanted = _Wanted(image, container, stamp, patience, rollback, dry_run)
    return asyncio.run(_rolled_out(choice, wanted, view))


async def _rolled_out(choice: Choice, wanted: _Wanted, view: View) -> int:
    from funcyard.azure.errors import AzureUnreachableError  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.patience import BUSY_SECONDS  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast

    waits = BUSY_SECONDS if wanted.patience is None else wanted.patience
    async with opened(choice, waits=waits) as session:
        rollout = await _planned(session, wanted, view)
        if rollout.plan.is_nothing:
            view.nothing(rollout.plan)
            return 0
        if wanted.is_dry:
            view.planned(rollout.plan)
            return 0
        view.begins(rollout.plan)
        try:
            return await _carried_out(rollout, wanted, view)
        except (asyncio.CancelledError, AzureUnreachableError):  # the former by Ctrl-C
            view.breaks_off()
            raise


async def _planned(session: Session, wanted: _Wanted, view: View) -> Rollout:
    from funcyard.containerapps.reading import read_app  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.rollout.image import resolve  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.rollout.plan import plan_rollout  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.rollout.rolling import Rollout  # noqa: PLC0415 - keeps --help fast

    image = ""
    if wanted.image:
        busy = session.client.patience
        resolved = await resolve(wanted.image, session.sign_in, session.cloud, busy=busy)
        image = resolved.reference
        if resolved.warning:
            view.warns(resolved.warning)
    document = await session.client.app(session.app)
    plan = plan_rollout(document, image=image, stamp=wanted.stamp, container=wanted.container)
    return Rollout(session.client, session.cloud, session.app, read_app(document), plan)


async def _carried_out(rollout: Rollout, wanted: _Wanted, view: View) -> int:
    from funcyard.containerapps.rollout.rolling import Following  # noqa: PLC0415 - keeps --help fast

    if wanted.patience is None:
        view.ended(rollout, await rollout.send())
        return 0
    following = Following(wanted.patience, view.happens)
    ended = await rollout.send_and_follow(following, rolls_back=wanted.rolls_back)
    view.ended(rollout, ended)
    return 0 if ended.outcome is not None and ended.outcome.runs else 1
