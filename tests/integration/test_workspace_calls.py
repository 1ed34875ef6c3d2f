"""A day's work with a running platform from the command line, callers told by their tokens."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Final

import pytest
from tests.command_line import Done, funcyard
from tests.running_platform import (
    FUNCYARD,
    Callers,
    RunningPlatform,
    eventually,
    known_callers,
    platform,
)

__all__ = ["known_callers", "platform"]

ORG: Final = "calls"
CODE: Final = """
import time
from funcyard.workflows.sdk import data_provider, param, workflow

@data_provider(name="months")
@param("year", type="int", required=True)
def months(year):
    return [f"{year}-11", f"{year}-12"]

@workflow(name="total", execution_mode="sync")
@param("lines", type="int", required=True, help="how many", choices=[1, 2, 3])
@param("tags", type="list", default=[])
@param("month", data_provider="months")
def total(context, lines, tags, month):
    context.logger.info("adding %s", lines)
    return {"total": lines, "tags": tags}

@workflow(name="partly")
def partly(context):
    context.report_error("one day is missing")
    return 1

@workflow(name="fails")
def fails():
    raise ValueError("nothing to add")

@workflow(name="waits", description="Waits to be cancelled")
def waits(context):
    context.logger.info("waiting")
    while not context.cancelled:
        time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def here(platform: RunningPlatform) -> RunningPlatform:
    """The platform, with an organisation of these tests' own that has workflows."""
    made = _call(platform, "organizations", "add", ORG, "--name", "Calls")
    assert made.printed == f"made {ORG}\n", made.said
    put = _call(platform, "files", "put", "jobs.py", "-", given=CODE.encode())
    assert put.printed == "jobs.py  version 1, view clean\n", put.said
    return platform


def _call(
    here: RunningPlatform,
    *words: str,
    given: bytes = b"",
    token: str | None = None,
    organization: str | None = ORG,
) -> Done:
    url = here.ready["workspace"]["url"]
    of_one = organization is not None and words[0] != "organizations"
    scope = [f"--organization={organization}"] if of_one else []
    return funcyard(
        *("workspace", *words, "--url", url, *scope),
        given=given,
        FUNCYARD_TOKEN=here.token or "" if token is None else token,
    )


def _id(here: RunningPlatform, workflow: str) -> str:
    started = _call(here, "run", workflow, "--async")
    assert started.code == 0, started.said
    return started.printed.strip()


def test_a_workflow_is_found_run_and_its_execution_looked_at(here: RunningPlatform) -> None:
    assert "total     calls   sync" in _call(here, "workflows").printed
    taken = _call(here, "workflows", "total").printed
    assert re.search("lines +int +required +one of 1, 2, 3 +how many", taken)
    assert re.search("month +string +options months", taken)
    offered = _call(here, "options", "months", "-p", "year=2026")
    assert offered.printed == '"2026-11"\n"2026-12"\n'
    assert _call(here, "options", "months").code == 2
    done = _call(here, "run", "total", "-p", "lines=3", "--input", "-", given=b'{"tags": ["a"]}')
    assert (done.code, json.loads(done.printed)) == (0, {"total": 3, "tags": ["a"]})
    assert "  info     adding 3\nSuccess  " in done.said
    identity = done.said.split("Success  ")[1].split()[0]
    assert _call(here, "result", identity).printed == done.printed
    assert _call(here, "logs", identity).printed.endswith("  info     adding 3\n")
    log = _call(here, "logs", identity, "--follow", "--json").printed
    assert json.loads(log)["text"] == "adding 3"
    assert "workflow    total  calls version 1" in _call(here, "executions", identity).printed
    listed = _call(here, "executions", "--workflow", "total", "--status", "Success", "--json")
    assert identity in [one["executionId"] for one in json.loads(listed.printed)["executions"]]
    assert _call(here, "executions", "--user", "nobody").printed == "no executions\n"


def test_how_an_execution_ended_is_the_exit_status(here: RunningPlatform) -> None:
    partly = _call(here, "run", "partly")
    assert (partly.code, partly.printed) == (1, "1\n")
    assert "CompletedWithErrors" in partly.said
    assert "  note: one day is missing" in partly.said
    fails = _call(here, "run", "fails")
    assert (fails.code, fails.printed) == (1, "")
    assert "  ValueError: nothing to add\n  Traceback" in fails.said
    told = _call(here, "run", "fails", "--json")
    assert (told.code, json.loads(told.printed)["status"], told.said) == (1, "Failed", "")


def test_a_script_that_is_run_again_starts_nothing_again(here: RunningPlatform) -> None:
    first = _call(here, "run", "total", "-p", "lines=1", "--key", "once", "--json")
    again = _call(here, "run", "total", "-p", "lines=1", "--key", "once", "--json")
    ids = [json.loads(one.printed)["executionId"] for one in (first, again)]
    assert ids[0] == ids[1]
    assert _call(here, "run", "total", "-p", "lines=2", "--key", "once").code == 3


