"""Executions of jobs: replicas that run to their end, again where they fail, until it is enough.

https://learn.microsoft.com/azure/container-apps/jobs#advanced-job-configuration
"""

from __future__ import annotations

import asyncio
import copy
import math
import secrets
import string
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import apps, errors, jobs, resources, templates
from funcyard.emulator.containerapps.events import WARNING
from funcyard.emulator.containerapps.fleet import Replica, named
from funcyard.emulator.containerapps.naming import EXECUTION, JOB
from funcyard.emulator.containerapps.revisions import written
from funcyard.emulator.containerapps.spelling import spelled
from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.containerapps.runtime.interface import Running
    from funcyard.emulator.containerapps.serving import ContainerApps
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_LETTERS: Final = string.ascii_lowercase + string.digits
_SUFFIX_LENGTH: Final = 7
_MOST: Final = 100
_RUNNING: Final = "Running"
_STOPPED: Final = "Stopped"
_FAILED: Final = "Failed"
_ENDED: Final = {"Succeeded", _FAILED}
_TOLD: Final = (
    "CONTAINER_APP_JOB_NAME",
    "CONTAINER_APP_JOB_EXECUTION_NAME",
    "CONTAINER_APP_REPLICA_NAME",
)


def of(core: Core, job: str) -> list[Kept]:
    """Return the executions of a job, by its key, the oldest first."""
    found = [one for one in core.store.below(job) if one.type == EXECUTION]
    return sorted(found, key=lambda one: float(one.properties["started"]))


def begin(core: Core, job: Kept, template: Json | None = None) -> Kept:
    """Begin an execution of a job, with another template than its own where one is given."""
    own = job.properties["template"]
    trigger = jobs.trigger_of(job)
    configuration = job.properties["configuration"]
    made = "".join(secrets.choice(_LETTERS) for _ in range(_SUFFIX_LENGTH))
    properties = {
        "status": _RUNNING,
        "started": core.clock.time(),
        "ended": None,
        "template": {**own, **(template or {})},
        "parallelism": trigger["parallelism"],
        "completions": trigger["replicaCompletionCount"],
        "retries": configuration["replicaRetryLimit"],
        "timeout": configuration["replicaTimeout"],
        "succeeded": 0,
        "failed": 0,
    }
    stamp = core.clock.stamp()
    where = f"{job.id}/executions/{job.name}-{made}"
    kept = Kept(where, EXECUTION, {"properties": properties}, SUCCEEDED, stamp, stamp)
    core.store.save(kept)
    over = [one for one in of(core, job.key) if one.properties["status"] != _RUNNING]
    for one in over[: max(0, len(over) - _MOST)]:
        core.store.drop(one.key)
    service = core.container_apps
    service.tell(core, job, "ExecutionStarted", f"Started execution '{kept.name}'")
    service.start(core)
    return kept


def look_at(service: ContainerApps, core: Core, job: Kept) -> None:
    """Give each execution that runs the replicas that it lacks."""
    for one in of(core, job.key):
        told = one.properties
        if told["status"] != _RUNNING:
            continue
        there = len(service.fleet.of(one.key))
        wanted = min(told["parallelism"], told["completions"] - told["succeeded"])
        for _ in range(wanted - there):
            service.fleet.add(
                Replica(
                    name=named(one.name),
                    owner=one.key,
                    app=job.key,
                    environment=job.properties["environmentId"].lower(),
                    profile=job.properties["workloadProfileName"],
                    demand=resources.demand(told["template"]["containers"]),
                    created=core.clock.time(),
                )
            )


def due(service: ContainerApps, core: Core, job: Kept) -> float:
    """Begin what a job's schedule says; return when it says so next."""
    schedule = jobs.schedule_of(job)
    if schedule is None:
        return math.inf
    text = jobs.trigger_of(job)["cronExpression"]
    known, moment = service.schedules.get(job.key, ("", None))
    now = core.clock.time()
    if known == text and moment is not None and now >= moment:
        begin(core, job)
        moment = None
    if known != text or moment is None:
        moment = schedule.next_after(now)
        service.schedules[job.key] = (text, moment)
    return math.inf if moment is None else moment


async def watch(service: ContainerApps, core: Core, replica: Replica, running: Running) -> None:
    """Wait for the end of an execution's replica, and keep what came of it."""
    kept = core.store.find(replica.owner)
    if kept is None:
        return
    try:
        async with asyncio.timeout(kept.properties["timeout"] / core.clock.scale):
            await running.ended()
    except TimeoutError:
        message = "Job was active longer than specified deadline"
        _tell(service, core, replica, "DeadlineExceeded", message)
        is_good = False
    else:
        is_good = all(one.exit_code == 0 for one in running.containers)
    if not replica.is_ending:
        _keep(service, core, replica, is_good=is_good)
    service.retire(replica)
    service.controller.wake()


