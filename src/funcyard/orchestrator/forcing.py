"""What a run left is deleted: one round of it, which begins deletions and waits for none.

A round reads what is left, asks how deletions of the round before it ended, and deletes the first
wave of what is there, each resource by the API version of its type. Service principals are taken
away in every round, whatever becomes of resources, also those of runs that ended without doing so.
A thing counts as deleted when reading does not find it any more.

Rounds follow each other until one finds nothing left, or nothing more can be done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.errors import AzureFailedError, error_code
from funcyard.azure.manager import Work
from funcyard.azure.secrets.store import SecretRef
from funcyard.azure.secrets.vault import STORE
from funcyard.deploy.failures import FAULTS, is_absence, is_conflict, is_passing, retry_after
from funcyard.orchestrator import ordering, outcomes, principals, remaining, roles

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from funcyard.orchestrator.clients import Clients
    from funcyard.orchestrator.remaining import Remains

Json = dict[str, Any]

COMPLETED: Final = "completed"
PARTIAL: Final = "partial_failure"
FAILED: Final = "failed"
GOES_ON: Final = "in_progress"

_LOCKED: Final = "ScopeLocked"


async def force(
    clients: Clients,
    run_id: str,
    scenarios: Sequence[str],
    assignments: Iterable[str] = (),
    progress: Json | None = None,
) -> Json:
    """Do one round, and return how far cleanup is.

    Args:
        clients: Azure.
        run_id: Whose.
        scenarios: Names of its scenarios.
        assignments: Ids of role assignments that it made.
        progress: What the round before returned under that name.

    Returns:
        ``status`` (``completed``, ``partial_failure``, ``failed``, or ``in_progress`` where another
        round follows), counts, what is left with the reason, ``retry_after`` and ``progress``.
    """
    round_ = _Round(clients, run_id, progress or {})
    found = await remaining.read(
        clients,
        run_id,
        scenarios,
        assignments=assignments,
        also=round_.tried(),
        known=(progress or {}).get("reading"),
    )
    await round_.settle(found)
    await asyncio.gather(round_.delete(found), round_.take_away(found))
    return round_.told(found)


class _Round:
    """One round of cleanup."""

    def __init__(self, clients: Clients, run_id: str, progress: Json) -> None:
        self._clients = clients
        self._run_id = run_id
        self._tried: dict[str, Json] = dict(progress.get("tried") or {})
        self._gone: dict[str, Json] = dict(progress.get("gone") or {})
        self._going: dict[str, Json] = dict(progress.get("going") or {})
        self._reasons: dict[str, Json] = {}
        self._for_good: set[str] = set()
        self._others: list[Json] = list(progress.get("others") or ())
        self._pauses: list[float] = []

    def tried(self) -> list[Json]:
        """Return the resources that rounds before tried to delete."""
        return [one for one in self._tried.values() if "/" in one["type"]]

    async def settle(self, found: Remains) -> None:
        """Find out what of the rounds before is gone, and how deletions ended that went on."""
        left = {_key(one["id"]) for one in found.shown()}
        asked = (str(one["what"]) for one in found.unknown)
        unread = {_key(what.removeprefix(remaining.SECRET_QUESTION)) for what in asked}
        for key, one in self._tried.items():
            source = remaining.APPLICATIONS if one["type"] == remaining.PRINCIPAL else key
            if not {key, source} & (left | unread):
                self._gone[key] = one
        self._going = {key: work for key, work in self._going.items() if key in left}
        ended = await asyncio.gather(
            *(self._has_ended(key, work) for key, work in self._going.items())
        )
        over = {key for key, is_over in zip(self._going, ended, strict=True) if is_over}
        self._going = {key: work for key, work in self._going.items() if key not in over}

    async def delete(self, found: Remains) -> None:
        """Begin to delete the first wave whose resources are not refused for good."""
        for wave in ordering.waves(found.resources):
            todo = [one for one in wave if _key(one["id"]) not in self._going]
            await asyncio.gather(*(self._delete(found, one) for one in todo))
            if any(_key(one["id"]) not in self._for_good for one in wave):
                break

    async def take_away(self, found: Remains) -> None:
        """Take service principals away, and what lies in the vault or is assigned without one."""
        for one in found.applications:
            shown = {"id": one["id"], "name": one["displayName"], "type": remaining.PRINCIPAL}
            await self._try(shown, principals.remove(self._clients, one))
        for name in found.secrets:
            shown = {"id": name, "name": name, "type": remaining.SECRET}
            await self._try(shown, self._clients.secrets.delete(SecretRef(STORE, name)))
        for identity in found.assignments:
            shown = {
                "id": identity,
                "name": identity.rpartition("/")[2],
                "type": remaining.ASSIGNMENT,
            }
            await self._try(shown, self._clients.manager.delete(identity, roles.VERSION))
        await self._take_others_away()

    def told(self, found: Remains) -> Json:
        """Return how far cleanup is after this round."""
        left = [{**one, "error": self._reasons.get(_key(one["id"]))} for one in found.shown()]
        is_over = all(_key(one["id"]) in self._for_good for one in left)
        is_over = is_over and not any(one["later"] for one in found.unknown)
        if found.is_nothing:
            status = COMPLETED
        elif is_over:
            status = PARTIAL if self._gone else FAILED
        else:
            status = GOES_ON
        of_principals = [one for one in self._gone.values() if one["type"] == remaining.PRINCIPAL]
        return {
            "status": status,
            "deleted_count": len(self._gone) - len(of_principals),
            "failed_count": sum(one["error"] is not None for one in left),
            "sp_deleted_count": len(of_principals),
            "sp_deleted_of_other_runs": self._others,
            "remaining_resources": left,
            "unknown": found.unknown,
            "retry_after": max(self._pauses, default=None),
            "progress": {
                "tried": self._tried,
                "gone": self._gone,
                "going": self._going,
                "others": self._others,
                "reading": found.questions.nothing(),
            },
        }

    async def _has_ended(self, key: str, work: Json) -> bool:
        """Whether a deletion that went on has ended; the reason is kept where it failed."""
        operation = Work(self._clients.manager, work["address"], work["tells_status"])
        try:
            return (await operation.poll()).is_done
        except FAULTS as fault:
            if is_passing(fault):
                return False
            if not is_absence(fault):
                self._reasons[key] = outcomes.error(fault, "deleting it")
            return True

    async def _delete(self, found: Remains, one: Json) -> None:
        async def begun() -> None:
            version = await found.versions.of(one["type"])
            work = await self._clients.manager.delete(one["id"], version)
            if work is not None:
                going = {"address": work.address, "tells_status": work.tells_status}
                self._going[_key(one["id"])] = going

        await self._try(one, begun())

    async def _take_others_away(self) -> None:
        """Take service principals away that other runs left; a refusal is told, and no more."""
        try:
            left = await principals.left_by_others(self._clients, self._run_id)
        except FAULTS:
            return  # this run's own could not be read then either, which is told
        for one in left:
            told: Json = {"name": one["displayName"], "error": None}
            try:
                await principals.remove(self._clients, one)
            except FAULTS as fault:
                told["error"] = outcomes.error(fault, f"taking {one['displayName']} away")
            self._others = [other for other in self._others if other["name"] != told["name"]]
            self._others.append(told)

    async def _try(self, one: Json, work: Awaitable[object]) -> None:
        """Do something about a thing that is left, and keep the reason where it fails."""
        key = _key(one["id"])
        self._tried[key] = {name: one[name] for name in ("id", "name", "type")}
        try:
            await work
        except FAULTS as fault:
            self._reasons[key] = outcomes.error(fault, "deleting it")
            if (pause := retry_after(fault)) is not None:
                self._pauses.append(pause)
            if not is_passing(fault) and (not is_conflict(fault) or _is_locked(fault)):
                self._for_good.add(key)


def _key(identity: str) -> str:
    return identity.lower()


def _is_locked(fault: BaseException) -> bool:
    code = fault.service_code if isinstance(fault, AzureFailedError) else error_code(fault)
    return code == _LOCKED
