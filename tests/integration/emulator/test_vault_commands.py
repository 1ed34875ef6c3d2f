"""The commands around the vault service, as a person types them."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from tests import local_vault
from tests.forked_command import funcyard
from tests.local_vault import COMMAND, LocalVault


def _run(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return funcyard("emulator", *arguments, cwd=folder or Path.cwd())


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[[], LocalVault]]:
    """Start services that a test ends itself, one after another on one folder."""
    started: list[LocalVault] = []

    def begin() -> LocalVault:
        started.append(local_vault.start(tmp_path / "vault"))
        return started[-1]

    yield begin
    for service in started:
        service.kill()


def test_it_is_found_shown_and_stopped_and_keeps_what_it_has(
    starting: Callable[[], LocalVault],
) -> None:
    vault = starting()
    where = ("vault", "--location", vault.location)
    vault.call("PUT", "/secrets/one", {"value": "kept"})
    shown = json.loads(_run("status", *where, "--json").stdout)
    assert shown == {
        "service": "vault",
        "pid": vault.process.pid,
        "endpoints": {"local": vault.url},
        "ca": vault.ca,
    }
    assert vault.url in _run("status", *where).stdout

    stopped = _run("stop", *where)
    assert stopped.stdout == f"stopped process {vault.process.pid}\n"
    assert vault.process.wait(10) == 0
    for command in ("status", "stop", "connection"):
        refused = _run(command, *where)
        assert (refused.returncode, "error[not-serving]" in refused.stderr) == (1, True)

    again = starting()
    assert again.settings["AZURE_CLIENT_SECRET"] == vault.settings["AZURE_CLIENT_SECRET"]
    assert Path(again.ca).read_bytes() == Path(vault.ca).read_bytes()
    assert again.call("GET", "/secrets/one")[1]["value"] == "kept"


def test_a_client_that_keeps_its_connection_for_later_does_not_hold_up_the_end(
    starting: Callable[[], LocalVault], capfd: pytest.CaptureFixture[str]
) -> None:
    vault = starting()
    with vault.client() as client:
        client.set_secret("one", "kept")
        vault.end()

    assert vault.process.wait() == 0
    assert "graceful shutdown exceeded" not in capfd.readouterr().err


def test_the_connection_is_lines_for_a_shell(vault: LocalVault) -> None:
    where = ("vault", "--location", vault.location)
    lines = _run("connection", *where).stdout
    told = subprocess.run(
        ["sh", "-ac", f'{lines}\nprintf %s "$AZURE_CLIENT_SECRET"'],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert told.stdout == vault.settings["AZURE_CLIENT_SECRET"]
    assert _run("connection", *where, "--vault", "nobody").returncode == 2
    assert _run("connection", *where, "--account", "nobody").returncode == 2
    assert _run("connection", "files", "--vault", "nobody").returncode == 2


def test_secrets_are_their_owner_s_alone(vault: LocalVault) -> None:
    private = vault.location / ".store"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    secret = vault.settings["AZURE_CLIENT_SECRET"]
    for path in private.iterdir():
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            assert path.name in {"ca.pem", "lock"} or path.name.startswith("state.sqlite")
            assert secret.encode() not in path.read_bytes()
    assert secret not in _run("status", "vault", "--location", vault.location, "--json").stdout


def test_a_token_for_a_person_is_printed(vault: LocalVault) -> None:
    where = ("token", "--location", vault.location, "--audience", "api://x")
    given = _run(*where, "--user", "ann", "--role", "Admin", "--group", "g", "--seconds", "60")
    claims = jwt.decode(
        given.stdout.strip(), vault.issuer.key.public, algorithms=["RS256"], audience="api://x"
    )
    assert (claims["name"], claims["roles"], claims["groups"]) == ("ann", ["Admin"], ["g"])
    assert claims["exp"] - claims["iat"] == 60
    document = json.loads(_run(*where, "--json").stdout)
    assert document["issuer"] == vault.issuer.name
    path = document["keys"].removeprefix(vault.url)
    assert vault.ask("GET", path)[2]["keys"][0]["kid"] == vault.issuer.key.identifier
    assert _run(*where, "--role", "Admin").returncode == 2


def test_without_a_location_the_data_lies_in_the_project_and_no_secret_in_a_command_line(
    tmp_path: Path,
) -> None:
    process = subprocess.Popen(
        [*COMMAND, "start", "vault", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Key Vault: https://localhost:")
    assert process.stdout.readline().endswith("/.funcyard/vault/.store/ca.pem\n")
    secret = json.loads(_run("connection", "vault", "--json", folder=tmp_path).stdout)
    words = Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
    assert "vault" in words
    assert secret["AZURE_CLIENT_SECRET"] not in words
    assert _run("stop", "vault", folder=tmp_path).returncode == 0
    process.communicate(timeout=10)


def _start(location: Path, *arguments: str) -> tuple[int, str]:
    done = _run("start", "vault", "--json", "--location", location, *arguments)
    assert "Traceback" not in done.stderr
    return done.returncode, str(json.loads(done.stdout)["error"]["code"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--vault", "No"], "bad-vault"),
        (["--vault", "a--b"], "bad-vault"),
        (["--address", "192.0.2.1"], "bad-address"),
        (["--address", "nowhere"], "bad-address"),
        (["--retention", "6"], "bad-usage"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, arguments: list[str], code: str) -> None:
    assert _start(tmp_path / "v", "--port", "0", *arguments) == (2, code)


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert _start(tmp_path / "v", "--port", port) == (1, "no-port")
    private = tmp_path / "v" / ".store"
    for name, content in (("tenant.json", "{}"), ("signing.pem", "x"), ("state.sqlite", "x" * 99)):
        kept = (private / name).read_bytes()
        (private / name).write_text(content)
        assert _start(tmp_path / "v", "--port", "0") == (1, "vault-store"), name
        (private / name).write_bytes(kept)
    (tmp_path / "w" / ".store" / "state.sqlite").mkdir(parents=True)
    assert _start(tmp_path / "w", "--port", "0") == (1, "vault-store")


def test_two_services_cannot_have_one_folder(vault: LocalVault) -> None:
    assert _start(vault.location, "--port", "0") == (1, "vault-store")
