from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.integration.host.host_app import App, function, new_key, until

from funcyard.azurite.errors import AzuriteStartError
from funcyard.host.azurite import process as azurite_process
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events
from funcyard.host.listeners.build import build
from funcyard.host.message_text import encode_message
from funcyard.listening import is_busy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from funcyard.host.azurite.locate import Azurite

RUNS_AGAIN = "Azurite runs again"
DOWN, UP = " cannot be reached, trying on: ", " is reached again"


@pytest.fixture
async def make_azurite(
    azurite: Azurite, tmp_path: Path
) -> AsyncIterator[Callable[..., AzuriteProcess]]:
    started: list[AzuriteProcess] = []

    def make(ports: Ports = Ports(), **rest: Any) -> AzuriteProcess:  # noqa: ANN401, B008 - AzuriteProcess's own; immutable
        location = tmp_path / "data"
        process = AzuriteProcess(
            azurite, location=location, key=new_key(), ports=ports, events=Events(), **rest
        )
        started.append(process)
        return process

    yield make
    for process in started:
        await process.stop()


def events_of(process: AzuriteProcess) -> list[str]:
    return [event.message for event in process._events.recent()]  # noqa: SLF001 - given by us


def kill(process: AzuriteProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)


async def test_the_key_is_neither_in_the_command_line_nor_in_events(
    make_azurite: Callable[..., AzuriteProcess],
) -> None:
    process = make_azurite()
    await process.start()
    key = process.connection_string.split("AccountKey=")[1].split(";")[0]
    command = psutil.Process(process.pid).cmdline()

    assert not any(key in argument for argument in command)
    assert not any(key in repr(event) for event in process._events.recent())  # noqa: SLF001 - given by us


async def test_a_taken_port_is_replaced_and_said(
    make_azurite: Callable[..., AzuriteProcess],
) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        process = make_azurite(Ports(blob=taken))
        await process.start()

    assert process.ports.blob not in (0, taken)
    assert any(f"port {taken} is taken" in message for message in events_of(process))
    assert f":{process.ports.blob}/" in process.connection_string


async def test_a_killed_azurite_comes_back_with_ports_and_data_and_both_are_said(
    make_azurite: Callable[..., AzuriteProcess],
) -> None:
    pids: list[int] = []
    process = make_azurite(spawned=pids.append)
    await process.start()
    ports = process.ports
    app = App(process.connection_string)
    queue = app.storage.queues().get_queue_client("kept")
    await queue.create_queue()
    await queue.send_message("x")
    await process.stop()
    await process.start()
    kill(process)
    await until(lambda: RUNS_AGAIN in events_of(process))
    content = [message.content async for message in queue.receive_messages()]
    await app.storage.close()

    assert content == ["x"]
    assert process.ports == ports
    assert len(pids) == 3
    said = [message for message in events_of(process) if "Azurite" in message]
    assert said[0].startswith("Azurite died (SIGKILL)")
    assert said[-1] == RUNS_AGAIN


async def test_stopping_leaves_no_process_and_no_log_file(
    make_azurite: Callable[..., AzuriteProcess], tmp_path: Path
) -> None:
    process = make_azurite()
    await process.start()
    pid = process.pid
    await process.stop()

    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not list((tmp_path / "data").glob("*.log"))


async def test_a_program_that_does_not_come_up_fails_with_what_it_printed(
    azurite: Azurite, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.js"
    broken.write_text("console.log('no disk'); process.exit(3)")
    process = AzuriteProcess(
        type(azurite)(azurite.node, broken, "0", "given"),
        location=tmp_path,
        key=new_key(),
        ports=Ports(),
        events=Events(),
    )

    with pytest.raises(AzuriteStartError, match="no disk"):
        await process.start()


async def test_queues_and_blobs_survive_the_death_of_azurite_which_is_said_once_each(
    make_azurite: Callable[..., AzuriteProcess],
) -> None:
    process = make_azurite()
    await process.start()
    app = App(process.connection_string)
    service = app.storage.queues()
    queue = service.get_queue_client("orders")
    container = app.storage.blobs().get_container_client("files")
    await container.create_container()
    listeners = [
        build(
            function("q", {"name": "msg", "type": "queueTrigger", "queueName": "orders"}),
            app.context,
        ),
        build(
            function("b", {"name": "blob", "type": "blobTrigger", "path": "files/{name}"}),
            app.context,
        ),
    ]
    for listener in listeners:
        await listener.start()
    await container.upload_blob("before", b"blob before")
    await app.called(1)
    await process.stop()
    await until(lambda: sum(DOWN in message for message in app.messages) >= 3)
    await process.start()
    await until(lambda: sum(UP in message for message in app.messages) >= 3)
    kill(process)
    await until(lambda: RUNS_AGAIN in events_of(process))
    await queue.send_message(encode_message(b"message after", "base64"))
    await container.upload_blob("after", b"blob after")
    await app.called(3)
    await asyncio.gather(*(listener.stop() for listener in listeners))
    await app.storage.close()

    assert app.counts == {"blob before": 1, "message after": 1, "blob after": 1}
    told: dict[str, list[str]] = {}
    for message in (one for one in app.messages if DOWN in one or UP in one):
        what, down, _ = message.partition(DOWN)
        told.setdefault(what.removesuffix(UP), []).append(DOWN if down else UP)
    files, orders, found = sorted(told)
    assert (files, orders) == ("b: container files", "q: queue orders")
    assert found.startswith("queue azure-webjobs-blobtrigger-")
    for turns in told.values():
        assert turns == [DOWN, UP, DOWN, UP][: len(turns)]


async def test_a_port_that_another_process_takes_in_the_last_moment_is_replaced(
    make_azurite: Callable[..., AzuriteProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False])
    # The moment between asking and binding cannot be provoked.
    monkeypatch.setattr(azurite_process, "is_busy", lambda port: next(answers, is_busy(port)))
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        wanted = holder.getsockname()[1]
        process = make_azurite(Ports(blob=wanted))
        await process.start()

    assert process.ports.blob not in (0, wanted)
    assert any(f"port {wanted} is taken" in message for message in events_of(process))
