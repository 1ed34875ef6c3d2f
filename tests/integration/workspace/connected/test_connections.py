"""Scopes are connected, changed and taken apart, whatever fails on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.github_stand_in import GitHubStandIn, Refusal
from tests.integration.workspace.connected.platform import (
    PUBLIC,
    Place,
    Platform,
    opened,
    pushed,
)
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.azure.secrets.local import LocalSecrets
from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef
from funcyard.errors import FuncyardError
from funcyard.workspace.connections.journal import ConnectionBusyError
from funcyard.workspace.connections.model import LastSync, State
from funcyard.workspace.connections.table import ConnectionExistsError, NoSuchConnectionError
from funcyard.workspace.git import (
    BadBranchError,
    BadRepositoryUrlError,
    BadTokenError,
    NoSuchBranchError,
    RepositoryRefusedError,
)
from funcyard.workspace.github.errors import GitHubNotFoundError
from funcyard.workspace.scopes import GLOBAL, Scope
from funcyard.workspace.webhook.delivery import SignatureError

BY = "ada@example.com"


async def secrets_of(place: Place, scope: Scope) -> list[str]:
    """The names of the scope's secrets that are kept."""
    found = []
    async with LocalSecrets(Path(place.folder) / "secrets") as store:
        for name in ("pat", "webhook-secret", "webhook-previous"):
            try:
                await store.get(SecretRef("local", f"github-{name}-{scope}"))
            except SecretNotFoundError:
                continue
            found.append(name)
    return found


async def test_a_repository_s_connections_are_found_by_its_address_and_its_id(
    connected: Platform, scope: Scope, url: str
) -> None:
    table = connected.connections.table
    record = await table.get(scope)
    key = record.connection.repository.key
    assert await table.about([key], None) == [record]
    assert await table.about([], 77) == [record]
    assert await table.about([key, "x"], 77) == [record]
    assert await table.about(["x"], 7) == []

    moved = await table.write(record, replace(record.connection, repository_id=78))
    assert await table.about([], 77) == []
    assert await table.about([], 78) == [moved]

    await connected.connections.delete(scope)
    assert await table.about([key], 78) == []
    again = await connected.connections.create(scope, url, TOKEN, by=BY)
    assert [one.connection.id for one in await table.about([key], 77)] == [again.connection.id]


async def test_a_scope_is_disconnected_while_its_syncs_are_noted(
    connected: Platform, scope: Scope
) -> None:
    connection = await connected.connections.get(scope)
    deleting = asyncio.create_task(connected.connections.delete(scope))
    number = 0
    while not deleting.done():
        number += 1
        last = LastSync(f"{number:040x}", datetime.now(UTC), 1, "success", "")
        await connected.connections.table.change(connection, last_sync=last)
    assert await deleting == ""
    assert await connected.connections.table.find(scope) is None


