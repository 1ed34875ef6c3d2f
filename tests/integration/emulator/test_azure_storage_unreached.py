"""Storage accounts whose servers do not answer just now, or whose ports somebody else took."""

from __future__ import annotations

import asyncio
import fcntl
import http.client
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from azure.storage.queue import LinearRetry, QueueServiceClient
from tests import local_azure
from tests.integration.emulator.test_azure_storage import VERSIONS, Account, azurites

from funcyard.azurite.errors import AzuriteStartError
from funcyard.cli.emulator.azure import azurite
from funcyard.emulator.core.store import Store
from funcyard.emulator.storage import accounts
from funcyard.emulator.storage.accounts import Accounts
from funcyard.listening import is_busy

_TIMES = 30
_KEYS = ("Zmlyc3Q=", "c2Vjb25k")


def test_what_an_account_s_server_cannot_be_asked_is_told_and_ends_without_a_fault(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    location = tmp_path / "location"
    azure = local_azure.start(location, "--scale", "1000")
    try:
        azure.resources().resource_groups.create_or_update("g", {"location": "westus"})
        Account(azure, "g", "unreached")
        path = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g/providers"
        account = f"{path}/Microsoft.Storage/storageAccounts/unreached"
        with _held_down(location, "unreached"):
            status, _, told = azure.call(
                "GET", f"{account}/blobServices/default/containers/box", version=VERSIONS[0]
            )
            azure.end()
    finally:
        azure.end()

    assert (status, told["error"]["code"]) == (503, "ServerUnavailable")
    assert "Traceback" not in capfd.readouterr().err


@contextmanager
def _held_down(location: Path, name: str) -> Iterator[None]:
    """Kill the server of an account, and hold what the next one waits for."""
    (serving,) = azurites(location)
    with (location / "storage" / name / "azurite.lock").open("rb") as lock:
        os.kill(serving.pid, signal.SIGKILL)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def test_an_account_whose_port_is_taken_before_it_listens_is_served_at_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look whether a port is free and the start of its server is a moment."""
    with closing(Store(tmp_path)) as store:
        served = Accounts(store, azurite)
        blob = _port(served)
        monkeypatch.setattr(accounts, "_FREED_SECONDS", 0.0)
        looks = iter([True] * len(accounts.SERVICES))
        # A moment that cannot be provoked.
        monkeypatch.setattr(
            accounts, "is_busy", lambda port: not next(looks, False) and is_busy(port)
        )
        with socket.create_server(("127.0.0.1", blob)):
            try:
                await served.ensure("raced", _KEYS)
                answered = _answered(_port(served))
            finally:
                await served.stop()
        assert _port(served) != blob

    assert answered == 403


def _answered(port: int) -> int:
    """Return the status with which an account answers who shows no key."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/raced?comp=list")
        return connection.getresponse().status


async def test_an_account_that_does_not_start_under_other_keys_is_served_under_its_former_ones(
    tmp_path: Path,
) -> None:
    """Whoever asked for another key was told that there is none, and goes on with the old one."""
    found = azurite()
    none = replace(found, node=tmp_path / "none")
    programs = iter([found, none, none, none])
    with closing(Store(tmp_path / "location")) as store:
        served = Accounts(store, lambda: next(programs, found))
        await served.ensure("one", _KEYS)
        try:
            for _ in range(2):
                with pytest.raises(AzuriteStartError, match="cannot be started"):
                    await served.rekey("one", ("b3RoZXI=", _KEYS[1]), former=_KEYS)
            await asyncio.to_thread(_ask, served.endpoints("one")["queue"], _KEYS[0])
        finally:
            await served.stop()


def _ask(url: str, key: str) -> None:
    """Ask an account's queues by a key, again as long as nobody listens there."""
    credential = {"account_name": "one", "account_key": key}
    patience = LinearRetry(
        backoff=1, retry_total=_TIMES, retry_connect=_TIMES, random_jitter_range=0
    )
    with QueueServiceClient(url, credential, retry_policy=patience) as queues:
        queues.get_service_properties()


def _port(served: Accounts) -> int:
    return int(served.endpoints("raced")["blob"].split(":")[2].partition("/")[0])
