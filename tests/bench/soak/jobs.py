"""Looks at what is recorded of syncs: has each ended, once, and is what it tells so?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.soak.promises import BrokenPromiseError, Endings

from funcyard.workspace.jobs.model import MOST_RETRIES, Status
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import GitHubOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.bench.soak.versions import VersionJudge
    from tests.integration.workspace.connected.platform import Platform

    from funcyard.workspace.jobs.model import Job
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.manifest import File

REFUSED = "repository-refused"
"""What a sync tells that has a token which is not good any more."""

_NEWEST = 50
_PAGE = 500


@dataclass
class JobJudge:
    """Proves the syncs of the scope that follows a repository.

    Attributes:
        platform: By sound connections.
        scope: Whose.
        commits: The number of the tree of each commit; later ones are higher.
        versions: Knows every version.
        revoked: Whether the token was revoked at some moment between two.
        endings: How syncs were seen to have ended.
    """

    platform: Platform
    scope: Scope
    commits: Mapping[str, int]
    versions: VersionJudge
    revoked: Callable[[datetime, datetime], bool]
    endings: Endings = field(default_factory=lambda: Endings("sync"))

    async def look(self) -> None:
        """Look at the newest.

        Raises:
            BrokenPromiseError: One of them has ended twice.
        """
        self._seen((await self.platform.jobs.page(self.scope, limit=_NEWEST)).jobs)

    async def pending(self) -> list[str]:
        """Return what has not ended."""
        return [f"the {one.job}" for one in await self.platform.jobs.active(self.scope)]

    async def judge(self, accepted: Mapping[str, str]) -> Counter[str]:
        """Prove every sync; return how many ended how.

        Args:
            accepted: The commit of each job that a delivery was answered with.

        Raises:
            BrokenPromiseError: One has not ended, is missing, or tells what is not so.
        """
        jobs = {job.id: job for job in await self._every()}
        self.endings.prove_kept(jobs)
        if lost := accepted.keys() - jobs.keys():
            raise BrokenPromiseError(f"deliveries were answered, and their syncs lost: {lost}")
        pushes = Counter(job.commit for job in jobs.values() if job.reason == "push")
        if twice := [commit for commit, count in pushes.items() if count > 1]:
            raise BrokenPromiseError(f"more than one sync of {twice}")
        counted: Counter[str] = Counter()
        for job in jobs.values():
            if job.id in accepted and accepted[job.id] != job.commit:
                raise BrokenPromiseError(f"{job.id} is of another commit than was answered")
            counted[await self._ended(job, jobs)] += 1
        return counted

    async def _every(self) -> list[Job]:
        found: list[Job] = []
        after = ""
        while True:
            page = await self.platform.jobs.page(self.scope, limit=_PAGE, after=after)
            found += page.jobs
            if not (after := page.next):
                return self._seen(found)

    def _seen(self, jobs: list[Job]) -> list[Job]:
        for job in jobs:
            if job.status.final:
                self.endings.see(job.id, job)
        return jobs

    async def _ended(self, job: Job, jobs: Mapping[str, Job]) -> str:
        match job.status:
            case Status.COMPLETED:
                await self._completed(job, jobs)
                return f"completed, {job.outcome}"
            case Status.FAILED:
                self._failed(job, jobs)
                return f"failed, {job.error_code}"
        raise BrokenPromiseError(f"the sync {job.id} has not ended: {job.status}")

    async def _completed(self, job: Job, jobs: Mapping[str, Job]) -> None:
        name = VersionName.parse(job.version)
        if name not in self.versions.proved:
            raise BrokenPromiseError(f"the sync {job.id} tells of a version that nobody has")
        if self.commits[job.applied] < self.commits.get(job.commit, 0):
            raise BrokenPromiseError(f"the sync {job.id} has applied an older commit")
        if job.superseded_by:
            if job.superseded_by not in jobs:
                raise BrokenPromiseError(f"{job.id} was done by a sync that is not there")
            return
        library = self.platform.workspace.versions.library
        manifest = await library.load(self.scope, name)
        if not isinstance(manifest.origin, GitHubOrigin) or manifest.origin.commit != job.applied:
            raise BrokenPromiseError(f"the sync {job.id} tells of another commit than its version")
        if job.outcome == "unchanged" or job.retries:
            return  # a worker that was killed may have published it
        before: Mapping[str, File] = {}
        if manifest.parent is not None:
            before = (await library.load(self.scope, manifest.parent)).files
        after = manifest.files
        told = (job.added, job.modified, job.deleted, job.total)
        modified = sum(before[path] != after[path] for path in after.keys() & before.keys())
        wanted = (len(after.keys() - before.keys()), modified, len(before.keys() - after.keys()))
        if told != (*wanted, len(after)):
            raise BrokenPromiseError(f"the sync {job.id} tells {told}, and did {wanted}")

    def _failed(self, job: Job, jobs: Mapping[str, Job]) -> None:
        if job.completed_at is None or not job.error:
            raise BrokenPromiseError(f"the sync {job.id} does not tell why it failed")
        if job.error_code == REFUSED:
            if not self.revoked(job.started_at or job.queued_at, job.completed_at):
                raise BrokenPromiseError(f"{job.id} tells of a refusal when the token was good")
        elif job.superseded_by:
            if job.superseded_by not in jobs:
                raise BrokenPromiseError(f"{job.id} failed with a sync that is not there")
        elif job.retries < MOST_RETRIES:
            raise BrokenPromiseError(f"{job.id} was given up after {job.retries}: {job.error_code}")