async def test_connecting_registers_the_webhook_and_brings_the_files(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    made = await platform.connections.create(scope, url, TOKEN, by=BY)
    await platform.work()

    (hook,) = github.repositories["contoso/flows"].hooks.values()
    assert hook["config"]["url"] == f"{PUBLIC}/api/github-webhook?connection={scope}"
    assert hook["config"]["secret"] == await platform.secret(scope)
    assert len(hook["config"]["secret"]) >= 32
    assert made.secret is None, "a secret is shown only where a person has to enter it"
    assert await platform.files(scope) == {"a.py": b"one", "b/c.py": b"two"}
    connection = await platform.connections.get(scope)
    assert connection.last_sync is not None
    assert (connection.last_sync.status, connection.repository_id) == ("success", 77)
    job = await platform.jobs.get(scope, made.job)
    assert (job.status, job.reason, job.added, job.total) == ("completed", "connect", 2, 2)
    assert await platform.connections.connected(scope)


async def test_no_secret_is_in_the_table_or_in_what_is_shown(
    connected: Platform, scope: Scope
) -> None:
    record = await connected.connections.table.get(scope)
    secret = await connected.secret(scope)
    told = f"{record} {record.connection.as_dict()}"

    assert record.references["PersonalAccessTokenRef"] == f"local:github-pat-{scope}"
    assert record.references["WebhookSecretRef"] == f"local:github-webhook-secret-{scope}"
    assert TOKEN not in told
    assert secret not in told


async def test_a_scope_has_one_connection(connected: Platform, scope: Scope, url: str) -> None:
    with pytest.raises(ConnectionExistsError):
        await connected.connections.create(scope, url, TOKEN, by=BY)


async def test_of_many_who_connect_a_scope_at_once_one_does(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    tries = [platform.connections.create(scope, url, TOKEN, by=BY) for _ in range(5)]
    done = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(one, ConnectionExistsError) for one in done) == 4
    assert len(github.repositories["contoso/flows"].hooks) == 1


async def test_what_cannot_be_meant_or_seen_leaves_nothing(
    platform: Platform, scope: Scope, url: str, place: Place, github: GitHubStandIn
) -> None:
    create = platform.connections.create
    for kind, given, token, branch in (
        (BadRepositoryUrlError, "git@github.com:a/b.git", TOKEN, "main"),
        (BadRepositoryUrlError, "http://127.0.0.1:9/contoso/flows", TOKEN, "main"),
        (BadTokenError, url, "two words", "main"),
        (BadTokenError, url, "ghp", "main"),
        (BadBranchError, url, TOKEN, "a..b"),
        (NoSuchBranchError, url, TOKEN, "none"),
        (RepositoryRefusedError, url, "ghp_wrong", "main"),
    ):
        with pytest.raises(kind):
            await create(scope, given, token, branch=branch, by=BY)
    del github.repositories["contoso/flows"]
    with pytest.raises(GitHubNotFoundError):
        await create(scope, url, TOKEN, by=BY)

    assert await platform.connections.table.find(scope) is None
    assert await secrets_of(place, scope) == []


async def test_a_token_that_may_only_read_connects_and_the_secret_is_shown_once(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    github.repositories["contoso/flows"].may_hook = False

    made = await platform.connections.create(scope, url, TOKEN, by=BY)

    assert made.registration.hook is None
    assert made.registration.fault
    assert made.secret == await platform.secret(scope)
    assert made.secret not in repr(made)


async def test_a_webhook_that_is_there_is_adopted(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    await platform.connections.create(scope, url, TOKEN, by=BY)
    github.answers = [Refusal(500)] * 3
    assert await platform.connections.delete(scope), "that the webhook stays is said"

    made = await platform.connections.create(scope, url, TOKEN, by=BY)

    (identity,) = github.repositories["contoso/flows"].hooks
    assert made.registration.hook == identity


async def test_a_webhook_whose_making_was_not_answered_is_found(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    github.answers = [None, None, Refusal(torn=True, done=True)]

    made = await platform.connections.create(scope, url, TOKEN, by=BY)

    assert not made.registration.fault
    assert len(github.repositories["contoso/flows"].hooks) == 1


async def test_while_github_takes_no_requests_it_is_connected_and_registered_later(
    platform: Platform, scope: Scope, url: str, github: GitHubStandIn
) -> None:
    github.answers = [None, Refusal(429, {"Retry-After": "60"})]
    made = await platform.connections.create(scope, url, TOKEN, by=BY)
    assert made.registration.hook is None
    await platform.work()
    assert await platform.files(scope)

    await platform.reconciler.run()
    assert not github.repositories["contoso/flows"].hooks, "GitHub asked to wait"
    long_ago = datetime.now(UTC) - timedelta(seconds=1)
    await platform.connections.table.change(made.connection, hook_retry_at=long_ago)
    done = await platform.reconciler.run()

    assert done.finished == [scope.name]
    (hook,) = github.repositories["contoso/flows"].hooks.values()
    assert hook["config"]["secret"] == await platform.secret(scope)
    assert (await platform.connections.get(scope)).hook_fault == ""


async def test_disconnecting_removes_webhook_and_secrets_and_keeps_the_files(
    connected: Platform, scope: Scope, place: Place, github: GitHubStandIn
) -> None:
    assert await connected.connections.delete(scope) == ""

    assert github.repositories["contoso/flows"].hooks == {}
    assert await secrets_of(place, scope) == []
    assert not await connected.connections.connected(scope)
    assert await connected.files(scope) == {"a.py": b"one", "b/c.py": b"two"}
    with pytest.raises(NoSuchConnectionError):
        await connected.connections.delete(scope)


async def test_a_disconnect_is_not_kept_up_by_a_token_that_was_revoked(
    connected: Platform, scope: Scope, place: Place, github: GitHubStandIn
) -> None:
    github.token = "another"  # noqa: S105

    assert "Bad credentials" in await connected.connections.delete(scope)
    assert await connected.connections.table.find(scope) is None
    assert await secrets_of(place, scope) == []


async def test_another_branch_is_followed_at_once(
    connected: Platform, scope: Scope, repository: ServedRepository
) -> None:
    repository.commit({"d.py": "dev"}, branch="dev", parent=None)
    await connected.connections.update(scope, branch="dev")
    await connected.work()

    assert await connected.files(scope) == {"d.py": b"dev"}
    with pytest.raises(NoSuchBranchError):
        await connected.connections.update(scope, branch="none")
    assert (await connected.connections.get(scope)).branch == "dev"


async def test_a_disabled_connection_needs_no_token_and_follows_again_when_enabled(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer
) -> None:
    server.token = "revoked"  # noqa: S105
    await connected.connections.update(scope, enabled=False)
    assert not await connected.connections.connected(scope)
    commit = repository.commit({"a.py": "new"})
    answer = await connected.deliver(scope, pushed(commit))
    assert answer.as_dict() == {"message": "ignored: the connection is disabled"}

    with pytest.raises(RepositoryRefusedError):
        await connected.connections.update(scope, enabled=True)
    server.token = TOKEN
    await connected.connections.update(scope, enabled=True)
    await connected.work()

    assert (await connected.files(scope))["a.py"] == b"new"


async def test_a_new_token_is_used_at_once_by_everybody(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer,
    github: GitHubStandIn, place: Place,
) -> None:  # fmt: skip
    async with opened(place) as other:
        await other.connections.secrets.token(await other.connections.table.get(scope))
        server.token = github.token = "ghp_newer"  # noqa: S105
        repository.commit({"a.py": "new"})
        await connected.connections.update(scope, token="ghp_newer")  # noqa: S106
        await other.work()

        assert (await other.files(scope))["a.py"] == b"new"


async def test_after_a_rotation_both_secrets_count_for_a_while_and_then_the_new_one(
    connected: Platform, scope: Scope, repository: ServedRepository, github: GitHubStandIn,
    place: Place,
) -> None:  # fmt: skip
    old = await connected.secret(scope)
    async with opened(place) as other:
        assert await other.secret(scope) == old
        rotated = await connected.connections.rotate(scope)
        (hook,) = github.repositories["contoso/flows"].hooks.values()
        new = hook["config"]["secret"]
        assert new != old
        assert rotated.secret is None
        for secret in (new, old):
            commit = repository.commit({"a.py": secret})
            assert (await other.deliver(scope, pushed(commit), secret=secret)).accepted

        over = datetime.now(UTC) - timedelta(seconds=1)
        await connected.connections.table.change(rotated.connection, previous_until=over)
        with pytest.raises(SignatureError):
            await other.deliver(scope, pushed("a" * 40), secret=old)


@pytest.mark.parametrize("dies_at", ["POST", "GET"])
async def test_who_dies_while_connecting_leaves_nothing_behind(
    platform: Platform, scope: Scope, url: str, place: Place, github: GitHubStandIn, dies_at: str
) -> None:
    creating = asyncio.ensure_future(platform.connections.create(scope, url, TOKEN, by=BY))
    loop = asyncio.get_running_loop()

    def die(method: str, path: str) -> None:
        if (method, path.endswith("/hooks")) == (dies_at, True):
            loop.call_soon_threadsafe(creating.cancel)
            github.on_call = None

    github.on_call = die
    with pytest.raises(asyncio.CancelledError):
        await creating
    record = await platform.connections.table.get(scope)
    assert record.connection.state is State.CONNECTING
    assert not await platform.connections.connected(scope)
    with pytest.raises(ConnectionExistsError):
        await platform.connections.create(scope, url, TOKEN, by=BY)
    with pytest.raises(ConnectionBusyError):
        await platform.connections.delete(scope)
    assert (await platform.reconciler.run()).finished == []

    over = replace(record.connection, busy_until=datetime.now(UTC) - timedelta(seconds=1))
    await platform.connections.table.write(record, over)
    assert (await platform.reconciler.run()).finished == [scope.name]

    assert await platform.connections.table.find(scope) is None
    assert await secrets_of(place, scope) == []
    assert github.repositories["contoso/flows"].hooks == {}


async def test_who_dies_while_disconnecting_is_followed(
    connected: Platform, scope: Scope, url: str, place: Place, github: GitHubStandIn
) -> None:
    deleting = asyncio.ensure_future(connected.connections.delete(scope))
    loop = asyncio.get_running_loop()

    def die(_method: str, _path: str) -> None:
        loop.call_soon_threadsafe(deleting.cancel)

    github.on_call = die
    with pytest.raises(asyncio.CancelledError):
        await deleting
    github.on_call = None
    assert not await connected.connections.connected(scope), "it can be edited at once"
    record = await connected.connections.table.get(scope)
    over = replace(record.connection, busy_until=datetime.now(UTC) - timedelta(seconds=1))
    await connected.connections.table.write(record, over)

    await connected.connections.create(scope, url, TOKEN, by=BY)

    assert await secrets_of(place, scope) == ["pat", "webhook-secret"]
    assert await connected.connections.connected(scope)


async def test_without_a_public_address_nothing_is_registered(
    place: Place, scope: Scope, url: str
) -> None:
    async with opened(replace(place, public="")) as platform:
        made = await platform.connections.create(scope, url, TOKEN, by=BY)

    assert "no public address" in made.registration.fault
    assert made.connection.as_dict()["webhookUrl"] is None


async def test_connections_come_in_pages(platform: Platform, url: str) -> None:
    scopes = [GLOBAL, *(Scope(f"org-{number}") for number in range(4))]
    for scope in scopes:
        await platform.connections.create(scope, url, TOKEN, by=BY)

    first = await platform.connections.page(limit=3)
    second = await platform.connections.page(limit=3, after=first.next)

    assert [one.scope for one in (*first.connections, *second.connections)] == scopes
    assert second.next == ""


async def test_a_connection_that_storage_refuses_to_keep_leaves_no_secret(
    platform: Platform, scope: Scope, url: str, place: Place, github: GitHubStandIn
) -> None:
    lock = Path(place.folder) / "secrets"
    lock.write_text("a file where the folder should be")

    with pytest.raises(FuncyardError):
        await platform.connections.create(scope, url, TOKEN, by=BY)

    assert github.calls("POST") == []
