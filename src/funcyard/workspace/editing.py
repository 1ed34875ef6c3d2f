"""Edits by hand: one change makes one version, under the scope's lease, and runs at once.

Whether a file or folder is what the caller means to change is checked under the lease, against the
current version (:mod:`.conditions`). Where a repository is connected nothing can be edited: that
is asked under the lease, too, so an edit and the first sync of a new connection never cross.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError, UserError
from funcyard.workspace.conditions import ALWAYS
from funcyard.workspace.edit_tree import EditTree
from funcyard.workspace.paths import check_path
from funcyard.workspace.scopes import Scope
from funcyard.workspace.sync.view import Moved
from funcyard.workspace.versions.origin import EditOrigin

if TYPE_CHECKING:
    from funcyard.workspace.conditions import Condition
    from funcyard.workspace.sync.draft import Draft
    from funcyard.workspace.sync.engine import Workspace
    from funcyard.workspace.versions.name import VersionName

    Change = Callable[[EditTree, Draft], Awaitable[None]]
    """Changes a tree of files, or says why it must not."""

MOST_BYTES: Final = 10 << 20
"""A file may not be larger."""

WAIT_SECONDS: Final = 10.0
"""How long an edit waits for another one in the same scope."""

Connected = Callable[[Scope], Awaitable[bool]]
"""Whether a scope is kept in step with a repository now."""


class ConnectedError(UserError):
    """The workspace is kept in step with GitHub and cannot be edited."""

    code = "workspace-connected"


class FileTooLargeError(UserError):
    """The file is larger than a file may be."""

    code = "workspace-file-too-large"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that runs.

    Attributes:
        version: The version that runs now: a new one, unless nothing differs.
        created: Whether the path was new.
        etag: Of the file or folder at the path now, a moved one's where it is; None where
            nothing is there any more.
        view: What was done to the view.
        view_fault: Why the view is behind; None where it shows the version.
    """

    version: VersionName | None
    created: bool
    etag: str | None
    view: Moved = field(default_factory=Moved)
    view_fault: FuncyardError | None = None


class Editor:
    """Edits of a workspace.

    Every method raises ``ConnectedError`` where the scope is connected, ``InvalidPathError`` for a
    path that no workspace can hold, ``WorkspaceBusyError`` and ``AzureFailedError``.

    Args:
        workspace: Versions and view.
        connected: Whether a scope is kept in step with a repository now.
    """

    def __init__(self, workspace: Workspace, connected: Connected) -> None:
        self._workspace = workspace
        self._connected = connected

    async def put(
        self, scope: Scope, path: str, content: bytes, *, by: str, condition: Condition = ALWAYS
    ) -> Edited:
        """Write a file, and the folders it is in.

        Raises:
            FileTooLargeError: It is larger than 10 MB.
            ContentChangedError: The condition does not hold.
            AlreadyThereError: A folder is there, a file where a folder would have to be, or a name
                that differs only by case.
        """
        if len(content) > MOST_BYTES:
            raise FileTooLargeError(
                f"{path} has {len(content)} bytes, more than {MOST_BYTES}",
                hint="keep large data in a storage account and read it from there",
            )

        async def change(tree: EditTree, draft: Draft) -> None:
            file = tree.check_file_place(path)
            condition.check(path, None if file is None else file.sha256)
            tree.put(path, await draft.content(content))

        return await self._edit(scope, EditOrigin(by, "put", path), path, change)

    async def delete(
        self, scope: Scope, path: str, *, by: str, condition: Condition = ALWAYS
    ) -> Edited:
        """Remove a file; the folder it is in stays.

        Raises:
            NotThereError: There is none.
            ContentChangedError: The condition does not hold.
        """
        change = _of_what_is_there(path, condition, lambda tree: tree.delete(path))
        return await self._edit(scope, EditOrigin(by, "delete", path), path, change)

    async def move(
        self,
        scope: Scope,
        path: str,
        to: str,
        *,
        by: str,
        condition: Condition = ALWAYS,
        overwrite: bool = False,
    ) -> Edited:
        """Move or rename a file, or a folder with all that is in it.

        With ``overwrite`` a file may take the place of another file.

        Raises:
            NotThereError: Nothing is there.
            AlreadyThereError: Something is where it shall go.
            MoveIntoItselfError: A folder is moved to where it is, or into itself.
            ContentChangedError: The condition does not hold of what is moved.
        """
        change = _of_what_is_there(
            path, condition, lambda tree: tree.move(path, to, overwrite=overwrite)
        )
        return await self._edit(scope, EditOrigin(by, "move", path), to, change)

    async def make_directory(
        self, scope: Scope, path: str, *, by: str, condition: Condition = ALWAYS
    ) -> Edited:
        """Make a folder, and those it is in; it stays though it holds nothing.

        Raises:
            AlreadyThereError: Something is there, or a file where a folder would have to be.
            ContentChangedError: The condition does not hold where nothing is: it asks for an ETag.
        """

        async def change(tree: EditTree, _: Draft) -> None:
            tree.make_directory(path)
            condition.check(path, None)

        return await self._edit(scope, EditOrigin(by, "make-directory", path), path, change)

    async def remove_directory(
        self, scope: Scope, path: str, *, by: str, condition: Condition = ALWAYS
    ) -> Edited:
        """Remove a folder and all that is in it.

        Raises:
            NotThereError: There is none.
            ContentChangedError: The condition does not hold.
        """
        change = _of_what_is_there(path, condition, lambda tree: tree.remove_directory(path))
        return await self._edit(scope, EditOrigin(by, "remove-directory", path), path, change)

    async def _edit(
        self,
        scope: Scope,
        origin: EditOrigin,
        path: str,
        change: Change,
    ) -> Edited:
        check_path(origin.path)
        check_path(path)
        await self._check_editable(scope)
        async with self._workspace.session(scope, wait=WAIT_SECONDS) as session:
            await self._check_editable(scope)
            tree = EditTree.of(await session.current())
            before = (tree.files.copy(), tree.directories)
            known = path in tree.files or path in tree.folders
            async with session.draft() as draft:
                await change(tree, draft)
                fresh = None
                if (tree.files, tree.directories) != before:
                    fresh = (await draft.publish(tree.files, tree.directories, origin)).fresh
            moved, fault = await session.show(fresh)
            version = session.lease.state.current
            return Edited(version, not known, tree.etag(path), moved, fault)

    async def _check_editable(self, scope: Scope) -> None:
        if await self._connected(scope):
            raise ConnectedError(
                f"the workspace of {scope} is kept in step with GitHub and can only be read",
                hint="push the change to the repository, or disconnect it",
            )


def _of_what_is_there(path: str, condition: Condition, act: Callable[[EditTree], object]) -> Change:
    """Return the change that does something with what is at a path, if that is what is meant."""

    async def change(tree: EditTree, _: Draft) -> None:
        etag = tree.etag(path)
        act(tree)
        condition.check(path, etag)

    return change
