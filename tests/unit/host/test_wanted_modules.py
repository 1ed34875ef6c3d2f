"""What the host imports: nothing of Azure for HTTP alone, and no more than bindings want."""

from __future__ import annotations

import subprocess
import sys

import pytest

from funcyard.host.functions_view import BINDINGS, TRIGGERS

_CLIENTS = ("azure.storage.blob", "azure.storage.queue", "azure.data.tables", "aiohttp")
_SLOW = (
    *_CLIENTS, "azure", "anyio.abc", "cryptography", "jinja2", "pydantic", "requests", "rich",
    "ruamel", "urllib3", "yarl",
)  # fmt: skip
_BLOB, _QUEUE, _TABLE, _AIOHTTP = ({name} for name in _CLIENTS)
_WANTED = {
    "http": set[str](),
    "httpTrigger": set[str](),
    "eventGridTrigger": set[str](),
    "eventGrid": _AIOHTTP,
    "blob": _BLOB | _AIOHTTP,
    "blobTrigger": _BLOB | _QUEUE | _AIOHTTP,
    "queue": _QUEUE | _AIOHTTP,
    "queueTrigger": _QUEUE | _AIOHTTP,
    "table": _TABLE | _AIOHTTP,
    "timerTrigger": _BLOB | _AIOHTTP,
}


def _loaded(code: str, names: tuple[str, ...]) -> set[str]:
    code += f"\nimport sys\nprint(*(name for name in {names} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("served", ["alone", "apps", "provision", "supervisor"])
def test_serving_http_alone_imports_no_client_of_azure(served: str) -> None:
    assert _loaded(f"import funcyard.host.{served}", _SLOW) == set()


def test_what_each_binding_wants_is_known() -> None:
    assert set(_WANTED) == TRIGGERS | BINDINGS


@pytest.mark.parametrize("kind", _WANTED)
def test_a_binding_brings_its_own_clients_and_no_others(kind: str) -> None:
    code = "import asyncio\nfrom funcyard.host.wanted_modules import bring\n"
    code += f"asyncio.run(bring([{kind!r}]))"
    assert _loaded(code, _CLIENTS) == _WANTED[kind]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("blob", "blobs"), ("queue", "queues"), ("table", "tables"), ("blobTrigger", "listing")],
)
def test_what_was_brought_is_all_that_a_client_is_made_of(kind: str, asked: str) -> None:
    code = f"""
import asyncio, sys
from funcyard.host.storage import StorageAccounts
from funcyard.host.wanted_modules import bring

KEY = "AccountName=devstoreaccount1;AccountKey=AAAA;"
PLACES = "".join(f"{{one}}Endpoint=http://127.0.0.1:1/a;" for one in ("Blob", "Queue", "Table"))

async def main():
    await bring([{kind!r}])
    brought = set(sys.modules)
    accounts = StorageAccounts({{"AzureWebJobsStorage": KEY + PLACES}})
    accounts.{asked}()
    await accounts.close()
    late = {{one for one in set(sys.modules) - brought if one.startswith(("azure.", "funcyard."))}}
    assert not late, late

asyncio.run(main())
"""
    assert _loaded(code, ()) == set()
