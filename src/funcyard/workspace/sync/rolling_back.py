"""A rollback: a new version with the files of an older one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.workspace.conditions import ALWAYS
from funcyard.workspace.sync.changes import Changes, changes
from funcyard.workspace.sync.result import SyncResult
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.origin import RollbackOrigin

if TYPE_CHECKING:
    from funcyard.workspace.conditions import Condition
    from funcyard.workspace.sync.session import Session
    from funcyard.workspace.versions.name import VersionName


class NoOlderVersionError(UserError):
    """There is no version before the current one."""

    code = "workspace-no-older-version"


async def roll_back(
    session: Session, to: VersionName | None, by: str, condition: Condition = ALWAYS
) -> SyncResult:
    """Publish the files of a kept version anew.

    Args:
        session: Of the scope.
        to: The version; None for the last good one before the current.
        by: Who asks for it.
        condition: What must hold of the version that runs now, by its name.

    Raises:
        NoOlderVersionError: ``to`` is None and there is none.
        VersionGoneError: The version is not kept.
        ContentChangedError: The condition does not hold.
        ManifestError: Its manifest is damaged.
        LeaseLostError: The lease was lost before anything was published.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    state = session.lease.state
    to = to or state.previous
    if to is None:
        raise NoOlderVersionError(f"the workspace of {state.scope} has no older version")
    if to not in state.living:
        raise VersionGoneError(
            f"version {to.short} of {state.scope} is not kept", hint="list the versions that are"
        )
    current = None if state.current is None else str(state.current)
    condition.check(f"the workspace of {state.scope}", current)
    target = await session.versions.library.load(state.scope, to)
    files = {} if session.base is None else session.base.files
    origin = RollbackOrigin(by, str(to))
    if to == state.current:
        moved, fault = await session.show()
        what, published = Changes(unchanged=len(files)), None
    else:
        sources = [one for one in (session.base, target) if one is not None]
        with session.stage("store"):
            async with session.draft(sources) as draft:
                published = await draft.publish(target.files, target.directories, origin)
        what = changes(files, target.files)
        moved, fault = await session.show(published.fresh)
    return SyncResult(
        scope=state.scope,
        version=session.lease.state.current,
        published=published is not None,
        origin=origin,
        changes=what,
        view=moved,
        view_fault=fault,
        seconds=session.seconds,
    )
