from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient
from tests.e2e.running import FUNCYARD, Up, eventually, fetch, make_project

SOURCE = """
import json

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="enqueue", methods=["POST"])
@app.queue_output(arg_name="msg", queue_name="inbox", connection="AzureWebJobsStorage")
async def enqueue(req: func.HttpRequest, msg: func.Out[str]) -> str:
    msg.set(req.get_body().decode())
    return "queued"


@app.queue_trigger(arg_name="msg", queue_name="inbox", connection="AzureWebJobsStorage")
@app.blob_output(arg_name="out", path="results/{id}.txt", connection="AzureWebJobsStorage")
@app.table_output(arg_name="row", table_name="Rows", connection="AzureWebJobsStorage")
def consume(msg: func.QueueMessage, out: func.Out[str], row: func.Out[str]) -> None:
    document = msg.get_json()
    if document["id"] == "poison":
        raise ValueError("cannot be handled")
    out.set(f"{document['id']} seen {msg.dequeue_count} times")
    row.set(json.dumps({"PartitionKey": "p", "RowKey": document["id"], "n": document["n"]}))


@app.blob_trigger(arg_name="blob", path="results/{name}", connection="AzureWebJobsStorage")
@app.blob_output(arg_name="copy", path="copies/{name}", connection="AzureWebJobsStorage")
async def copied(blob: func.InputStream, copy: func.Out[bytes]) -> None:
    copy.set(blob.read() + f" from {blob.name}".encode())


@app.route(route="rows/{key}")
@app.table_input(
    arg_name="row", table_name="Rows", partition_key="p", row_key="{key}",
    connection="AzureWebJobsStorage",
)
@app.blob_input(arg_name="text", path="copies/{key}.txt", connection="AzureWebJobsStorage")
def read(req: func.HttpRequest, row: str, text: bytes) -> str:
    return f"{json.loads(row)['n']} {text.decode()}"


@app.timer_trigger(schedule="* * * * * *", arg_name="timer", run_on_startup=True)
@app.queue_output(arg_name="$return", queue_name="ticks", connection="AzureWebJobsStorage")
def tick(timer: func.TimerRequest) -> str:
    return json.dumps({"past_due": timer.past_due})
"""


HUB = """

@app.event_hub_message_trigger(arg_name="{name}", event_hub_name="hub", connection="Hub")
def from_hub({name}: func.EventHubEvent) -> None: ...
"""
DEAF = SOURCE.replace("* * * * * *", "* *").replace("timer", "tick").replace("tick_", "timer_")
READS = "    document = msg.get_json()\n"
DIES_ONCE = (
    "    if msg.dequeue_count == 1:\n        import os, time\n"
    "        time.sleep(0.2)\n        os._exit(9)\n"
)
DIES_OF_ONE = (
    "    import os, time\n    time.sleep(0.1)\n"
    "    if document['id'] == 'killer':\n        os._exit(9)\n    time.sleep(0.2)\n"
)
ENQUEUES = "def enqueue(req: func.HttpRequest, msg: func.Out[str]) -> str:\n"
LISTS = (
    "    import os\n    from azure.storage.blob import BlobServiceClient\n"
    "    connection = os.environ['AzureWebJobsStorage']\n"
    "    with BlobServiceClient.from_connection_string(connection) as client:\n"
    "        list(client.list_containers())\n"
)


def _own(source: str, app: str) -> str:
    """The code of an app whose queues, containers and table are its own, named after it."""
    for kept in ("inbox", "results", "copies", "ticks", "Rows"):
        source = source.replace(kept, f"{kept}{app}")
    return source


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, apps_python: Path) -> Iterator[Up]:
    """A running project that has an app for each test that wants other code."""
    apps = {
        "hub": SOURCE + HUB.format(name="event"),
        "deaf": DEAF + HUB.format(name="from_hub"),
        "idle": SOURCE.replace("consume", "unheard").replace("enqueue", "unanswered"),
        "once": SOURCE.replace(READS, READS + DIES_ONCE),
        "killer": SOURCE.replace(READS, READS + DIES_OF_ONE),
        "lister": SOURCE.replace(ENQUEUES, ENQUEUES + LISTS),
    }
    seldom = {
        app: _own(source, app).replace("* * * * * *", "0 0 0 1 1 *") for app, source in apps.items()
    }
    project = make_project(tmp_path_factory.mktemp("storage"), {"api": SOURCE, **seldom})
    with (project / ".env.local").open("a") as env:
        env.write("AzureWebJobs.unheard.Disabled=true\nAzureWebJobs.unanswered.Disabled=1\n")
    with Up(project, apps_python) as running:
        yield running


