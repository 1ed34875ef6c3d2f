"""A sync: the scope is brought to where a repository's branch is now.

The branch is asked under the lease, and what it points to then is applied, whatever commit the push
that caused the sync named. So pushes that wait for each other come together in one, an older commit
never overwrites a newer one however the deliveries are ordered, and a revert or a force-push to an
old commit does apply, because the branch is there now. The lease's fence is recorded as the
sequence of what was applied.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.workspace.sync.changes import Changes, changes, wanted
from funcyard.workspace.sync.result import SyncResult
from funcyard.workspace.versions.manifest import File, Manifest
from funcyard.workspace.versions.origin import GitHubOrigin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import SourceTree
    from funcyard.workspace.sync.draft import Published
    from funcyard.workspace.sync.remote import Remote
    from funcyard.workspace.sync.session import Session
    from funcyard.workspace.versions.state import State
    from funcyard.workspace.versions.storage import Versions


class EmptyTreeError(FuncyardError):
    """The commit has no file that could be taken, and the workspace has some."""

    code = "workspace-empty-tree"


async def push(
    session: Session,
    remote: Remote,
    *,
    full: bool = False,
    allow_empty: bool = False,
    only_if_moved: bool = False,
) -> SyncResult:
    """Apply where the branch is now.

    Args:
        session: Of the scope.
        remote: The branch.
        full: Whether to prove every stored content and everything in the view.
        allow_empty: Whether a commit without files may empty the workspace.
        only_if_moved: Whether to leave everything where the branch is at the commit that was
            applied last, even if the workspace was edited or rolled back since.

    Raises:
        EmptyTreeError: See ``allow_empty``.
        LeaseLostError: The lease was lost before anything was published.
        FuncyardError: The repository or storage refuses or cannot be reached.
    """
    state = session.lease.state
    with session.stage("fetch"):
        session.report("fetch", 0, 1)
        head = await remote.head()
        if not full and _applied(state, session.base, remote, head, only_if_moved=only_if_moved):
            return await _unchanged(session)
        tree = await remote.tree(head, () if session.base is None else session.base.paths)
        session.report("fetch", 1, 1)
    had = state.current is not None and (session.base is None or bool(session.base.files))
    _check_not_empty(tree, had=had, allow_empty=allow_empty)
    damaged: set[str] = set()
    if full and session.base is not None:
        with session.stage("verify"):
            damaged = await session.versions.contents.damaged(session.base)
    origin = GitHubOrigin(remote.repository, remote.branch, head, session.lease.fence)
    with session.stage("store"):
        published, what = await _publish(session, tree, origin, damaged)
        await session.leave_out(tree.left_out)
    moved, fault = await session.show(None if published is None else published.fresh, full=full)
    return SyncResult(
        scope=state.scope,
        version=session.lease.state.current,
        published=published is not None,
        origin=origin,
        changes=what,
        left_out=tree.left_out,
        stored=0 if published is None else published.stored,
        view=moved,
        view_fault=fault,
        seconds=session.seconds,
    )


async def plan(
    versions: Versions, scope: Scope, remote: Remote, *, allow_empty: bool = False
) -> SyncResult:
    """Return what a sync would do, without a lease and without changing anything.

    A file whose object id is not known counts as modified: its content is not read.

    Raises:
        EmptyTreeError: It would be refused.
        FuncyardError: The repository or storage refuses or cannot be reached.
    """
    current = await versions.current(scope)
    base = None if current is None else current[1]
    head = await remote.head()
    tree = await remote.tree(head, () if base is None else base.paths)
    _check_not_empty(tree, had=base is not None and bool(base.files), allow_empty=allow_empty)
    after = {}
    known = wanted(base, tree.files).known
    for file in tree.files:
        # Another object id is another content: its own id stands for a hash nobody has.
        after[file.path] = known.get(file.object_id) or File(file.object_id, file.size)
    return SyncResult(
        scope=scope,
        version=None if current is None else current[0],
        origin=GitHubOrigin(remote.repository, remote.branch, head, 0),
        changes=changes({} if base is None else base.files, after),
        left_out=tree.left_out,
        planned=True,
    )


def _applied(
    state: State, base: Manifest | None, remote: Remote, head: str, *, only_if_moved: bool
) -> bool:
    """Whether the commit has been applied and, unless that is all that counts, still runs."""
    told = state.applied
    same = told is not None and (told.repository, told.branch, told.commit) == (
        remote.repository,
        remote.branch,
        head,
    )
    runs = base is not None and isinstance(base.origin, GitHubOrigin)
    return same and (runs or only_if_moved)


async def _unchanged(session: Session) -> SyncResult:
    """Bring the view up; what the commit had left out is still left out, where that runs."""
    moved, fault = await session.show()
    state, base = session.lease.state, session.base
    runs = base is not None and isinstance(base.origin, GitHubOrigin)
    left_out = state.left_out if runs else ()
    return SyncResult(
        scope=state.scope,
        version=state.current,
        origin=state.applied,
        changes=Changes(unchanged=0 if base is None else len(base.files)),
        left_out=left_out,
        more_left_out=state.left_out_count - len(left_out) if runs else 0,
        view=moved,
        view_fault=fault,
        seconds=session.seconds,
    )


def _check_not_empty(tree: SourceTree, *, had: bool, allow_empty: bool) -> None:
    if had and not tree.files and not allow_empty:
        raise EmptyTreeError(
            f"the commit {tree.revision[:12]} has no file that could be taken, and the workspace"
            " has some: nothing was changed",
            hint="if it is meant, sync with --allow-empty (allowEmpty)",
        )


async def _publish(
    session: Session, tree: SourceTree, origin: GitHubOrigin, damaged: Collection[str]
) -> tuple[Published | None, Changes]:
    """Publish the tree; where its files are those that run already, only note the commit."""
    base = session.base
    todo = wanted(base, tree.files, damaged)
    taken: dict[str, File] = dict(todo.known)
    async with session.draft(distrusted=damaged) as draft:
        if todo.missing:
            done = 0
            async with aclosing(_contents(tree, todo.missing)) as reading:
                async for object_id, content in reading:
                    taken[object_id] = await draft.content(content, object_id)
                    done += 1
                    session.report("store", done, len(todo.missing))
        files = {file.path: taken[file.object_id] for file in tree.files}
        what = changes({} if base is None else base.files, files)
        if base is not None and files == base.files and not base.directories and not damaged:
            await session.lease.change(replace(session.lease.state, applied=origin))
            return None, what
        return await draft.publish(files, (), origin), what


async def _contents(tree: SourceTree, wanted: Iterable[str]) -> AsyncGenerator[tuple[str, bytes]]:
    reading = tree.contents(wanted)
    try:
        async for pair in reading:
            yield pair
    finally:
        if isinstance(reading, AsyncGenerator):
            await reading.aclose()
