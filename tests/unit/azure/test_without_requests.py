"""Azure's storage packages come without ``requests``, and synchronous clients still work."""

from __future__ import annotations

import subprocess
import sys

_PRELUDE = """
import sys
from funcyard.azure.without_requests import without_requests
with without_requests():
    import azure.storage.blob.aio, azure.storage.queue.aio
"""


def _said(code: str) -> str:
    command = [sys.executable, "-c", _PRELUDE + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_asynchronous_clients_come_without_requests() -> None:
    assert _said("print([one for one in ('requests', 'urllib3') if one in sys.modules])") == "[]"


def test_a_synchronous_client_still_asks_and_is_told_that_nobody_answers() -> None:
    said = _said("""
from azure.core.exceptions import ServiceRequestError
from azure.storage.queue import QueueClient
client = QueueClient("http://127.0.0.1:9/account", "queue", credential="AAAA", retry_total=0)
try:
    client.get_queue_properties()
except ServiceRequestError as fault:
    print(type(fault).__name__)
""")
    assert said == "ServiceRequestError"


def test_whoever_imports_the_transport_afterwards_gets_azure_s_own() -> None:
    said = _said("""
from azure.core.pipeline.transport import RequestsTransport
print(RequestsTransport.__module__)
""")
    assert said == "azure.core.pipeline.transport._requests_basic"
