"""Work on one scope under its lease: what is current, the next version, the view brought to it."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from funcyard.errors import FuncyardError
from funcyard.workspace.sync.draft import Draft
from funcyard.workspace.sync.view import Moved
from funcyard.workspace.versions.lease import LeaseLostError
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.manifest import Manifest, ManifestError
from funcyard.workspace.versions.state import KEPT

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.sync.progress import Report
    from funcyard.workspace.sync.view import View
    from funcyard.workspace.versions.lease import Lease
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.storage import Versions

_MOST_SHOWN: Final = 2 * KEPT


class Session:
    """A scope whose lease is held.

    Attributes:
        versions: Where versions are kept.
        lease: The scope's.
        base: The current version's manifest; None where there is none or it is damaged.
        seconds: How long each stage took, and ``total``.
    """

    def __init__(self, versions: Versions, view: View, lease: Lease, report: Report) -> None:
        self.versions = versions
        self.lease = lease
        self.base: Manifest | None = None
        self.seconds: dict[str, float] = {}
        self.report = report
        self._view = view
        # What the view shows whole; publishing says at once that it no longer does.
        self._whole = lease.state.view if lease.state.view_clean else None
        self._at_first = lease.state
        self._start = monotonic()

    @classmethod
    async def open(cls, versions: Versions, view: View, lease: Lease, report: Report) -> Self:
        """Read what is current.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        opened, state = cls(versions, view, lease, report), lease.state
        if state.current is not None:
            with suppress(VersionGoneError, ManifestError):
                opened.base = await versions.library.load(state.scope, state.current)
        return opened

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of a stage."""
        start = monotonic()
        try:
            yield
        finally:
            now = monotonic()
            self.seconds[name] = round(self.seconds.get(name, 0) + now - start, 4)
            self.seconds["total"] = round(now - self._start, 4)

    async def current(self) -> Manifest | None:
        """Return the current version's manifest, None before the first.

        Raises:
            VersionGoneError: It is gone.
            ManifestError: It is damaged.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        state = self.lease.state
        if self.base is None and state.current is not None:
            return await self.versions.library.load(state.scope, state.current)
        return self.base

    def draft(
        self, sources: Sequence[Manifest] | None = None, distrusted: Collection[str] = ()
    ) -> Draft:
        """Return the next version in the making.

        Args:
            sources: Versions whose contents it may take over; by default the current one.
            distrusted: Hashes of contents that it does not.
        """
        if sources is None:
            sources = () if self.base is None else (self.base,)
        return Draft(self.versions, self.lease, sources, distrusted)

    async def show(
        self, fresh: Mapping[str, bytes] | None = None, *, full: bool = False
    ) -> tuple[Moved, FuncyardError | None]:
        """Bring the view to the current version and give the lease up.

        Args:
            fresh: Contents that are at hand, by hash.
            full: Whether to look at everything that is in the view.

        Returns:
            What was done, and why the view is still behind, None where it is not.
        """
        state = self.lease.state
        if state.current is None or (state.view_clean and state.view == state.current and not full):
            self._view.faults.pop(state.scope, None)
            return Moved(), None
        try:
            with self.stage("view"):
                manifest = await self.versions.library.load(state.scope, state.current)
                before = None if full else await self._shown()
                moved = await self._view.show(
                    manifest,
                    before=before,
                    shown=await self.maybe_shown(),
                    fresh=fresh or {},
                    check=self.lease.check,
                    report=self.report,
                )
                await self.lease.change(state.shown(), done=True)
        except FuncyardError as fault:
            if not isinstance(fault, LeaseLostError):  # else somebody else brings it up
                self._view.faults[state.scope] = fault
            return Moved(), fault
        self._view.faults.pop(state.scope, None)
        return moved, None

    async def leave_out(self, left_out: Collection[LeftOut], *, shown: bool = False) -> None:
        """Note what of a source is in no version, so that people see it where they look.

        Args:
            left_out: All of it.
            shown: Whether the view shows the current version: then the lease is given up, too.

        Raises:
            LeaseLostError: The lease was lost.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        before = self.lease.state
        state = before.without(left_out)
        if shown:
            await self.lease.change(state.shown(), done=True)
        elif state != before:
            await self.lease.change(state)

    async def maybe_shown(self) -> list[Manifest]:
        """Return the versions of which the view could show something when the lease was taken.

        Where it was left halfway that may be any since the one that it showed whole: those that are
        kept, and those that they followed for as long as they can be read.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        state = self._at_first
        first = 0 if state.view is None else state.view.number
        names = [one for one in (state.view,) if one is not None]
        if not state.view_clean:
            names = sorted(name for name in state.living if name.number >= first)
        found: dict[VersionName, Manifest] = {}
        while names and len(found) < _MOST_SHOWN:
            name = names.pop()
            if name in found:
                continue
            with suppress(VersionGoneError, ManifestError):
                found[name] = await self.versions.library.load(state.scope, name)
                parent = found[name].parent
                if parent is not None and parent.number >= first:
                    names.append(parent)
        return list(found.values())

    async def _shown(self) -> Manifest | None:
        if self._whole is None:
            return None
        with suppress(VersionGoneError, ManifestError):
            return await self.versions.library.load(self.lease.state.scope, self._whole)
        return None


@asynccontextmanager
async def session(
    versions: Versions, view: View, scope: Scope, *, wait: float, report: Report
) -> AsyncGenerator[Session]:
    """Hold a scope's lease and read what is current.

    Raises:
        WorkspaceBusyError: Somebody else holds it.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    async with versions.ledger.lease(scope, wait=wait) as lease:
        yield await Session.open(versions, view, lease, report)
