"""The commands that call a platform: what is bad usage, and what answers like none."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.answering import Answering

from funcyard.cli.workspace import command
from funcyard.errors import FuncyardError

_FINE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"


def _fault(*arguments: str, caller: str = "") -> FuncyardError:
    """Return what a command fails with."""
    variables = {"FUNCYARD_TOKEN": caller, "FUNCYARD_GITHUB_TOKEN": "t"}
    done = CliRunner().invoke(command, arguments, env=variables)
    assert isinstance(done.exception, FuncyardError), done.output
    return done.exception


@pytest.mark.parametrize("name", ["a/../b", "ünï", "x y", "a\nb", "Acme", "x?y#z", "€"])
def test_what_is_no_organisation_s_id_is_bad_usage(name: str) -> None:
    for words in (["status"], ["sync"], ["disconnect"], ["connect", "https://host/a/b"]):
        fault = _fault(*words, "--organization", name)
        assert (fault.code, fault.exit_code) == ("workspace-scope", 2)


def test_a_token_that_can_be_none_is_bad_usage_and_a_line_end_behind_one_is_not() -> None:
    assert _fault("status", caller="a\nb").code == "workspace-api-token"
    assert _fault("status", "--url", "http://127.0.0.1:1/api", caller="t\n").exit_code == 4


@pytest.mark.parametrize("answer", [{}, [], None, 1, {"githubConnection": None}])
@pytest.mark.parametrize(
    "words", [["status"], ["connect", "https://host/a/b"], ["sync"], ["sync", "--dry-run"]]
)
def test_an_answer_of_something_else_is_told_so(words: list[str], answer: object) -> None:
    content = json.dumps(answer).encode()
    with Answering(_FINE % (len(content), content)) as server:
        fault = _fault(*words, "--url", server.url)
    assert (fault.code, fault.exit_code) == ("workspace-unreachable", 4)


def test_one_file_is_one_file() -> None:
    status = {
        "mode": "manual-edit",
        "version": "00000001-abc",
        "view": {"state": "clean"},
        "githubConnection": None,
        "statistics": {"totalFiles": 1, "totalSize": 2},
    }
    content = json.dumps(status).encode()
    with Answering(_FINE % (len(content), content)) as server:
        done = CliRunner().invoke(command, ["status", "--url", server.url, "--organization", "a"])
    assert done.output.splitlines() == [
        "workspace   a  manual-edit",
        "version     00000001-abc  1 file, 2 bytes",
        "view        clean",
        "follows     edited by hand",
    ]
