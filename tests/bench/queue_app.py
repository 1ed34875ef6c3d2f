"""The function app of the queue benchmarks, and what it notes of the messages that it was given."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient
from tests.bench.machinery import running_apps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.machinery import Running

QUEUE = "measured"

APP = f"""
import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()
notes = os.open(
    Path(__file__).with_name("notes.txt"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
)


@app.queue_trigger(arg_name="message", queue_name="{QUEUE}", connection="AzureWebJobsStorage")
def note(message: func.QueueMessage) -> None:
    moment = time.time()
    os.write(notes, f"{{message.get_body().decode()}} {{moment}}\\n".encode())
"""


@contextlib.contextmanager
def running_queue_app(folder: Path) -> Iterator[Running]:
    """Run the app, its queue made and empty."""
    with running_apps(folder / "project", {"app": APP}) as running:
        yield running


def queue_client(connection_string: str, name: str = QUEUE) -> QueueClient:
    """Return a client of a queue that encodes as host.json's default says."""
    return QueueClient.from_connection_string(
        connection_string, name, message_encode_policy=TextBase64EncodePolicy()
    )


def notes_of(running: Running) -> list[tuple[str, float]]:
    """Return each message that the function was started with, and when, in seconds since 1970."""
    try:
        text = (running.root / "functions" / "app" / "notes.txt").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    lines = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return [(identity, float(moment)) for identity, moment in lines]
