"""Looks at what is recorded of executions: has each ended, once, and is that how it was?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.bench.soak.promises import BrokenPromiseError, Endings

from funcyard.workflows.executions.model import Status
from funcyard.workflows.limits import EngineLimits
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import GitHubOrigin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.soak.versions import VersionJudge

    from funcyard.workflows.executions.listing import Listing
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executions.record import Record
    from funcyard.workflows.executions.store import Store
    from funcyard.workspace.scopes import Scope

_NEWEST = 200
_PAGE = 500
_LOST, _GIVEN_UP = "EngineLost", "QueueGaveUp"


@dataclass
class ExecutionJudge:
    """Proves the executions of the scope that follows a repository.

    Attributes:
        store: Of executions, by sound connections.
        listing: Of the same.
        scope: Whose.
        commits: The number of the tree of each commit.
        versions: Knows every version.
        endings: How executions were seen to have ended.
    """

    store: Store
    listing: Listing
    scope: Scope
    commits: Mapping[str, int]
    versions: VersionJudge
    endings: Endings = field(default_factory=lambda: Endings("execution"))

    async def look(self) -> None:
        """Look at the newest.

        Raises:
            BrokenPromiseError: One of them has ended twice.
        """
        self._seen((await self.listing.page(self.scope.name, limit=_NEWEST)).executions)

    async def pending(self) -> list[str]:
        """Return what has not ended."""
        return [f"the {one.execution}" async for one in self.listing.active(self.scope.name)]

    async def judge(self, told: Mapping[str, dict[str, Any]]) -> Counter[str]:
        """Prove every execution; return how many ended how.

        Args:
            told: What instances told of executions, by id.

        Raises:
            BrokenPromiseError: One has not ended, is missing, or tells what is not so.
        """
        found = [one.id for one in await self._every()]
        self.endings.prove_kept(found)
        if lost := told.keys() - set(found):
            raise BrokenPromiseError(f"executions were taken and lost: {sorted(lost)}")
        counted: Counter[str] = Counter()
        started: dict[int, str] = {}
        for identity in found:
            record = await self.store.get(self.scope.name, identity)
            given = json.loads(await self.store.parameters(record))["given"]
            if (other := started.setdefault(given, identity)) != identity:
                raise BrokenPromiseError(f"{other} and {identity} are of the same call")
            counted[await self._ended(record, told.get(identity, {}), given)] += 1
        return counted

    async def _every(self) -> list[Execution]:
        found: list[Execution] = []
        after = ""
        while True:
            page = await self.listing.page(self.scope.name, limit=_PAGE, after=after)
            found += page.executions
            if not (after := page.next):
                return self._seen(found)

    def _seen(self, executions: list[Execution]) -> list[Execution]:
        for one in executions:
            if one.status.final:
                self.endings.see(one.id, one)
        return executions

    async def _ended(self, record: Record, told: Mapping[str, Any], given: int) -> str:
        execution = record.execution
        identity = execution.id
        if not execution.status.final or execution.finished_at is None:
            raise BrokenPromiseError(f"the execution {identity} has not ended: {execution.status}")
        if told and told["given"] != given:
            raise BrokenPromiseError(f"{identity} was given something else than it was told")
        answered = told.get("status", "")
        if answered in {Status.SUCCESS, Status.FAILED} and answered != execution.status:
            raise BrokenPromiseError(f"{identity} was answered {answered}: {execution.status}")
        if execution.status is Status.SUCCESS:
            await self._succeeded(record, given)
            return f"{execution.mode}, {execution.status.value}"
        kind = "" if execution.failure is None else execution.failure.kind
        if execution.status is not Status.FAILED or kind not in {_LOST, _GIVEN_UP}:
            raise BrokenPromiseError(f"{identity} has ended as {execution.status}: {kind}")
        most = 1 if execution.mode == "sync" else EngineLimits().losses
        if kind == _LOST and execution.losses != most:
            raise BrokenPromiseError(f"{identity} was given up after {execution.losses} losses")
        return f"{execution.mode}, {execution.status.value}, {kind}"

    async def _succeeded(self, record: Record, given: int) -> None:
        execution = record.execution
        name = VersionName.parse(execution.version)
        if name not in self.versions.proved:
            raise BrokenPromiseError(f"{execution.id} ran a version that nobody has")
        library = self.versions.workspace.versions.library
        origin = (await library.load(self.scope, name)).origin
        assert isinstance(origin, GitHubOrigin)
        number = self.commits[origin.commit]
        result = json.loads(await self.store.result(record) or "null")
        if result != [given, number, number]:
            raise BrokenPromiseError(f"{execution.id} returned {result}, version {number} ran")
