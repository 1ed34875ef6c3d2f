"""An account's data plane in this process, asked as its clients ask it."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from funcyard.emulator.core.clock import Clock
from funcyard.emulator.cosmos.data.account import Account
from funcyard.emulator.cosmos.data.app import CosmosApp
from funcyard.emulator.cosmos.store.store import Store

KEY = base64.b64encode(b"k" * 64).decode()
READING = base64.b64encode(b"r" * 64).decode()
QUERY = {"content-type": "application/query+json", "x-ms-documentdb-isquery": "True"}
ACROSS = {"x-ms-documentdb-query-enablecrosspartition": "True"}


@dataclass
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def substatus(self) -> int:
        return int(self.headers.get("x-ms-substatus", 0))


@dataclass
class Plane:
    """A data plane with a clock that is set by hand.

    Attributes:
        folder: Of what it keeps.
        now: The time of day.
        scale: By which Azure's seconds are shortened.
        serverless: Whether no throughput is provisioned.
        takes_keys: Whether keys open it.
        late: By how many seconds its clients' clock is behind.
    """

    folder: Path
    now: float = 1_000_000.0
    scale: float = 1.0
    serverless: bool = False
    takes_keys: bool = True
    late: float = 0
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.folder)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str = KEY,
        pk: object = ...,
        **headers: str,
    ) -> Told:
        """Send a request that is signed with a key."""
        sent = dict(headers)
        date = formatdate(self.now - self.late, usegmt=True)
        sent.setdefault("x-ms-date", date)
        sent.setdefault("authorization", signed(key, method, path, date))
        if pk is not ...:
            sent["x-ms-documentdb-partitionkey"] = json.dumps([pk])
        content = body if isinstance(body, bytes) else b"" if body is None else _written(body)
        return asyncio.run(self._sent(method, path, content, sent))

    def query(self, path: str, text: str, pk: object = ..., **headers: str) -> Told:
        """Ask a query, of one partition or with headers that say of which."""
        return self.ask("POST", path, {"query": text}, pk=pk, **{**QUERY, **headers})

    def container(self, path: str = "/pk", **more: object) -> str:
        """Make a container, the only one; return where its items are."""
        self.ask("DELETE", "dbs/d")
        self.ask("POST", "dbs", {"id": "d"})
        body = {"id": "c", "partitionKey": {"paths": [path], "kind": "Hash", "version": 2}, **more}
        made = self.ask("POST", "dbs/d/colls", body)
        assert made.status == 201, made.body
        return "dbs/d/colls/c/docs"

    async def _sent(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Told:
        account = Account(
            name="account",
            url="https://127.0.0.1:1/",
            regions=("West US",),
            consistency="Session",
            keys=(KEY,) if self.takes_keys else (),
            reading_keys=(READING,) if self.takes_keys else (),
            is_serverless=self.serverless,
        )
        app = CosmosApp(lambda: account, self.store, Clock(self.scale, lambda: self.now))
        scope = {
            "type": "http",
            "method": method,
            "path": f"/{path}",
            "raw_path": quote(f"/{path}").encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": content}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await app(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        answered = sent[1]["body"]
        return Told(sent[0]["status"], told, json.loads(answered) if answered else None)


def signed(key: str, method: str, path: str, date: str) -> str:
    """Return the header by which a client proves that it has a key."""
    parts = path.split("/") if path else []
    if parts[:1] == ["offers"]:
        return _header(key, method, "offers", "".join(parts[1:]).lower(), date)
    kind = parts[-1] if len(parts) % 2 else parts[-2] if parts else ""
    owner = parts[:-1] if len(parts) % 2 else parts
    by_rid = len(parts) > 1 and parts[1].endswith("==")
    link = owner[-1].lower() if by_rid else "/".join(owner)
    return _header(key, method, kind, link, date)


def _header(key: str, method: str, kind: str, link: str, date: str) -> str:
    text = f"{method.lower()}\n{kind}\n{link}\n{date.lower()}\n\n"
    made = base64.b64encode(hmac.new(base64.b64decode(key), text.encode(), sha256).digest())
    return quote(f"type=master&ver=1.0&sig={made.decode()}", safe="")


def _written(body: object) -> bytes:
    return json.dumps(body).encode()
