"""What is kept of a connection is what it was, and nothing secret is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from funcyard.workspace.connections.model import Connection, LastSync, State
from funcyard.workspace.connections.rows import PARTITION, ConnectionRowError, from_row, to_row
from funcyard.workspace.git import RepositoryUrl
from funcyard.workspace.scopes import GLOBAL, Scope

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
PLAIN = Connection(scope=GLOBAL, repository=RepositoryUrl.parse("https://github.com/a/b"))
FILLED = Connection(
    scope=Scope("acme"),
    repository=RepositoryUrl.parse("https://github.com/a/b.git"),
    branch="dev",
    repository_id=7,
    enabled=False,
    state=State.DISCONNECTING,
    busy_until=MOMENT,
    webhook_url="https://example.com/api/github-webhook?connection=acme",
    hook=9,
    hook_fault="no",
    hook_retry_at=MOMENT,
    previous_until=MOMENT,
    last_sync=LastSync("a" * 40, MOMENT, 5, "partial", "why"),
    created_by="ada",
)


@pytest.mark.parametrize("connection", [PLAIN, FILLED])
def test_a_row_holds_the_whole_connection(connection: Connection) -> None:
    assert from_row(to_row(connection, {})) == connection


def test_rows_have_the_names_of_the_data_model() -> None:
    row = to_row(FILLED, {"PersonalAccessTokenRef": "local:github-pat-acme"})

    assert (row["PartitionKey"], row["RowKey"]) == (PARTITION, "acme")
    assert {
        "RepositoryUrl", "RepositoryBranch", "WebhookUrl", "IsEnabled", "LastSyncCommitSha",
        "LastSyncTimestamp", "LastSyncDurationMs", "LastSyncStatus", "LastSyncError", "CreatedAt",
        "CreatedBy", "UpdatedAt", "PersonalAccessTokenRef",
    } <= row.keys()  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [{"RepositoryUrl": "git://x"}, {"State": "odd"}, {"RowKey": "../x"}, {"WebhookId": "x"}],
)
def test_a_row_that_something_else_wrote_is_told(changes: dict[str, str]) -> None:
    with pytest.raises(ConnectionRowError):
        from_row(to_row(PLAIN, {}) | changes)


def test_secrets_of_two_scopes_never_have_one_name() -> None:
    names = [
        name
        for scope in ("a", "a-previous", "previous-a", "secret-a", "GLOBAL")
        for one in [replace(PLAIN, scope=Scope(scope))]
        for name in (one.token_name, one.secret_name, one.previous_name)
    ]

    assert len(set(names)) == len(names)


def test_a_connection_counts_only_when_it_is_made_and_enabled() -> None:
    made = replace(PLAIN, state=State.CONNECTED)

    assert made.active
    assert not PLAIN.active
    assert not replace(made, enabled=False).active
    assert not replace(made, state=State.DISCONNECTING).active


def test_what_is_left_unfinished_is_known() -> None:
    later, earlier = MOMENT + timedelta(seconds=1), MOMENT - timedelta(seconds=1)

    assert replace(PLAIN, busy_until=later).busy(MOMENT)
    assert not replace(PLAIN, busy_until=later).unfinished(MOMENT)
    assert replace(PLAIN, busy_until=earlier).unfinished(MOMENT)
    assert replace(PLAIN, hook_retry_at=earlier).unfinished(MOMENT)
    assert not replace(PLAIN, hook_retry_at=later).unfinished(MOMENT)
    assert not replace(PLAIN, hook_retry_at=earlier, busy_until=later).unfinished(MOMENT)
    assert not PLAIN.unfinished(MOMENT)


def test_what_is_shown_is_json() -> None:
    shown = json.loads(json.dumps(FILLED.as_dict()))

    assert (shown["orgId"], shown["lastSync"]["status"]) == ("acme", "partial")
    assert PLAIN.as_dict()["lastSync"] is None
