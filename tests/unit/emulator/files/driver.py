"""Asks the application without a network: one request after another, signed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from azure.storage.fileshare import AccountSasPermissions, ResourceTypes, generate_account_sas

from funcyard.emulator.files.app import FilesApp
from funcyard.emulator.files.store.store import Store

ACCOUNT = "devstoreaccount1"
KEY = "a2V5IG9mIGEgdGVzdA=="
VERSION = "2025-01-05"


@dataclass
class Said:
    """An answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def code(self) -> str:
        return self.headers.get("x-ms-error-code", "")


class Driver:
    """The service on a folder, and a client that may everything."""

    def __init__(self, location: Path) -> None:
        self.location = location
        self.store = Store(location)
        self._token = generate_account_sas(
            ACCOUNT,
            KEY,
            ResourceTypes(service=True, container=True, object=True),
            AccountSasPermissions(read=True, write=True, delete=True, list=True, create=True),
            datetime.now(UTC) + timedelta(days=1),
        )

    def close(self) -> None:
        self.store.close()

    def ask(
        self, method: str, path: str, query: str = "", *, body: bytes = b"", **headers: str
    ) -> Said:
        """Return the answer to a request; underscores in names of headers are hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"host": "127.0.0.1:10003", "content-length": str(len(body))}
        scope = {
            "type": "http",
            "method": method,
            "raw_path": quote(f"/{ACCOUNT}/{path}").encode(),
            "query_string": "&".join(filter(None, [query, self._token])).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
        }
        said = Said()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:  # noqa: ANN401 - a message of ASGI
            if message["type"] == "http.response.start":
                said.status = message["status"]
                said.headers = {
                    name.decode(): value.decode("latin-1") for name, value in message["headers"]
                }
            else:
                said.body += message.get("body", b"")

        asyncio.run(FilesApp(self.store, {ACCOUNT: (KEY,)})(scope, receive, send))
        return said

    def create(self, path: str, size: int) -> Said:
        return self.ask("PUT", path, x_ms_type="file", x_ms_content_length=str(size))

    def write(self, path: str, offset: int, data: bytes) -> Said:
        last = offset + len(data) - 1
        return self.ask(
            "PUT", path, "comp=range", body=data, x_ms_write="update",
            x_ms_range=f"bytes={offset}-{last}",
        )  # fmt: skip

    def rename(self, source: str, target: str, *, directory: bool = False) -> Said:
        url = f"http://127.0.0.1:10003/{ACCOUNT}/{quote(source)}"
        kind = "restype=directory&" if directory else ""
        return self.ask("PUT", target, f"{kind}comp=rename", x_ms_file_rename_source=url)