def _keep(service: ContainerApps, core: Core, replica: Replica, *, is_good: bool) -> None:
    kept = core.store.find(replica.owner)
    if kept is None or kept.properties["status"] != _RUNNING:
        return
    told = kept.properties
    counted = "succeeded" if is_good else "failed"
    told = {**told, counted: told[counted] + 1}
    if told["succeeded"] >= told["completions"]:
        told = {**told, "status": "Succeeded", "ended": core.clock.time()}
    elif told["failed"] > told["retries"]:
        told = {**told, "status": _FAILED, "ended": core.clock.time()}
        message = "Job has reached the specified backoff limit"
        _tell(service, core, replica, "BackoffLimitExceeded", message)
    core.store.save(replace(kept, body={"properties": told}))
    if told["status"] != _RUNNING:
        for one in service.fleet.of(kept.key):
            service.retire(one)


def _tell(service: ContainerApps, core: Core, replica: Replica, reason: str, message: str) -> None:
    job = core.store.find(replica.app)
    if job is not None:
        service.tell(core, job, reason, message, replica=replica.name, kind=WARNING)


def stop(core: Core, kept: Kept) -> Kept:
    """End an execution that runs; return it as it then is."""
    if kept.properties["status"] == _RUNNING:
        properties = {**kept.properties, "status": _STOPPED, "ended": core.clock.time()}
        kept = replace(kept, body={"properties": properties})
        core.store.save(kept)
        for one in core.container_apps.fleet.of(kept.key):
            core.container_apps.retire(one)
    return kept


async def start(call: Call, kept: Kept) -> Answer:
    """Answer ``start``: begin an execution, of the template that is sent where one is.

    Raises:
        ArmError: The template can be none.
    """
    template = None
    given = call.body() if call.request.body else {}
    if given.get("containers"):
        body = spelled(JOB, {"properties": {"template": given}})["properties"]["template"]
        apps.tidy_template(body)
        template = templates.containers_of(body)
    made = begin(call.core, kept, template)
    return Answer(200, {"id": made.id, "name": made.name})


async def stop_all(call: Call, kept: Kept) -> Answer:
    """Answer ``stop``: end all executions that run."""
    running = [one for one in of(call.core, kept.key) if one.properties["status"] == _RUNNING]
    return Answer(200, {"value": [show(stop(call.core, one)) for one in running]})


async def stop_this(call: Call, kept: Kept) -> Answer:
    """Answer ``stop`` of an execution."""
    stop(call.core, kept)
    return Answer(200, f"Job Execution: {kept.name}, stopped successfully.")


async def stop_one(call: Call) -> Answer:
    """Answer ``stop`` with the name of an execution behind it, as older clients ask.

    Raises:
        ArmError: There is none.
    """
    above = call.named.parent
    assert above is not None  # noqa: S101 - an execution is named behind its job
    target = above.child("executions", call.named.name)
    kept = call.core.store.find(target.key)
    if kept is None:
        raise absent(target)
    return await stop_this(call, kept)


def show(kept: Kept) -> Json:
    """Return an execution as answers tell it."""
    told = kept.properties
    job = kept.target.names[0]
    template = told["template"]
    properties: Json = {
        "status": told["status"],
        "startTime": written(told["started"]),
        "template": {
            "containers": [_container(one, job) for one in template["containers"]],
            "initContainers": [_container(one, job) for one in template["initContainers"] or ()],
        },
    }
    if told["status"] in _ENDED:
        properties["endTime"] = written(told["ended"])
    return {"id": kept.id, "name": kept.name, "type": EXECUTION, "properties": properties}


def _container(one: Json, job: str) -> Json:
    shown = jobs.container_shown(copy.deepcopy(one))
    own = [{"name": name, "value": job if name == _TOLD[0] else ""} for name in _TOLD]
    env = [*(shown.pop("env", None) or ()), *own]
    return {**shown, "imageType": "CloudBuild", "env": env}


def absent(target: Target) -> ArmError:
    """Say that a job has no such execution."""
    return errors.missing("JobExecutionNotFound", "Job execution", target.name)


class Executions(ReadOnly):
    """Where executions are told from: they are begun by jobs."""

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one; None where a job has none of that name."""
        kept = core.store.find(target.key)
        return None if kept is None else show(kept)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a job, the oldest first."""
        return [show(one) for one in of(core, parent.key)]
