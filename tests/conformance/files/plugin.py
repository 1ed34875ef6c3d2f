"""A pytest plugin for Microsoft's own tests: names resolved here, shares removed, results kept."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.fileshare import ShareLeaseClient, ShareServiceClient

_Arguments = ParamSpec("_Arguments")
_Found = TypeVar("_Found")


def _here(
    resolve: Callable[Concatenate[bytes | str | None, _Arguments], _Found],
) -> Callable[Concatenate[bytes | str | None, _Arguments], _Found]:
    """Resolve every name under localhost to this machine, which the system's resolver need not."""

    def resolve_here(
        host: bytes | str | None, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Found:
        name = host.decode() if isinstance(host, bytes) else host or ""
        return resolve("127.0.0.1" if name.endswith(".localhost") else host, *args, **kwargs)

    return resolve_here


setattr(socket, "getaddrinfo", _here(socket.getaddrinfo))  # noqa: B010 - in its own words


def pytest_configure(config: pytest.Config) -> None:
    for mark in ("live_test_only", "playback_test_only"):
        config.addinivalue_line("markers", f"{mark}: of Microsoft's test framework")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="Microsoft runs it on a recording only")
    for item in items:
        if item.get_closest_marker("playback_test_only"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def no_shares_left() -> Iterator[None]:
    """Remove every share after each test, leased or not: some tests count all there are."""
    yield
    for kind in ("STORAGE_ACCOUNT", "SECONDARY_STORAGE_ACCOUNT"):
        account, key = os.environ[f"{kind}_NAME"], os.environ[f"{kind}_KEY"]
        url = f"http://{account}.file.{os.environ['ACCOUNT_URL_SUFFIX']}"
        with ShareServiceClient(url, credential=key) as service:
            for share in list(service.list_shares(include_snapshots=True)):
                client = service.get_share_client(share.name, share.snapshot)
                with contextlib.suppress(HttpResponseError):
                    ShareLeaseClient(client).break_lease(lease_break_period=0)
                with contextlib.suppress(HttpResponseError):
                    client.delete_share(delete_snapshots=None if share.snapshot else "include")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or (report.when == "setup" and not report.passed):
        _keep(report.nodeid, report.outcome, str(report.longrepr or ""))


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _keep(report.nodeid, "failed", str(report.longrepr or ""))


def _keep(name: str, outcome: str, said: str) -> None:
    with Path(os.environ["CONFORMANCE_RESULTS"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"test": name, "outcome": outcome, "said": said}) + "\n")
