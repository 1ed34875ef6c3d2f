"""What GitHub did not deliver is found by the timer, once, whatever fails elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.github_stand_in import GitHubStandIn
from tests.integration.workspace.connected.platform import Place, Platform, opened, pushed
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.azure.errors import AzureUnreachableError
from funcyard.workspace.jobs.model import Status
from funcyard.workspace.scopes import Scope


async def test_a_push_that_was_not_delivered_is_found_and_synced_once(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    assert (await connected.reconciler.run()).queued == []
    commit = repository.commit({"a.py": "new"})

    assert (await connected.reconciler.run()).queued == [scope.name]
    assert (await connected.reconciler.run()).queued == [], "it is queued already"
    await connected.work()
    assert (await connected.reconciler.run()).queued == []

    job = await connected.jobs.get(scope, commit)
    assert (job.status, job.reason, job.modified) == (Status.COMPLETED, "reconcile", 1)


async def test_an_organisation_that_is_not_active_is_left_alone_until_it_is(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    served = set[Scope]()

    async def is_served(one: Scope) -> bool:
        return one in served

    reconciler = replace(connected.reconciler, served=is_served)
    repository.commit({"a.py": "new"})

    assert (await reconciler.run()).queued == []
    served.add(scope)
    assert (await reconciler.run()).queued == [scope.name]


async def test_what_fails_for_good_is_not_tried_in_every_round(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    repository.commit({"a.py": None, "b": None})
    assert (await connected.reconciler.run()).queued == [scope.name]
    await connected.work()
    (failed,) = (await connected.jobs.page(scope, status=Status.FAILED)).jobs
    assert failed.error_code == "workspace-empty-tree"

    assert (await connected.reconciler.run()).queued == []
    commit = repository.commit({"a.py": "back"})
    assert (await connected.reconciler.run()).queued == [scope.name]
    await connected.work()
    assert (await connected.jobs.get(scope, commit)).status is Status.COMPLETED


async def test_a_new_token_is_tried_though_whoever_took_it_died_before_asking_for_a_sync(
    connected: Platform,
    scope: Scope,
    repository: ServedRepository,
    server: GitServer,
    github: GitHubStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit = repository.commit({"a.py": "new"})
    server.token = github.token = f"{TOKEN}2"
    await connected.deliver(scope, pushed(commit))
    await connected.work()
    assert (await connected.jobs.get(scope, commit)).status is Status.FAILED

    async def dead(*_: object, **__: object) -> str:
        raise AzureUnreachableError("it died")

    monkeypatch.setattr(connected.intake, "request", dead)
    await connected.connections.update(scope, token=f"{TOKEN}2")
    monkeypatch.undo()

    assert (await connected.reconciler.run()).queued == [scope.name]
    await connected.work()
    job = await connected.jobs.get(scope, commit)
    assert (job.status, job.reason) == (Status.COMPLETED, "reconcile")


async def test_a_revoked_token_is_told_once_though_nothing_is_delivered(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    repository.commit({"a.py": "new"})
    right, server.token = server.token, "revoked"
    for _ in range(2):
        assert list((await connected.reconciler.run()).faults) == [scope.name]
        await connected.work()

    (failed,) = (await connected.jobs.page(scope, status=Status.FAILED)).jobs
    assert (failed.reason, failed.error_code) == ("reconcile", "repository-refused")
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert (last.status, last.error) == ("failed", failed.error)

    server.token = right
    assert (await connected.reconciler.run()).queued == [scope.name]
    await connected.work()
    assert (await connected.files(scope))["a.py"] == b"new"


@pytest.mark.parametrize("is_pushed", [True, False])
async def test_where_a_branch_can_be_seen_again_it_is_synced_whatever_was_told_of_it(
    connected: Platform,
    scope: Scope,
    repository: ServedRepository,
    server: GitServer,
    *,
    is_pushed: bool,
) -> None:
    right, server.token = server.token, "revoked"
    if is_pushed:
        await connected.deliver(scope, pushed(repository.commit({"a.py": "new"})))
    await connected.reconciler.run()
    await connected.work()
    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert last.status == "failed"

    server.token = right
    await connected.reconciler.run()
    await connected.work()

    last = (await connected.connections.get(scope)).last_sync
    assert last is not None
    assert (last.commit, last.status) == (repository.head(), "success")
    assert (await connected.reconciler.run()).queued == []


async def test_a_scope_that_fails_keeps_no_other_from_its_turn(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer, url: str
) -> None:
    other = Scope(f"{scope}-b")
    server.create("contoso/gone").commit({"x.py": "x"})
    made = await connected.connections.create(other, url, TOKEN, by="ada")
    await connected.work()
    gone = server.url("contoso/none")
    record = await connected.connections.table.get(other)
    await connected.connections.table.change(
        made.connection, repository=type(record.connection.repository).parse(gone)
    )
    repository.commit({"a.py": "new"})

    done = await connected.reconciler.run()

    assert done.queued == [scope.name]
    assert list(done.faults) == [other.name]
    assert TOKEN not in str(done)


async def test_one_goes_round_at_a_time(
    place: Place, connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    repository.commit({"a.py": "new"})
    async with opened(place) as other:
        rounds = await asyncio.gather(
            connected.reconciler.run(), other.reconciler.run(), connected.reconciler.run()
        )

    assert sum(not one.skipped for one in rounds) == 1
    assert len(await connected.all_jobs(scope)) == 2
    assert not (await connected.reconciler.run()).skipped


async def test_a_view_that_was_left_behind_is_brought_up(
    place: Place, connected: Platform, scope: Scope
) -> None:
    async with connected.workspace.session(scope) as session, session.draft() as draft:
        assert session.base is not None
        await draft.publish(session.base.files, (), session.base.origin)
    view = Path(place.folder) / "view" / scope.root
    (view / "a.py").unlink()

    assert (await connected.reconciler.run()).shown == [scope.name]
    assert (view / "a.py").read_text() == "one"


async def test_a_rollback_is_not_undone_by_the_timer(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    repository.commit({"a.py": "new"})
    await connected.reconciler.run()
    await connected.work()
    await connected.workspace.roll_back(scope, by="ada")

    assert (await connected.reconciler.run()).queued == []
    assert (await connected.files(scope))["a.py"] == b"one"
