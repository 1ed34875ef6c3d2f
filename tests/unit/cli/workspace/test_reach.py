"""What the API does is done from the command line: every operation of the contracts is called."""

from __future__ import annotations

import re
from typing import Final

import pytest
from click.testing import CliRunner
from tests.answering import Answering, document
from tests.platform_contracts import operations

from funcyard.cli.workspace import command

_FIRST: Final = f"00000001-{'1' * 64}"
_SECOND: Final = f"00000002-{'2' * 64}"
_CALLED_BY: Final = {
    "list_connections": "connections",
    "connect": "connect https://host/owner/name",
    "change_connection": "follow --pause",
    "disconnect": "disconnect",
    "rotate_secret": "follow --new-secret",
    "sync": "sync",
    "list_jobs": "syncs",
    "read_job": "syncs 1",
    "health": "health",
    "list_workflows": "workflows",
    "read_workflow": "workflows report",
    "execute": "run report",
    "ask_data_provider": "options months",
    "list_executions": "executions",
    "read_execution": "executions 1",
    "read_result": "result 1",
    "read_logs": "logs 1",
    "cancel": "cancel 1",
    "list_keys": "keys list",
    "create_key": "keys add",
    "remove_key": "keys remove 1",
    "list_organizations": "organizations list",
    "create_organization": "organizations add acme",
    "read_organization": "organizations show acme",
    "change_organization": "organizations deactivate acme",
    "remove_organization": "organizations remove acme --yes",
    "add_member": "organizations add-member acme a:b",
    "remove_member": "organizations remove-member acme a:b",
    "list_files": "files list",
    "read_file": "files get a/b.txt",
    "write_file": "files put a/b.txt -",
    "delete_file": "files remove a/b.txt",
    "make_directory": "files make-folder a/b",
    "remove_directory": "files remove a/b --recursive",
    "move": "files move a b",
    "search_workspace": "files search text",
    "download": "download --output -",
    "workspace_status": "status",
    "list_versions": "versions",
    "roll_back": "rollback --yes",
}
_FOR_OTHERS: Final = {
    *("github_webhook", "live"),  # GitHub's, and Azure's
    *(f"call_endpoint_{method}" for method in ("get", "post", "put", "patch", "delete")),
    *("list_contracts", "read_contract"),  # for programs
    *("read_file_head", "download_head"),  # of what is read
    "read_connection",  # is listed
}


def test_every_operation_is_called_by_a_command_or_is_for_others() -> None:
    known = {one.id for one in operations()}
    assert set(_CALLED_BY) | _FOR_OTHERS == known
    assert not set(_CALLED_BY) & _FOR_OTHERS


@pytest.mark.parametrize("name", _CALLED_BY)
def test_the_command_calls_it_as_the_contract_has_it(name: str) -> None:
    (operation,) = [one for one in operations() if one.id == name]
    known = {"current": _SECOND, "previous": _FIRST, "versions": []}
    with Answering(document(known)) as server:
        words = [*_CALLED_BY[name].split(), "--url", server.url]
        CliRunner().invoke(command, words, input="x", env={"FUNCYARD_GITHUB_TOKEN": "t"})
    lines = [asked.partition(b" HTTP/")[0].decode() for asked in server.received]
    pattern = re.sub(r"\{(\w+)\}", _part, f"{operation.method} /api{operation.path}")
    assert any(re.fullmatch(rf"{pattern}(\?.*)?", line) for line in lines), lines


def _part(parameter: re.Match[str]) -> str:
    """Return what matches a parameter of a path: slashes of paths of the workspace stay."""
    return "[^?]+" if parameter[1] in ("filePath", "dirPath") else "[^/?]+"
