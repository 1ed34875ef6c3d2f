"""Nothing secret is logged, kept in a table or told in an error, whatever happens."""

from __future__ import annotations

import logging

import pytest
from azure.data.tables.aio import TableServiceClient
from tests.github_stand_in import GitHubStandIn, Refusal
from tests.integration.workspace.connected.platform import Platform, pushed
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.workspace.scopes import Scope


async def test_neither_token_nor_webhook_secret_is_anywhere(
    connected: Platform, scope: Scope, repository: ServedRepository, server: GitServer,
    github: GitHubStandIn, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    first = await connected.secret(scope)
    github.answers = [Refusal(403, message=f"no {TOKEN}")]
    rotated = await connected.connections.rotate(scope)
    server.token = "revoked"  # noqa: S105
    await connected.deliver(scope, pushed(repository.commit({"a.py": "new"})))
    await connected.work()
    await connected.reconciler.run()
    told = [caplog.text, repr(rotated), str(rotated.connection.as_dict())]
    text = connected.place.connection
    async with TableServiceClient.from_connection_string(text) as service:
        for letter in "CJVT":
            table = service.get_table_client(f"{letter}{connected.place.suffix}")
            told += [str(row) async for row in table.list_entities()]

    assert rotated.secret not in {None, first}
    for secret in (TOKEN, first, str(rotated.secret)):
        assert [one for one in told if secret in one] == []