def _enqueue(up: Up, body: bytes, app: str) -> int:
    return fetch(up.url("/api/enqueue", app), method="POST", body=body).status


def _connection(up: Up) -> str:
    key = (up.root / ".env.local").read_text().split("=", 1)[1].strip()
    places = ";".join(f"{kind.title()}Endpoint={url}" for kind, url in up.ready["storage"].items())
    return f"AccountName=devstoreaccount1;AccountKey={key};{places}"


def _blob(up: Up, path: str) -> bytes | None:
    container, name = path.split("/", 1)
    with BlobServiceClient.from_connection_string(
        _connection(up), api_version="2024-11-04"
    ) as service:
        client = service.get_blob_client(container, name)
        return client.download_blob().readall() if client.exists() else None


def test_a_request_travels_through_queue_blob_and_table_bindings(up: Up) -> None:
    assert fetch(up.url("/api/enqueue"), method="POST", body=b'{"id": "a", "n": 7}').status == 200

    eventually(lambda: _blob(up, "copies/a.txt") is not None)
    assert _blob(up, "copies/a.txt") == b"a seen 1 times from results/a.txt"
    assert fetch(up.url("/api/rows/a")).body == b"7 a seen 1 times from results/a.txt"
    with TableServiceClient.from_connection_string(_connection(up)) as tables:
        assert tables.get_table_client("Rows").get_entity("p", "a")["n"] == 7


def test_a_message_that_always_fails_ends_in_the_poison_queue(up: Up) -> None:
    body = b'{"id": "poison", "n": 1}'
    fetch(up.url("/api/enqueue"), method="POST", body=body)

    with QueueServiceClient.from_connection_string(_connection(up)) as queues:
        poison = queues.get_queue_client("inbox-poison")
        found: list[str] = []

        def arrived() -> bool:
            try:
                found.extend(message.content for message in poison.receive_messages())
            except Exception:  # noqa: BLE001 - the queue is made by the first poison message
                return False
            return bool(found)

        eventually(arrived)
    assert base64.b64decode(found[0]) == body


def test_a_timer_runs_and_its_return_value_is_queued(up: Up) -> None:
    with QueueServiceClient.from_connection_string(_connection(up)) as queues:
        ticks = queues.get_queue_client("ticks")
        eventually(lambda: "ticks" in {queue.name for queue in queues.list_queues()})
        eventually(lambda: len(ticks.peek_messages(32)) >= 2)
        document = json.loads(base64.b64decode(ticks.peek_messages(1)[0].content))

    assert set(document) == {"past_due"}


def test_functions_are_listed_with_what_starts_them(up: Up) -> None:
    listed = {f["name"]: (f["trigger"], f["route"], f["state"]) for f in up.app()["functions"]}

    assert listed["consume"] == ("queue", "inbox", "listening")
    assert listed["copied"] == ("blob", "results/{name}", "listening")
    assert listed["tick"] == ("timer", "* * * * * *", "listening")


def test_an_unsupported_trigger_is_named_and_the_rest_runs(up: Up) -> None:
    found = next(f for f in up.app("hub")["functions"] if f["name"] == "from_hub")
    assert (up.app("hub")["state"], found["state"]) == ("ready", "unsupported")
    assert "eventHubTrigger" in found["reason"]
    assert _enqueue(up, b'{"id": "x", "n": 1}', "hub") == 200
    eventually(lambda: _blob(up, "resultshub/x.txt") is not None)