def test_an_execution_is_cancelled_and_whoever_follows_it_sees_the_end(
    here: RunningPlatform,
) -> None:
    identity = _id(here, "waits")
    early = _call(here, "result", identity)
    assert (early.code, early.printed) == (3, "")
    cancelled = _call(here, "cancel", identity)
    assert cancelled.code == 0, cancelled.said
    assert _call(here, "logs", identity, "--follow").code == 0
    ended = _call(here, "executions", identity, "--json")
    assert json.loads(ended.printed)["status"] == "Cancelled"
    assert _call(here, "cancel", identity).code == 3


def test_ctrl_c_ends_the_waiting_and_not_the_execution(here: RunningPlatform) -> None:
    words = ["workspace", "run", "waits", "--url", here.ready["workspace"]["url"]]
    with subprocess.Popen(
        [FUNCYARD, *words, "--organization", ORG],
        env={"PATH": os.environ["PATH"], "FUNCYARD_TOKEN": here.token or ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stderr is not None
        said = [waiting.stderr.readline(), waiting.stderr.readline()]
        waiting.send_signal(signal.SIGINT)
        printed, rest = waiting.communicate()
    identity = said[0].split()[1]
    assert (waiting.returncode, printed) == (130, "")
    assert said[1].endswith("waiting\n")
    assert rest == f"it goes on; funcyard workspace cancel {identity} ends it\n\ninterrupted\n"
    assert "Running" in _call(here, "executions", identity).printed
    assert _call(here, "cancel", identity).code == 0


def test_a_file_is_put_read_moved_searched_and_removed(
    here: RunningPlatform, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"\x00 needle\n")
    assert _call(here, "files", "put", "notes/a.bin", str(tmp_path / "a"), "--new").code == 0
    again = _call(here, "files", "put", "notes/a.bin", "-", "--new", given=b"other")
    assert (again.code, again.printed) == (3, "")
    assert _call(here, "files", "get", "notes/a.bin").content == b"\x00 needle\n"
    told = json.loads(_call(here, "files", "get", "notes/a.bin", "--json").printed)
    stale = _call(here, "files", "remove", "notes/a.bin", "--if-match", "0" * 64)
    assert stale.code == 3
    changed = ("files", "put", "notes/a.bin", "-", "--if-match", told["etag"])
    assert _call(here, *changed, given=b"a needle\n").code == 0
    assert _call(here, *changed, given=b"lost").code == 3
    assert _call(here, "files", "make-folder", "notes/empty").printed.startswith(
        "notes/empty/  version"
    )
    assert _call(here, "files", "make-folder", "notes").code == 3
    assert _call(here, "files", "remove", "notes/empty", "--recursive").code == 0
    found = _call(here, "files", "search", "NEEDLE", "--path", "notes/*")
    assert found.printed == "notes/a.bin:1:3: a needle\n"
    assert _call(here, "files", "search", "NEEDLE", "--case").printed == ""
    moved = _call(here, "files", "move", "notes/a.bin", "notes/b c.txt")
    assert moved.printed.startswith("notes/b c.txt  version ")
    assert _call(here, "files", "list", "notes").printed == "9  notes/b c.txt\n"
    brought = tmp_path / "b"
    assert _call(here, "files", "get", "notes/b c.txt", "--output", str(brought)).code == 0
    assert brought.read_bytes() == b"a needle\n"
    (folder,) = [
        one
        for one in json.loads(_call(here, "files", "list", "--json").printed)["items"]
        if one["isDirectory"]
    ]
    _call(here, "files", "put", "notes/new.txt", "-", given=b"seen by nobody")
    unseen = ("files", "remove", "notes", "--recursive", "--if-match", folder["etag"])
    assert _call(here, *unseen).code == 3
    assert _call(here, "files", "remove", "notes").code == 3
    assert _call(here, "files", "remove", "notes", "--recursive").code == 0
    assert _call(here, "files", "get", "notes/b c.txt").code == 3


def test_a_workspace_is_downloaded_whole_and_rolled_back(
    here: RunningPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _call(here, "files", "put", "keep.txt", "-", given=b"one")
    before = json.loads(_call(here, "versions", "--json").printed)["current"]
    _call(here, "files", "put", "keep.txt", "-", given=b"two")
    planned = _call(here, "rollback", "--dry-run").printed
    assert (
        planned == f"~ keep.txt\n1 unchanged; back to version {int(before[:8])}, nothing was done\n"
    )
    assert _call(here, "files", "get", "keep.txt").content == b"two"
    refused = _call(here, "rollback")
    assert (refused.code, refused.printed) == (2, "")
    done = _call(here, "rollback", "--yes")
    assert "0 added, 1 modified, 0 deleted" in done.printed
    assert _call(here, "files", "get", "keep.txt").content == b"one"
    current = json.loads(_call(here, "versions", "--json").printed)["versions"][0]["number"]
    assert f"{current}  *" in _call(here, "versions").printed
    brought = _call(here, "download")
    assert brought.printed.startswith(f"{ORG}-{current}.zip  {ORG} version {current}, ")
    there = _call(here, "download", "--json")
    assert (there.code, json.loads(there.printed)["error"]["code"]) == (2, "workspace-file-there")
    assert _call(here, "download", "--stored", "--overwrite").code == 0
    with zipfile.ZipFile(tmp_path / f"{ORG}-{current}.zip") as archive:
        assert archive.read("keep.txt") == b"one"
    streamed = _call(here, "download", "--output", "-", "--version", str(current))
    with zipfile.ZipFile(io.BytesIO(streamed.content)) as archive:
        assert set(archive.namelist()) == {"jobs.py", "keep.txt"}
    assert [one.name for one in tmp_path.iterdir()] == [f"{ORG}-{current}.zip"]
    assert _call(here, "rollback", "999", "--yes").code == 2


def test_on_a_terminal_a_rollback_is_shown_and_asked_for(here: RunningPlatform) -> None:
    for text in (b"one", b"two"):
        _call(here, "files", "put", "asked.txt", "-", given=text)
    code, shown = _asked(here, b"n\n", [])
    assert code == 1
    assert "~ asked.txt" in shown
    assert "declined: nothing was changed" in shown
    assert _call(here, "files", "get", "asked.txt").content == b"two"


def test_what_was_published_since_it_was_shown_is_not_rolled_back(here: RunningPlatform) -> None:
    for text in (b"one", b"two"):
        _call(here, "files", "put", "unseen.txt", "-", given=text)
    code, shown = _asked(here, b"y\n", ["files", "put", "unseen.txt", "-"])
    assert code == 3
    assert "error[workspace-refused]" in shown
    assert _call(here, "files", "get", "unseen.txt").content == b"meanwhile"


def _asked(here: RunningPlatform, answer: bytes, meanwhile: list[str]) -> tuple[int, str]:
    """Roll back on a terminal, and do something else before the question is answered."""
    words = ["workspace", "rollback", "--url", here.ready["workspace"]["url"]]
    ours, theirs = pty.openpty()
    try:
        asking = subprocess.Popen(
            [FUNCYARD, *words, "--organization", ORG],
            env={"PATH": os.environ["PATH"], "FUNCYARD_TOKEN": here.token or ""},
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        )
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        if meanwhile:
            assert _call(here, *meanwhile, given=b"meanwhile").code == 0
        os.write(ours, answer)
        code = asking.wait()
        os.write(theirs, b"end")
        while not shown.endswith(b"end"):
            shown += os.read(ours, 4096)
    finally:
        os.close(ours)
        os.close(theirs)
    return code, shown.decode()


def test_an_organisation_rests_and_is_removed_and_its_keys_go(here: RunningPlatform) -> None:
    who = "tenant:somebody"
    assert _call(here, "organizations", "add", "brief").code == 0
    assert _call(here, "organizations", "add", "brief").code == 3
    assert _call(here, "organizations", "add-member", "brief", who).code == 0
    assert "Brief Ltd" in _call(here, "organizations", "rename", "brief", "Brief Ltd").printed
    assert f"member  {who}" in _call(here, "organizations", "show", "brief").printed
    made = json.loads(_call(here, "keys", "add", "--json", organization="brief").printed)
    listed = _call(here, "keys", "list", organization="brief")
    assert made["id"] in listed.printed
    assert made["key"] not in listed.printed
    assert _call(here, "keys", "remove", made["id"], organization="brief").code == 0
    assert _call(here, "keys", "list", organization="brief").printed == "no keys\n"
    removed = ("organizations", "remove", "brief", "--yes")
    assert _call(here, *removed).code == 3
    assert _call(here, "organizations", "remove-member", "brief", who).code == 0
    assert _call(here, "organizations", "deactivate", "brief").printed == "inactive brief\n"
    assert _call(here, "status", organization="brief").code == 3
    assert "inactive" in _call(here, "organizations", "list").printed
    assert _call(here, "organizations", "activate", "brief").printed == "active brief\n"
    assert _call(here, "organizations", "deactivate", "brief").code == 0
    assert _call(here, *removed).printed == "removed brief\n"
    assert _call(here, "organizations", "show", "brief").code == 3


def test_who_may_do_what_is_the_platform_s_to_say(
    here: RunningPlatform, known_callers: Callers
) -> None:
    unknown = _call(here, "executions", token="")
    assert (unknown.code, unknown.printed) == (3, "")
    assert "hint: FUNCYARD_TOKEN" in unknown.said
    member = known_callers.member
    assert _call(here, "executions", token=member, organization=None).code == 0
    for words in (["versions"], ["organizations", "list"], ["keys", "add"], ["rollback", "--yes"]):
        assert _call(here, *words, token=member, organization=None).code == 3
    told = _call(here, "versions", "--json", token=known_callers.stranger)
    assert (told.code, json.loads(told.printed)["error"]["code"]) == (3, "workspace-refused")


def test_health_syncs_and_connections_are_told(here: RunningPlatform) -> None:
    health = eventually(lambda: _call(here, "health"), lambda done: done.code == 0)
    assert "table" in health.printed
    assert _call(here, "syncs").printed == "no syncs\n"
    assert _call(here, "syncs", "0" * 40).code == 3
    assert _call(here, "connections").printed == "no connections\n"
