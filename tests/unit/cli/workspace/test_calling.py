"""The commands that call a platform: what is bad usage, and what answers like none."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.answering import Answering, document, ndjson

from funcyard.cli.workspace import command
from funcyard.errors import FuncyardError

_FINE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"


def _fault(*arguments: str, caller: str = "") -> FuncyardError:
    """Return what a command fails with."""
    variables = {"FUNCYARD_TOKEN": caller, "FUNCYARD_GITHUB_TOKEN": "t"}
    done = CliRunner().invoke(command, arguments, env=variables)
    assert isinstance(done.exception, FuncyardError), done.output
    return done.exception


@pytest.mark.parametrize("name", ["", "a/../b", "ünï", "x y", "a\nb", "Acme", "x?y#z", "€"])
def test_what_is_no_organisation_s_id_is_bad_usage(name: str) -> None:
    for words in (["status"], ["sync"], ["disconnect"], ["connect", "https://host/a/b"]):
        fault = _fault(*words, "--organization", name)
        assert (fault.code, fault.exit_code) == ("workspace-scope", 2)


def test_a_variable_that_names_no_organisation_means_none() -> None:
    answer = document({"current": None, "previous": None, "versions": []})
    for words in (["versions"], ["versions", "--organization", "acme"]):
        with Answering(answer) as server:
            variables = {"FUNCYARD_ORGANIZATION": "", "FUNCYARD_URL": server.url}
            done = CliRunner().invoke(command, words, env=variables)
        assert done.exit_code == 0, done.output
        (asked,) = server.received
        assert (b"x-organization-id: acme" in asked.lower()) == (len(words) > 1)


def test_a_token_that_can_be_none_is_bad_usage_and_a_line_end_behind_one_is_not() -> None:
    assert _fault("status", caller="a\nb").code == "workspace-api-token"
    assert _fault("status", "--url", "http://127.0.0.1:1/api", caller="t\n").exit_code == 4


_READING = [
    *(["status"], ["connect", "https://host/a/b"], ["sync"], ["sync", "--dry-run"]),
    *(["workflows"], ["workflows", "report"], ["run", "report"], ["run", "report", "--async"]),
    *(["executions"], ["executions", "1"], ["logs", "1"], ["logs", "1", "--follow"]),
    *(["cancel", "1"], ["versions"], ["rollback", "--yes"], ["rollback", "1", "--dry-run"]),
    *(["files", "list"], ["files", "search", "x"], ["files", "list", "--version", "1"]),
    ["options", "months"],
    *(["follow", "--pause"], ["follow", "--new-secret"], ["follow", "--new-token"]),
    *(["connections"], ["syncs"], ["syncs", "1"], ["health"]),
    *(["organizations", "list"], ["organizations", "show", "a"], ["organizations", "add", "a"]),
    *(["keys", "list"], ["keys", "add"]),
]


@pytest.mark.parametrize("answer", [{}, [], None, 1, {"githubConnection": None}])
@pytest.mark.parametrize("words", _READING, ids=" ".join)
def test_an_answer_of_something_else_is_told_so(words: list[str], answer: object) -> None:
    content = json.dumps(answer).encode()
    with Answering(_FINE % (len(content), content)) as server:
        fault = _fault(*words, "--url", server.url)
    assert (fault.code, fault.exit_code) == ("workspace-unreachable", 4)


def test_one_file_is_one_file() -> None:
    status: dict[str, object] = {
        "mode": "manual-edit",
        "version": "00000001-abc",
        "view": {"state": "clean"},
        "githubConnection": None,
        "statistics": {"totalFiles": 1, "totalSize": 2},
        "packages": None,
        "leftOut": [],
        "leftOutCount": 0,
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


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "a", "--param", "x"], "workspace-input"),
        (["logs", ""], "workspace-empty-name"),
        (["cancel", ".."], "workspace-empty-name"),
        (["organizations", "remove", "..", "--yes"], "workspace-empty-name"),
        (["organizations", "remove", "a"], "not-confirmed"),
        (["organizations", "remove", "a", "--json"], "not-confirmed"),
        (["rollback", "last"], "workspace-version-name"),
        (["download", "--version", "x"], "workspace-version-name"),
        (["files", "get", "../a"], "workspace-path"),
        (["files", "put", "a", "missing"], "workspace-source"),
        (["files", "remove", ".git/config"], "workspace-path-reserved"),
        (["files", "move", "a", "b", "--if-match", "x"], "workspace-etag"),
        (["files", "remove", "a", "--if-match", ""], "workspace-etag"),
        (["files", "list", "--version", ""], "workspace-version-name"),
        (["download", "--version", ""], "workspace-version-name"),
        (["run", "a", "--key", ""], "workspace-idempotency-key"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage_before_anything_is_done(
    words: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Answering(document({"current": None, "previous": None, "versions": []})) as server:
        fault = _fault(*words, "--url", server.url)
    assert (fault.code, fault.exit_code) == (code, 2)
    assert all(asked.startswith(b"GET ") for asked in server.received)


def test_a_file_that_is_there_is_not_overwritten_and_nothing_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    for words in (["download"], ["files", "get", "a"]):
        for target in (tmp_path / "a", tmp_path, tmp_path / "missing" / "a", Path("/dev/null")):
            fault = _fault(*words, "--output", str(target), "--url", "http://127.0.0.1:1/api")
            assert (fault.code, fault.exit_code) == ("workspace-file-there", 2)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_device_is_replaced_by_no_file_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    device = _fault("files", "get", "a", "--output", "/dev/null", "--overwrite")
    assert device.code == "workspace-file-there"
    with Answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew") as server:
        words = ["files", "get", "a", "--output", str(tmp_path / "link"), "--url", server.url]
        done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


def test_an_execution_whose_platform_goes_away_is_told_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    begun = document({"executionId": "1-2", "status": "Pending"}, 202)
    with Answering(begun, b"") as server:
        done = CliRunner().invoke(command, ["run", "report", "--url", server.url])
    assert getattr(done.exception, "exit_code", 0) == 4
    assert "it goes on; funcyard workspace cancel 1-2 ends it" in done.output


def test_what_an_execution_says_moves_no_cursor() -> None:
    hostile = {"time": 0, "level": "\x1b[2J", "source": "x", "text": "one\r\n\x1b[31mtwo\u202e"}
    with Answering(ndjson(hostile, following=1, over=True)) as server:
        done = CliRunner().invoke(command, ["logs", "1", "--url", server.url])
    assert done.output.splitlines() == [
        "1970-01-01 00:00:00  \\x1b[2J  one\\r",
        f"{'':<30}\\x1b[31mtwo\\u202e",
    ]


def test_health_is_told_where_something_fails_and_a_refusal_is_a_refusal() -> None:
    check = {"healthy": False, "message": "full", "durationMs": 1.2}
    failing = {"status": "unhealthy", "checks": {"temporary": check}}
    with Answering(document(failing, 503)) as server:
        done = CliRunner().invoke(command, ["health", "--url", server.url], standalone_mode=False)
    assert (done.return_value, done.output.splitlines()) == (
        1, ["unhealthy", "check             took", "temporary  fails  1 ms  full"],
    )  # fmt: skip
    refused = {"error": "NotConfigured", "message": "FUNCYARD_AUTH is missing"}
    with Answering(document(refused, 503)) as server:
        assert _fault("health", "--url", server.url).code == "workspace-refused"