def test_a_function_that_cannot_listen_is_named_once_wherever_it_is_told(up: Up) -> None:
    reasons = {f["name"]: f["reason"] for f in up.app("deaf")["functions"] if f["reason"]}
    told, shown = (
        subprocess.run(
            [FUNCYARD, "logs", up.root, "--tail", "2000", "--app", "deaf", *option],
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()
        for option in (["--json"], [])
    )  # fmt: skip

    assert sorted(reasons) == ["from_hub", "tick"]
    assert reasons["tick"].startswith("the schedule '* *' is wrong: ")
    events = [event for event in map(json.loads, told) if event["event"] == "listener"]
    assert {event["function"]: event["message"] for event in events} == {
        name: f"{name}: {reason}" for name, reason in reasons.items()
    }
    for name, reason in reasons.items():
        assert [line for line in shown if line.endswith(f" {name}: {reason}")], shown


def test_a_disabled_function_is_listed_and_does_not_run(up: Up) -> None:
    states = {f["name"]: f["state"] for f in up.app("idle")["functions"]}
    assert (states["unheard"], states["unanswered"], states["read"]) == (
        "disabled", "disabled", "listening",
    )  # fmt: skip
    assert fetch(up.url("/api/enqueue", "idle"), method="POST", body=b"{}").status == 404
    logged = subprocess.run(
        [FUNCYARD, "logs", up.root, "--tail", "2000", "--app", "idle"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(r"ready: \d functions \(2 disabled\), loaded in", logged)


def test_messages_of_a_worker_that_is_killed_come_back(up: Up) -> None:
    _enqueue(up, b'{"id": "b", "n": 1}', "once")
    eventually(lambda: _blob(up, "resultsonce/b.txt") is not None)
    assert _blob(up, "resultsonce/b.txt") == b"b seen 2 times"


def test_one_message_that_kills_its_worker_makes_no_other_poison(up: Up) -> None:
    names = [f"n{number}" for number in range(20)]
    with QueueServiceClient.from_connection_string(_connection(up)) as queues:
        inbox = queues.get_queue_client("inboxkiller")
        eventually(lambda: "inboxkiller" in {queue.name for queue in queues.list_queues()})
        for name in [*names[:10], "killer", *names[10:]]:
            text = json.dumps({"id": name, "n": 1})
            inbox.send_message(base64.b64encode(text.encode()).decode())
        moved = up.wait_for(lambda e: "moved to inboxkiller-poison" in e["message"])
        assert "after 5 tries" in moved["message"]
        eventually(lambda: all(_blob(up, f"copieskiller/{name}.txt") is not None for name in names))
        poison = queues.get_queue_client("inboxkiller-poison").peek_messages(max_messages=32)
        assert ["killer" in base64.b64decode(m.content).decode() for m in poison] == [True]
        every_list = [queue.name for queue in queues.list_queues()]
    assert "webjobs-blobtrigger-poison" not in every_list
    tries = [int((_blob(up, f"resultskiller/{name}.txt") or b"").split()[2]) for name in names]
    assert max(tries) <= 2


def test_the_death_of_azurite_is_said_and_survived(tmp_path: Path, apps_python: Path) -> None:
    with Up(make_project(tmp_path, {"api": SOURCE}), apps_python) as up:
        azurite = next(c for c in up.children() if "azurite.js" in " ".join(c.cmdline()))
        azurite.kill()
        up.wait_for(lambda e: e["event"] == "storage" and "died" in e["message"])
        up.wait_for(lambda e: e["event"] == "storage" and "runs again" in e["message"])
        fetch(up.url("/api/enqueue"), method="POST", body=b'{"id": "c", "n": 1}')
        eventually(lambda: _blob(up, "copies/c.txt") is not None)


def test_the_sdks_records_of_every_request_do_not_flood_the_log(up: Up) -> None:
    assert _enqueue(up, b'{"id": "q", "n": 1}', "lister") == 200
    up.wait_for(
        lambda e: (e["event"], e["app"], e["function"]) == ("invocation", "lister", "consume")
    )
    assert [e for e in up.events if "Request headers" in e["message"]] == []
