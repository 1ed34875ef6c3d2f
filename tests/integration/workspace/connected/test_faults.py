"""Workers are killed, messages lost, storage fails: nothing is lost, and nothing is half done."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from tests.fault_proxy import FaultProxy
from tests.integration.workspace.connected.platform import TERMS, Place, Platform, opened, pushed
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, Fault, GitServer

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.model import Status
from funcyard.workspace.scopes import Scope

ROOT = Path(__file__).parents[4]


async def started(place: Place, scope: Scope, job: str) -> asyncio.subprocess.Process:
    """Start a worker."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.workspace.connected.worker",
        json.dumps(asdict(place)), scope.name, job, cwd=ROOT,
    )  # fmt: skip


async def test_a_worker_killed_in_the_middle_is_followed(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository,
    server: GitServer,
) -> None:  # fmt: skip
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    await connected.woken()
    server.fault = Fault(stall_after=0, on="git-upload-pack")
    worker = await started(place, scope, answer.job)
    await connected.until(scope, commit, Status.PROCESSING)
    worker.kill()
    await worker.wait()
    server.fault = None
    server.closing.set()

    await connected.freed(scope)
    await asyncio.sleep(TERMS.seconds)
    assert (await connected.reconciler.run()).sent == [scope.name]
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    assert (job.status, job.retries, job.modified) == (Status.COMPLETED, 1, 1)
    assert (await connected.files(scope))["a.py"] == b"new"


async def test_workers_killed_at_random_moments_leave_versions_that_are_whole(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    chance = random.Random(7)  # noqa: S311 - reproducible, guards nothing
    commits = {}
    for number in range(6):
        files = {f"{name}.py": f"{number}" * 2000 for name in "abcdef"}
        commit = repository.commit(files)
        commits[commit] = {path: text.encode() for path, text in files.items()}
        commits[commit]["b/c.py"] = b"two"
        answer = await connected.deliver(scope, pushed(commit))
        worker = await started(place, scope, answer.job)
        await asyncio.sleep(chance.uniform(0.5, 1.6))
        if worker.returncode is None:
            worker.kill()
        await worker.wait()
        applied = (await connected.workspace.versions.ledger.read(scope)).applied
        assert applied is not None
        if applied.commit in commits:
            assert await connected.files(scope) == commits[applied.commit]

    for _ in range(40):
        await connected.reconciler.run()
        await connected.freed(scope)
        await connected.work()
        jobs = await connected.all_jobs(scope)
        if all(job.status.final for job in jobs):
            break
        await asyncio.sleep(0.5)

    assert await connected.files(scope) == commits[commit]
    jobs = await connected.all_jobs(scope)
    assert {job.status for job in jobs} == {Status.COMPLETED}
    assert [job.commit for job in jobs][1:] == list(commits), "one job per commit"


async def test_a_lost_message_is_sent_again(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(commit))
    await connected.woken()
    assert (await connected.reconciler.run()).sent == [], "it may still come"

    async with opened(place, lost=connected.reconciler.lost * 0) as impatient:
        assert (await impatient.reconciler.run()).sent == [scope.name]
        assert (await impatient.reconciler.run()).queued == []
    await connected.work()

    assert (await connected.jobs.get(scope, commit)).status is Status.COMPLETED


async def test_a_push_is_taken_while_the_queue_cannot_be_reached(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    parts = dict(one.split("=", 1) for one in place.connection.split(";") if one)
    parts["QueueEndpoint"] = "http://127.0.0.1:9/devstoreaccount1"
    broken = ";".join(f"{name}={value}" for name, value in parts.items())
    commit = repository.commit({"a.py": "new"})
    async with opened(replace(place, connection=broken, queue=False)) as deaf:
        answer = await deaf.deliver(scope, pushed(commit))
    assert answer.accepted
    assert await connected.woken() == []

    async with opened(place, lost=connected.reconciler.lost * 0) as impatient:
        await impatient.reconciler.run()
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"new"


async def test_storage_that_fails_loses_no_push(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    parts = dict(one.split("=", 1) for one in place.connection.split(";") if one)
    with FaultProxy(parts["TableEndpoint"], share=0.1, silence=0.05, seed=11) as proxy:
        parts["TableEndpoint"] = proxy.url
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        commits = []
        async with opened(replace(place, connection=text)) as shaky:
            for number in range(15):
                commits.append(repository.commit({"a.py": f"{number}"}))
                await asyncio.gather(*(shaky.deliver(scope, pushed(commits[-1])) for _ in "ab"))
                if number % 3 == 2:
                    for one in await shaky.woken():
                        try:
                            await shaky.runner.run(*one)
                        except FuncyardError:
                            await shaky.messages.send(*one)
        assert sum(proxy.met.values()) > 20
    for _ in range(30):
        await connected.reconciler.run()
        await connected.freed(scope)
        await connected.work()
        jobs = await connected.all_jobs(scope)
        if all(job.status.final for job in jobs):
            break
        for record in await connected.jobs.active(scope):
            if record.job.status is Status.QUEUED:
                await connected.jobs.change(record, not_before=None)
                await connected.messages.send(scope, record.job.id)
        await asyncio.sleep(0.3)

    jobs = await connected.all_jobs(scope)
    assert {job.status for job in jobs} == {Status.COMPLETED}
    assert [job.commit for job in jobs if job.reason == "push"] == commits, "one job per commit"
    assert (await connected.files(scope))["a.py"] == b"14"


async def test_two_workers_on_one_scope_publish_each_commit_once(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(3)]
    for commit in commits:
        await connected.deliver(scope, pushed(commit))
    messages = await connected.woken()
    async with opened(place) as other:
        runs = [
            runner.run(*message)
            for message in messages
            for runner in (connected.runner, other.runner)
        ]
        await asyncio.gather(*runs)
        await connected.work()

    state = await connected.workspace.versions.ledger.read(scope)
    assert state.current is not None
    assert state.current.number == 2
    assert {job.status for job in await connected.all_jobs(scope)} == {Status.COMPLETED}


async def test_a_hundred_signed_deliveries_a_second_make_a_job_each(
    connected: Platform, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scopes = [Scope(f"{'abcdefgh'[number]}-rate") for number in range(8)]
    for place in scopes:
        await connected.connections.create(place, url, TOKEN, by="ada")
    secrets = {place: await connected.secret(place) for place in scopes}
    count = 200
    loop = asyncio.get_running_loop()

    async def one(number: int) -> float:
        await asyncio.sleep(number / 100)
        start = loop.time()
        place = scopes[number % len(scopes)]
        answer = await connected.delivered(pushed(f"{number + 1:040x}"), secrets[place], place)
        assert answer.accepted
        return loop.time() - start

    start = loop.time()
    taken = sorted(await asyncio.gather(*(one(number) for number in range(count))))
    lasted = loop.time() - start
    found = [job for place in scopes for job in await connected.all_jobs(place)]
    commits = {job.commit for job in found if job.reason == "push"}

    assert commits == {f"{number + 1:040x}" for number in range(count)}
    assert len(found) == count + len(scopes)
    with capsys.disabled():
        rate, p95 = count / lasted, taken[int(count * 0.95)] * 1000
        print(f"\n{rate:.0f} deliveries/s answered, p95 {p95:.0f} ms, {count} jobs")  # noqa: T201
