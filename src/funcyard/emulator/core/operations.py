"""Changes that take their time: begun by a request, followed by others, ended in the background.

An operation is kept with its end's time before its request is answered. One that a kill cut short
goes on at the next start: what it does can be done again.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode

from funcyard.emulator.activitylog import events
from funcyard.emulator.core import removing
from funcyard.emulator.core.backing import Deferred
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import FAILED, RUNNING, SUCCEEDED, Kept, Operation
from funcyard.emulator.core.regions import region
from funcyard.emulator.core.target import read
from funcyard.emulator.http import Answer, quoted
from funcyard.emulator.internal import said_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.types import ResourceType

_LOGGER = logging.getLogger(__name__)
_KEPT_SECONDS: Final = 24 * 3600
"""For how long it is told how an operation ended."""


class Operations:
    """The operations of a Resource Manager."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(
        self,
        call: Call,
        kept: Kept,
        manner: Manner,
        verb: str,
        *,
        is_new: bool = False,
        result_path: str = "",
    ) -> dict[str, str]:
        """Begin a change of a resource that is kept; return the headers by which it is followed.

        Args:
            call: That asks for it.
            kept: The resource, as it is kept meanwhile.
            manner: How it is answered.
            verb: ``put`` or ``delete``.
            is_new: Whether it makes what was not there.
            result_path: Where its result is asked for, where that is not its type's.
        """
        core = self._core
        kind = core.type_of(kept)
        before = core.store.find(kept.key) if kind.restores else None
        one = self._operation(kept, manner, verb, result_path)
        one = replace(one, is_new=is_new, before=None if before is None else asdict(before))
        with core.store.transaction():
            core.store.save(kept)
            core.store.save_operation(one)
        self._launch(one)
        return self._headers(call, kind, one, manner.tracking)

    def begin_deferred(
        self, call: Call, kind: ResourceType, manner: Manner, verb: str, body: Json
    ) -> dict[str, str]:
        """Begin a change of a resource whose data plane is told at the end.

        Args:
            call: That asks for it.
            kind: Its type.
            manner: How it is answered.
            verb: ``put`` or ``delete``.
            body: What is written.
        """
        target, now = replace(call.named, type=kind.name), self._core.clock.stamp()
        one = self._operation(Kept(target.id, kind.name, {}, RUNNING, now, now), manner, verb, "")
        one = replace(one, body=body)
        self._core.store.save_operation(one)
        self._launch(one)
        return self._headers(call, kind, one, manner.tracking)

    @staticmethod
    def accepted(kind: ResourceType) -> Json:
        """Return what is said of a change that was accepted, where nothing is of the resource."""
        return {"status": kind.going[0]}

    def _operation(self, kept: Kept, manner: Manner, verb: str, result_path: str) -> Operation:
        """Return the change of a resource that begins now."""
        core = self._core
        kind = core.type_of(kept)
        identifier = str(uuid.uuid4())
        gone = kind.gone_path if verb == "delete" else ""
        place = kind.place(core, kept) if kind.place else kept.body.get("location", "global")

        def path(pattern: str) -> str:
            return (
                pattern.replace("SUBSCRIPTION", kept.target.subscription)
                .replace("/locations/LOCATION", f"/locations/{region(place)}" if place else "")
                .replace("LOCATION", region(place))
                .replace("ID", identifier)
                .replace("TARGET", kept.id)
            )

        return Operation(
            id=identifier,
            target=kept.id,
            verb=verb,
            is_new=False,
            due=core.clock.after(manner.seconds),
            began=core.clock.stamp(),
            result_path=path(result_path or gone or kind.result_path),
            status_path=path(kind.status_path),
            status=manner.ended,
            tells_only_status=kind.tells_only_status,
            tells_times=kind.tells_times,
            restores=kind.restores,
            going=kind.going,
            since=core.clock.time(),
        )

    def resume(self) -> None:
        """Go on with what was cut short."""
        for one in self._core.store.running():
            self._launch(one)

    async def stop(self) -> None:
        """Let go of all that goes on."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def abandon(self, key: str) -> None:
        """End what goes on of a resource that is deleted with what it is part of."""
        for one in self._core.store.running():
            if one.target.lower() != key:
                continue
            task = self._tasks.get(one.id)
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            gone = ArmError(409, "OperationPreempted", "The resource was deleted meanwhile.")
            self._end(one, gone)

    def answer(self, call: Call) -> Answer | None:
        """Answer a question about an operation; None where an address is none's."""
        path = call.request.path
        one = self._core.store.operation(path)
        if one is None:
            return None
        target, _ = read(one.target)
        kind = self._core.registry.find(target.type) if target is not None else None
        if kind is not None and kind.tell is not None:
            return kind.tell(call, one)
        if _asks_how_far(call, one):
            return Answer(200, self._status(call, one), self._pause(one))
        if one.state == RUNNING:
            headers = {"location": f"{self._core.url}{_asked(call)}", **self._pause(one)}
            return Answer(202, headers={**headers, "content-type": "text/plain; charset=utf-8"})
        if one.error is not None:
            return Answer(int(one.error["status"]), {"error": _told(one.error)})
        return Answer(one.status, one.result)

    def _launch(self, one: Operation) -> None:
        task = asyncio.create_task(self._run(one), name=f"{one.verb} {one.target}")
        self._tasks[one.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(one.id))

    async def _run(self, one: Operation) -> None:
        core = self._core
        fault: ArmError | None = None
        try:
            core.faults.check_late(one)
            one = await self._worked(one)
        except ArmError as refused:
            fault = refused
        except Exception as internal:
            _LOGGER.exception("%s %s", one.verb, one.target)
            fault = ArmError(500, "InternalServerError", said_of(internal))
        await core.clock.until(one.due)
        try:
            self._end(one, fault)
        except Exception:
            _LOGGER.exception("%s %s", one.verb, one.target)
            self._end(one, ArmError(500, "InternalServerError", "An internal error occurred."))

    async def _worked(self, one: Operation) -> Operation:
        """Do what an operation is for; return it with its result, where a data plane has that."""
        core = self._core
        target, _ = read(one.target)
        kind = core.registry.find(target.type) if target else None
        if target is None or kind is None or not isinstance(kind.backing, Deferred):
            await self._work(one)
            return one
        await core.clock.until(one.due)
        target = replace(target, type=kind.name)
        if one.verb == "delete":
            await kind.backing.delete(core, target)
            return one
        await kind.backing.put(core, target, one.body or {})
        return replace(one, result=await kind.backing.get(core, target))

    async def _work(self, one: Operation) -> None:
        core = self._core
        kept = core.store.find(one.target)
        if kept is None:
            return  # its deletion was cut short after its end
        if one.verb == "delete":
            await removing.remove_below(core, kept)
            return
        hook = core.type_of(kept).changed
        if hook is not None:
            await hook(core, kept)

    def _end(self, one: Operation, fault: ArmError | None) -> None:
        core = self._core
        kept = core.store.find(one.target)
        ended = replace(one, ended=core.clock.stamp(), state=SUCCEEDED if fault is None else FAILED)
        with core.store.transaction():
            if fault is not None:
                told = {**fault.error(), "status": fault.status}
                ended = replace(ended, error=told)
                if one.restores and one.verb != "delete":
                    self._restore(one)
                elif kept is not None:
                    # What could not be deleted is what it was.
                    state = SUCCEEDED if one.verb == "delete" else FAILED
                    core.store.save(replace(kept, state=state))
            elif one.verb == "delete":
                core.store.drop(one.target)
            elif kept is not None:
                kept = replace(kept, state=SUCCEEDED)
                core.store.save(kept)
                ended = replace(ended, result=core.show(kept))
            core.store.save_operation(ended)
            core.store.forget_operations(before=core.clock.stamp_of(_KEPT_SECONDS))
        core.activity.add(events.of_operation(ended, core.clock.stamp()))

    def _restore(self, one: Operation) -> None:
        """Leave what was there before a change that failed."""
        if one.before is None:
            self._core.store.drop(one.target)
        else:
            self._core.store.save(Kept(**one.before))

    def _status(self, call: Call, one: Operation) -> Json:
        """Return how far an operation is, as its type tells it."""
        if one.tells_only_status:
            known: Json = {"status": self._word(one)}
            return known if one.error is None else {**known, "error": _told(one.error)}
        if one.tells_times:
            return _status(one)
        url = f"{self._core.url}{one.status_path}?api-version={call.version}"
        told: Json = {"id": url, "name": one.id, "status": one.state}
        return told if one.error is None else {**told, "error": _told(one.error)}

    def _word(self, one: Operation) -> str:
        """Return what is told of how far an operation is."""
        if one.state != RUNNING:
            return one.state
        share = (self._core.clock.time() - one.since) / max(one.due - one.since, 1e-9)
        return one.going[min(int(share * len(one.going)), len(one.going) - 1)]

    def _headers(
        self, call: Call, kind: ResourceType, one: Operation, tracking: Tracking
    ) -> dict[str, str]:
        def url(path: str) -> str:
            mark = "&" if "?" in path else "?"
            return f"{self._core.url}{quoted(path)}{mark}api-version={quote(call.version)}"

        headers = self._core.clock.retry_after(kind.retry_after)
        if tracking is Tracking.ITSELF:
            return {**headers, "location": url(one.target)}
        if tracking is not Tracking.STATUS:
            headers["location"] = url(one.result_path)
        if tracking is not Tracking.LOCATION:
            headers["azure-asyncoperation"] = url(one.status_path)
        return headers

    def _pause(self, one: Operation) -> dict[str, str]:
        if one.state != RUNNING:
            return {}
        kept = self._core.store.find(one.target)
        seconds = self._core.type_of(kept).retry_after if kept else 1
        return self._core.clock.retry_after(seconds)


def _asks_how_far(call: Call, one: Operation) -> bool:
    """Whether a question is how far an operation is, not what came of it.

    Where both have one path, what their queries say tells them apart.
    """
    path, _, query = one.status_path.lower().partition("?")
    if call.request.path.lower() != path:
        return False
    if path != one.result_path.lower().partition("?")[0]:
        return True
    wanted = dict(parse_qsl(query, keep_blank_values=True))
    return wanted.items() <= {name.lower(): one for name, one in call.request.query.items()}.items()


def _asked(call: Call) -> str:
    query = urlencode(call.request.query, quote_via=quote, safe=":$")
    return f"{quoted(call.request.path)}?{query}"


def _told(error: Json) -> Json:
    return {name: value for name, value in error.items() if name != "status"}


def _status(one: Operation) -> Json:
    told = {
        "id": one.status_path,
        "name": one.id,
        "status": one.state,
        "startTime": one.began,
    }
    if one.ended is not None:
        told["endTime"] = one.ended
    return told if one.error is None else {**told, "error": _told(one.error)}
