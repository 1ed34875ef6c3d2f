"""What the project declares is made in the emulator before any app starts.

It takes a request for each container, queue and table, under a signature for making such things
alone. Azure's clients would do the same; importing them for that would take longer than all the
rest of the start, and many a project needs them for nothing else.
https://learn.microsoft.com/rest/api/storageservices/create-account-sas
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.host.plan import StoragePlan

_VERSION = "2019-12-12"
_SIGNED_FOR = timedelta(hours=1)
_PATIENCE_SECONDS = 30.0
_ANSWER_SECONDS = 10.0
_PAUSE_SECONDS = 0.4
_MADE = (200, 201, 204)
_EXISTS = 409


class ProvisionError(FuncyardError):
    """The emulator does not make what the project declares."""

    code = "storage-not-made"


@dataclass(frozen=True, slots=True)
class _Creation:
    """A request that makes one thing.

    Attributes:
        what: How it is called to people.
        method: Of HTTP.
        path: Behind the account's address.
        query: Besides the signature.
        body: JSON, or nothing.
    """

    what: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""


async def provision(plan: StoragePlan, endpoints: Mapping[str, str]) -> None:
    """Create containers, queues and tables that do not exist yet.

    Args:
        plan: What there shall be, and the account's key.
        endpoints: Address of the account at each service: ``blob``, ``queue``, ``table``.

    Raises:
        ProvisionError: The emulator refuses, or does not answer.
    """
    wanted = {
        "blob": [
            _Creation(f"container {name}", "PUT", f"/{name}", "restype=container&")
            for name in plan.containers
        ],
        "queue": [_Creation(f"queue {name}", "PUT", f"/{name}") for name in plan.queues],
        "table": [
            _Creation(f"table {name}", "POST", "/Tables", body=_json({"TableName": name}))
            for name in plan.tables
        ],
    }
    given_up = threading.Event()
    try:
        await asyncio.gather(
            *(
                asyncio.to_thread(_create, endpoints[service], creations, plan.key, given_up)
                for service, creations in wanted.items()
                if creations
            )
        )
    finally:
        given_up.set()


def _create(
    endpoint: str, creations: Sequence[_Creation], key: str, given_up: threading.Event
) -> None:
    """Send the requests of one service over one connection."""
    address = urlsplit(endpoint)
    account = address.path.strip("/")
    signature = _signature(account, key)
    host = address.hostname or ""
    connection = http.client.HTTPConnection(host, address.port, timeout=_ANSWER_SECONDS)
    until = time.monotonic() + _PATIENCE_SECONDS
    with contextlib.closing(connection):
        for creation in creations:
            target = f"{address.path}{creation.path}?{creation.query}{signature}"
            while fault := _fault_of(connection, creation, target):
                if given_up.wait(_PAUSE_SECONDS):
                    return
                if time.monotonic() > until:
                    raise ProvisionError(
                        f"the storage emulator does not make the {creation.what}: {fault}",
                        hint="funcyard logs shows what Azurite says",
                    )


def _fault_of(connection: http.client.HTTPConnection, creation: _Creation, target: str) -> str:
    """Send a request and return why to send it again; empty where the thing is there.

    Raises:
        ProvisionError: It is refused.
    """
    try:
        connection.request(
            creation.method,
            target,
            body=creation.body,
            headers={
                "x-ms-version": _VERSION,
                "Accept": "application/json;odata=nometadata",
                "Content-Type": "application/json",
            },
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as fault:
        connection.close()
        return str(fault) or type(fault).__name__
    if answer.status in _MADE or answer.status == _EXISTS:
        return ""
    told = f"it answered {answer.status} {answer.headers.get('x-ms-error-code') or answer.reason}"
    if answer.status >= http.client.INTERNAL_SERVER_ERROR:
        return told
    raise ProvisionError(f"the storage emulator does not make the {creation.what}: {told}")


def _signature(account: str, key: str) -> str:
    """Return a query that lets whoever has it make containers, queues and tables for an hour."""
    until = f"{datetime.now(UTC) + _SIGNED_FOR:%Y-%m-%dT%H:%M:%SZ}"
    granted = {"sp": "c", "ss": "bqt", "srt": "c", "se": until, "sv": _VERSION}
    lines = [account, "c", "bqt", "c", "", until, "", "", _VERSION, ""]
    digest = hmac.new(base64.b64decode(key), "\n".join(lines).encode(), hashlib.sha256).digest()
    return urlencode({**granted, "sig": base64.b64encode(digest).decode()})


def _json(document: object) -> bytes:
    return json.dumps(document).encode()
