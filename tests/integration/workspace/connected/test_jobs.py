"""Pushes become jobs, jobs become versions, and every job ends in a truthful state."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.github_stand_in import GitHubStandIn
from tests.integration.workspace.connected.platform import Place, Platform, opened, pushed
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, Fault, GitServer

from funcyard.workspace.connections.table import Record
from funcyard.workspace.jobs.lease import JobTerms
from funcyard.workspace.jobs.model import Job, Status, now
from funcyard.workspace.jobs.table import NoSuchJobError
from funcyard.workspace.scopes import Scope
from funcyard.workspace.webhook.delivery import DeliveryError, SignatureError


async def due(platform: Platform, scope: Scope) -> None:
    """Let the retries that wait come now."""
    for record in await platform.jobs.active(scope):
        await platform.jobs.change(record, not_before=None)


def told(job: Job) -> tuple[str, int, int, int, int]:
    return (job.status.value, job.added, job.modified, job.deleted, job.total)


async def test_a_push_is_synced_and_its_job_tells_what_changed(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    before = repository.head() or ""
    commit = repository.commit({"a.py": "new", "b/c.py": None, "d.py": "d"})

    answer = await connected.deliver(scope, pushed(commit, before))
    assert answer.accepted
    assert answer.as_dict()["commitSha"] == commit
    queued = await connected.jobs.get(scope, answer.job)
    assert (queued.status, queued.author, queued.before) == ("queued", "ada", before)
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    assert job.id == answer.job
    assert told(job) == ("completed", 1, 1, 1, 2)
    assert (job.applied, job.superseded_by, job.error) == (commit, "", "")
    assert job.started_at is not None
    assert job.completed_at is not None
    assert await connected.files(scope) == {"a.py": b"new", "d.py": b"d"}
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert (last.commit, last.status) == (commit, "success")


async def test_what_of_a_push_was_left_out_is_told_and_a_clash_is_no_success(
    connected: Platform,
    scope: Scope,
    repository: ServedRepository,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "funcyard.workspace")
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    commit = repository.commit({"model.bin": lfs, "d.py": "d"})
    await connected.deliver(scope, pushed(commit))
    await connected.work()
    job = await connected.jobs.get(scope, commit)
    assert (job.outcome, [one.reason for one in job.left_out]) == ("success", ["lfs"])

    commit = repository.commit({"A.py": "clash", "con.txt": "a device"})
    await connected.deliver(scope, pushed(commit))
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    shown = job.as_dict()
    assert (shown["outcome"], shown["leftOutCount"]) == ("partial", len(job.left_out))
    told = {one.path: one.reason for one in job.left_out}
    assert told["con.txt"] == "invalid-path"
    assert told["model.bin"] == "lfs"
    assert told["A.py"] == "case-collision"
    assert "a.py" not in told, "it runs already, and goes on"
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert last.status == "partial"
    assert "left out" in last.error
    lines = [record.getMessage() for record in caplog.records]
    assert any(f"partial of commit {commit[:12]}: version" in line for line in lines)
    assert any("left out 'con.txt'" in line for line in lines)

    connection = await connected.connections.get(scope)
    again = await connected.intake.request(connection, "resync")
    await connected.work()

    repeated = await connected.jobs.get(scope, again)
    assert (repeated.outcome, repeated.left_out) == ("partial", job.left_out)
    assert repeated.left_out_count == job.left_out_count
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert (last.status, "left out" in last.error) == ("partial", True)


async def test_pushes_that_wait_come_together_in_one_sync(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(5)]
    for commit in commits:
        assert (await connected.deliver(scope, pushed(commit))).accepted
    asked = len(server.requests)

    await connected.work()

    jobs = [await connected.jobs.get(scope, commit) for commit in commits]
    assert {job.status for job in jobs} == {Status.COMPLETED}
    assert {job.applied for job in jobs} == {commits[-1]}
    assert [job.superseded_by for job in jobs] == [jobs[-1].id] * 4 + [""]
    assert told(jobs[-1]) == ("completed", 0, 1, 0, 2)
    fetches = [one for one in server.requests[asked:] if one.method == "POST"]
    assert len(fetches) <= 3, "one question and one fetch, not five"


async def test_deliveries_in_the_wrong_order_leave_the_newest(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    older = repository.commit({"a.py": "older"})
    newer = repository.commit({"a.py": "newer"})
    await connected.deliver(scope, pushed(newer, older))
    await connected.work()
    assert (await connected.deliver(scope, pushed(older))).accepted
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"newer"
    assert (await connected.jobs.get(scope, newer)).modified == 1
    late = await connected.jobs.get(scope, older)
    assert (late.status, late.outcome, late.applied) == ("completed", "unchanged", newer)


async def test_the_job_whose_commit_was_applied_has_the_counts(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    older = repository.commit({"a.py": "older"})
    newer = repository.commit({"a.py": "newer"})
    await connected.deliver(scope, pushed(newer, older))
    await connected.deliver(scope, pushed(older))
    await connected.work()

    first, second = [await connected.jobs.get(scope, one) for one in (newer, older)]
    assert (first.modified, first.superseded_by) == (1, "")
    assert (second.modified, second.superseded_by) == (0, first.id)


async def test_a_force_push_back_to_an_old_commit_applies(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    old = repository.commit({"a.py": "old"})
    await connected.deliver(scope, pushed(old))
    await connected.work()
    new = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(new, old))
    await connected.work()
    repository.reset(old)

    answer = await connected.deliver(scope, pushed(old, new))
    assert answer.accepted
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"old"
    assert (await connected.jobs.get(scope, old)).id == answer.job, "the newest of the commit"


async def test_a_delivery_that_comes_twice_makes_one_job(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit, identity = repository.commit({"a.py": "new"}), str(uuid.uuid4())
    told = [connected.deliver(scope, pushed(commit), X_GitHub_Delivery=identity) for _ in range(5)]
    answers = await asyncio.gather(*told)
    assert sum(one.accepted for one in answers) == 1
    assert await connected.work() == 1

    again = await connected.deliver(scope, pushed(commit), X_GitHub_Delivery=identity)
    other = await connected.deliver(scope, pushed(commit))

    assert again.message == other.message == f"{commit} is synced already"
    assert len(await connected.all_jobs(scope)) == 2, "the first sync, and this one"


async def test_a_message_that_comes_twice_does_no_harm(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    for _ in range(3):
        await connected.messages.send(scope, answer.job)
    messages = await connected.woken()
    await asyncio.gather(*(connected.runner.run(*one) for one in messages))
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    assert told(job) == ("completed", 0, 1, 0, 2)
    state = await connected.workspace.versions.ledger.read(scope)
    assert state.current is not None
    assert state.current.number == 2


async def test_pushes_that_come_together_need_few_messages_and_all_are_synced(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(20)]
    async with opened(place, together=3) as gathering:
        await gathering.deliver(scope, pushed(commits[0]))
        assert await gathering.work() == 1, "nobody waits for a push that comes alone"
        await asyncio.gather(*(gathering.deliver(scope, pushed(one)) for one in commits[1:]))
    # Whoever took them is gone now, and has run none of them.

    messages = 0
    async with asyncio.timeout(60):
        while len([one for one in await connected.all_jobs(scope) if one.status.final]) < 21:
            messages += await connected.work()
            await asyncio.sleep(0.1)

    assert messages <= 4
    assert {job.status for job in await connected.all_jobs(scope)} == {Status.COMPLETED}
    assert (await connected.files(scope))["a.py"] == b"19"


async def test_a_message_whose_job_is_over_runs_what_else_waits(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    over = await connected.deliver(scope, pushed(repository.commit({"a.py": "new"})))
    await connected.work()
    commit = repository.commit({"a.py": "newer"})
    await connected.deliver(scope, pushed(commit))

    assert await connected.runner.run(scope, over.job)

    assert (await connected.jobs.get(scope, commit)).status is Status.COMPLETED
    assert not await connected.runner.run(scope, over.job), "there is nothing left to do"


async def test_what_is_not_signed_or_no_payload_makes_no_job(
    connected: Platform, scope: Scope
) -> None:
    with pytest.raises(SignatureError):
        await connected.deliver(scope, pushed("a" * 40), secret="wrong")  # noqa: S106
    with pytest.raises(SignatureError):
        await connected.deliver(Scope("nobody"), pushed("a" * 40), secret="wrong")  # noqa: S106
    with pytest.raises(DeliveryError):
        await connected.deliver(scope, pushed("no commit"))

    assert len(await connected.all_jobs(scope)) == 1


async def test_a_repository_connected_by_two_scopes_is_told_by_the_signature(
    connected: Platform, scope: Scope, url: str, repository: ServedRepository
) -> None:
    other = Scope(f"{scope}-b")
    await connected.connections.create(other, url, TOKEN, by="ada")
    commit = repository.commit({"a.py": "new"})
    answer = await connected.delivered(pushed(commit), await connected.secret(other))

    assert (await connected.jobs.get(other, answer.job)).commit == commit


async def test_a_revoked_token_fails_at_once_with_the_reason(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(2)]
    for commit in commits:
        await connected.deliver(scope, pushed(commit))
    server.token = "revoked"  # noqa: S105
    await connected.work()

    for commit in commits:
        job = await connected.jobs.get(scope, commit)
        assert (job.status, job.error_code, job.retries) == ("failed", "repository-refused", 0)
        assert "token" in job.error
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert last.status == "failed"
    assert await connected.files(scope) == {"a.py": b"one", "b/c.py": b"two"}


async def test_a_token_given_while_a_sync_begins_is_used_for_the_sync_that_it_asks_for(
    connected: Platform,
    scope: Scope,
    repository: ServedRepository,
    server: GitServer,
    github: GitHubStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(commit))
    server.token = github.token = f"{TOKEN}2"
    table = connected.connections.table
    find = table.find

    async def found_before_the_update(asked: Scope) -> Record | None:
        record = await find(asked)
        monkeypatch.undo()
        await connected.connections.update(scope, token=f"{TOKEN}2")
        return record

    monkeypatch.setattr(table, "find", found_before_the_update)
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"new"
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert (last.commit, last.status) == (commit, "success")


async def test_a_token_revoked_in_the_middle_changes_nothing(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(commit))
    server.fault = Fault(status=401, on="git-upload-pack")
    await connected.work()

    assert (await connected.jobs.get(scope, commit)).status == Status.FAILED
    assert await connected.files(scope) == {"a.py": b"one", "b/c.py": b"two"}


async def test_a_server_that_fails_is_tried_again_three_times(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    server.fault = Fault(status=503)
    for retries in range(1, 4):
        await connected.runner.run(scope, answer.job)
        job = await connected.jobs.get(scope, commit)
        assert (job.status, job.retries) == (Status.QUEUED, retries)
        assert job.error_code == "repository-unreachable"
        assert job.not_before is not None
        await connected.runner.run(scope, answer.job)
        assert (await connected.jobs.get(scope, commit)).retries == retries, "it is not due"
        await due(connected, scope)
    await connected.runner.run(scope, answer.job)

    assert (await connected.jobs.get(scope, commit)).status == Status.FAILED


async def test_a_server_that_comes_back_is_synced_from(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    server.fault = Fault(status=503)
    await connected.runner.run(scope, answer.job)
    server.fault = None
    await due(connected, scope)
    await connected.runner.run(scope, answer.job)

    job = await connected.jobs.get(scope, commit)
    assert (told(job), job.retries, job.error) == (("completed", 0, 1, 0, 2), 1, "")


async def test_only_an_empty_commit_that_was_allowed_empties_a_workspace(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    before = await connected.files(scope)
    commit = repository.commit({"a.py": None, "b": None})
    await connected.deliver(scope, pushed(commit))
    await connected.work()
    refused = await connected.jobs.get(scope, commit)
    assert (refused.status, refused.error_code) == ("failed", "workspace-empty-tree")
    assert await connected.files(scope) == before

    connection = await connected.connections.get(scope)
    server.fault = Fault(status=403)
    failed = await connected.intake.request(connection, "resync", allow_empty=True)
    await connected.work()
    assert (await connected.jobs.get(scope, failed)).status == Status.FAILED
    assert await connected.files(scope) == before

    server.fault = None
    allowed = await connected.intake.request(connection, "resync", allow_empty=True)
    await connected.work()
    assert told(await connected.jobs.get(scope, allowed)) == ("completed", 0, 0, len(before), 0)
    assert await connected.files(scope) == {}


async def test_a_failed_delivery_that_is_sent_again_is_synced(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    commit, identity = repository.commit({"a.py": "new"}), str(uuid.uuid4())
    right, server.token = server.token, "revoked"
    await connected.deliver(scope, pushed(commit), X_GitHub_Delivery=identity)
    await connected.work()
    server.token = right

    answer = await connected.deliver(scope, pushed(commit), X_GitHub_Delivery=identity)
    assert answer.accepted
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"new"


async def test_jobs_of_a_connection_that_was_removed_end_and_change_nothing(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(commit))
    await connected.connections.delete(scope)
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    assert (job.status, job.error_code) == (Status.FAILED, "sync-not-connected")
    assert job.error == "the connection was removed"
    assert (await connected.files(scope))["a.py"] == b"one"


async def test_a_sync_stops_when_its_connection_is_removed(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository,
    server: GitServer,
) -> None:  # fmt: skip
    commit = repository.commit({"a.py": "new"})
    async with opened(place, terms=JobTerms(seconds=5, renew_seconds=0.1)) as quick:
        answer = await quick.deliver(scope, pushed(commit))
        server.fault = Fault(stall_after=0, on="git-upload-pack")
        running = asyncio.ensure_future(quick.runner.run(scope, answer.job))
        await quick.until(scope, commit, Status.PROCESSING)
        await quick.connections.delete(scope)
        await running

    job = await connected.jobs.get(scope, commit)
    assert (job.status, job.error) == (Status.FAILED, "the connection was removed")
    assert (await connected.files(scope))["a.py"] == b"one"


async def test_while_somebody_works_in_the_scope_a_sync_waits_in_the_queue(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    await connected.woken()
    async with connected.workspace.session(scope):
        await connected.runner.run(scope, answer.job)
        job = await connected.jobs.get(scope, commit)
        assert (job.status, job.retries) == (Status.QUEUED, 0)
    waiting = await connected.queue.get_queue_properties()
    assert waiting.approximate_message_count == 1, "it is to come again"


async def test_a_view_that_cannot_be_written_is_told_and_the_version_runs(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    root = Path(place.folder) / "view" / scope.root
    (root / "a.py").unlink()
    (root / "a.py").mkdir()
    (root / "a.py" / "kept.txt").write_text("in the way")
    root.chmod(0o700)
    commit = repository.commit({"a.py": "new"})
    await connected.deliver(scope, pushed(commit))
    await connected.work()

    job = await connected.jobs.get(scope, commit)
    assert job.status is Status.COMPLETED
    assert (await connected.files(scope))["a.py"] == b"new"


async def test_jobs_are_listed_newest_first_by_status_and_in_pages(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    done = [repository.commit({"a.py": f"{number}"}) for number in range(4)]
    for commit in done:
        await connected.deliver(scope, pushed(commit))
        await connected.work()
    server.token = "revoked"  # noqa: S105
    failed = repository.commit({"a.py": "failed"})
    await connected.deliver(scope, pushed(failed))
    await connected.work()

    first = await connected.jobs.page(scope, status=Status.COMPLETED, limit=3)
    rest = await connected.jobs.page(scope, status=Status.COMPLETED, limit=3, after=first.next)
    (only,) = (await connected.jobs.page(scope, status=Status.FAILED)).jobs

    assert [one.commit for one in first.jobs] == done[:0:-1]
    assert rest.jobs[0].commit == done[0]
    assert (len(rest.jobs), rest.next) == (2, "")
    assert only.commit == failed
    with pytest.raises(NoSuchJobError):
        await connected.jobs.get(scope, "a" * 40)
    with pytest.raises(NoSuchJobError):
        await connected.jobs.get(Scope("other"), only.id)


async def test_a_job_whose_worker_died_is_run_by_whoever_comes_next(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    record = await connected.jobs.find(scope, answer.job)
    assert record is not None
    alive = await connected.jobs.change(
        record, status=Status.PROCESSING, owner="x", lease_until=now() + timedelta(seconds=60)
    )
    await connected.runner.run(scope, answer.job)
    assert (await connected.jobs.get(scope, commit)).status is Status.PROCESSING

    await connected.jobs.change(alive, lease_until=now() - timedelta(seconds=1))
    await connected.runner.run(scope, answer.job)

    job = await connected.jobs.get(scope, commit)
    assert (told(job), job.retries) == (("completed", 0, 1, 0, 2), 1)
