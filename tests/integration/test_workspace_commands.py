"""The commands that call a platform, as a person uses them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import forked_command
from tests.command_line import funcyard
from tests.connected_platform import Connected, connected
from tests.running_platform import eventually


@pytest.fixture(scope="module")
def here() -> Iterator[Connected]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-commands-"))
    with connected(root, {}, None) as made:
        yield made
    shutil.rmtree(root, ignore_errors=True)


def _funcyard(here: Connected, *arguments: str) -> subprocess.CompletedProcess[str]:
    url = here.platform.ready["workspace"]["url"]
    words = ("workspace", arguments[0], "--url", url, *arguments[1:])
    done = funcyard(*words, FUNCYARD_GITHUB_TOKEN=here.git.token or "")
    return subprocess.CompletedProcess(words, int(done.code or 0), done.printed, done.said)


def _status(here: Connected) -> list[str]:
    return _funcyard(here, "status").stdout.splitlines()


def _first_sync_ended(here: Connected) -> None:
    """Wait until the sync that connecting queued is over: it would take what is pushed later."""
    eventually(
        lambda: here.platform.call("GET", "/sync-jobs?limit=1").json["jobs"],
        lambda jobs: [job["status"] for job in jobs] == ["completed"],
    )


def test_a_repository_is_connected_synced_and_disconnected(here: Connected) -> None:
    here.push({"a.txt": "a\n"})
    made = _funcyard(here, "connect", here.url)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [f"connected   {here.url} main", "webhook     registered"]
    _first_sync_ended(here)
    assert _funcyard(here, "sync").returncode == 0
    here.push({"b.txt": "b\n", "a.txt": None})
    planned = _funcyard(here, "sync", "--dry-run")
    assert planned.stdout.splitlines() == ["+ b.txt", "- a.txt", "0 unchanged; nothing was done"]
    synced = _funcyard(here, "sync", "--verify", "--json")
    assert json.loads(synced.stdout)["outcome"] == "success"
    here.push({"B.txt": "a name that clashes\n", "c.txt": "c\n"})
    told = _funcyard(here, "sync")
    assert told.returncode == 0, told.stderr
    clashing = told.stdout.splitlines()
    assert clashing[0].startswith("! B.txt  left out: ")
    assert clashing[-1].startswith("partial  ")
    (left,) = [line for line in _status(here) if line.startswith("left out")]
    assert left == "left out    'B.txt': its name differs from b.txt only by case"
    here.push({"B.txt": None, "c.txt": None})
    assert _funcyard(here, "sync").returncode == 0
    here.push({"b.txt": None})
    refused = _funcyard(here, "sync")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--allow-empty" in refused.stderr
    assert _funcyard(here, "sync", "--dry-run").returncode == 3
    planned = _funcyard(here, "sync", "--dry-run", "--allow-empty")
    assert planned.stdout.splitlines() == ["- b.txt", "0 unchanged; nothing was done"]
    emptied = _funcyard(here, "sync", "--allow-empty", "--json")
    assert json.loads(emptied.stdout)["filesDeleted"] == 1
    status = _funcyard(here, "status")
    assert "workspace   GLOBAL  github-sync" in status.stdout
    assert here.url in status.stdout
    assert not [line for line in _status(here) if line.startswith("left out")]
    assert _funcyard(here, "disconnect").stdout == "disconnected GLOBAL\n"
    installed = here.platform.folder / "global" / ".packages"
    installed.mkdir()
    os.utime(installed, (0, 1_700_000_000))
    assert eventually(lambda: _status(here)[4:]) == [
        "packages    .packages, changed 2023-11-14T22:13:20Z: live, in no version"
    ]
    installed.rmdir()
    eventually(lambda: _status(here)[4:], lambda lines: not lines)
    odd = here.platform.folder / "global" / "b?.txt"
    odd.write_text("saved, and in no version")
    eventually(lambda: _status(here)[4:])
    assert _status(here)[4:] == ["left out    'b?.txt': the path 'b?.txt' has the character ?"]
    odd.unlink()
    eventually(lambda: _status(here)[4:], lambda lines: not lines)
    again = _funcyard(here, "disconnect")
    assert (again.returncode, again.stdout) == (3, "")
    assert "github-connection-not-found" in again.stderr or "connected to no" in again.stderr


def test_a_connection_is_paused_resumed_and_given_a_new_token_and_secret(here: Connected) -> None:
    here.push({"followed.txt": "a\n"})
    assert _funcyard(here, "connect", here.url).returncode == 0
    assert _funcyard(here, "follow").returncode == 2
    paused = _funcyard(here, "follow", "--pause", "--new-token")
    assert paused.stdout.splitlines()[:2] == [
        f"paused      {here.url} main",
        "webhook     registered",
    ]
    assert "GLOBAL  manual-edit" in _funcyard(here, "status").stdout
    assert " paused " in _funcyard(here, "connections").stdout
    before = here.secret
    resumed = _funcyard(here, "follow", "--resume", "--new-secret", "--json")
    assert json.loads(resumed.stdout)["connection"]["isEnabled"]
    assert here.secret != before
    there = _funcyard(here, "follow", "--branch", "nowhere")
    assert (there.returncode, there.stdout) == (3, "")
    assert _funcyard(here, "sync").returncode == 0
    commit = here.push({"followed.txt": None})
    assert _funcyard(here, "sync").returncode == 1
    listed = _funcyard(here, "syncs", "--status", "failed", "--limit", "1").stdout.splitlines()
    assert len(listed) == 2
    shown = _funcyard(here, "syncs", listed[1].split()[0]).stdout
    assert "status      failed" in shown
    assert f"error       the commit {commit[:12]} has no file" in shown
    assert _funcyard(here, "disconnect").returncode == 0


def test_a_platform_that_is_not_there_is_told_apart_from_a_refusal(here: Connected) -> None:
    gone = _funcyard(here, "status", "--url", "http://127.0.0.1:9/api")
    assert gone.returncode == 4
    assert "funcyard workspace up" in gone.stderr
    for address in ("ftp://x", "x", "http://[", "http://u:p@h/api"):
        assert _funcyard(here, "status", "--url", address).returncode == 2
    other = _funcyard(here, "status", "--url", here.github.url)
    assert other.returncode == 4
    refused = _funcyard(here, "status", "--organization", "nobody", "--json")
    assert refused.returncode == 3
    assert json.loads(refused.stdout)["error"]["code"] == "workspace-refused"


def test_two_platforms_do_not_share_a_state(here: Connected) -> None:
    second = _up(here.platform.root)
    assert second.returncode == 1
    assert "workspace-runs" in second.stderr


@pytest.mark.parametrize("stands", ["file", "link"])
def test_what_stands_where_the_workspace_s_files_belong_is_told(
    stands: str, tmp_path: Path
) -> None:
    (tmp_path / "workspace").mkdir()
    place = tmp_path / "workspace" / "global"
    place.write_text("x") if stands == "file" else place.symlink_to(tmp_path / "nowhere")
    done = _up(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[workspace-path-taken]" in done.stderr
    assert "global" in done.stderr


def test_an_address_at_which_github_reaches_nobody_is_bad_usage(tmp_path: Path) -> None:
    for given, variable in ((("--public-url", "foo"), ""), ((), "https://host/api")):
        done = _up(tmp_path, *given, FUNCYARD_PUBLIC_URL=variable)
        assert done.returncode == 2
        assert "error[workspace-public-url]" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("told", ["anybody", "entra", "Development"])
def test_callers_of_whom_nobody_can_tell_who_they_are_are_not_waited_for(
    told: str, tmp_path: Path
) -> None:
    done = _up(tmp_path, FUNCYARD_AUTH=told)
    assert done.returncode == 2
    assert "error[access-settings]" in done.stderr
    assert "hint: " in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("FUNCYARD_KEEP_SYNCS_DAYS", "abc", "app-settings"),
        ("FUNCYARD_KEEP_CONTENT_HOURS", "0", "app-settings"),
        ("FUNCYARD_WORKER_USER", "no-such-user", "app-settings"),
        ("FUNCYARD_SECRETS_KEY", "short", "secret-key"),
        ("HTTPS_PROXY", "foo:bar", "workspace-proxy"),
        ("AZURE_AUTHORITY_HOST", "http://login.example.com", "bad-cloud"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_bad_usage_before_anything_starts(
    name: str, value: str, code: str, tmp_path: Path
) -> None:
    done = _up(tmp_path, **{name: value})
    assert done.returncode == 2, done.stderr
    assert f"error[{code}]" in done.stderr
    assert list(tmp_path.iterdir()) == []


def _up(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start a platform that does not come up."""
    return forked_command.funcyard(
        "workspace", "up", "--port", "0", *arguments, cwd=folder, **variables
    )
