"""The data pipeline keeps its word: no row lost, none twice, whatever fails on the way."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from funcyard.project.catalog import blueprint

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Pipeline


def table(rows: int, word: str = "a") -> bytes:
    """Return a CSV file with a column that numbers its rows."""
    return b"id,word\n" + b"".join(b"%d,%s\n" % (n, word.encode()) for n in range(1, rows + 1))


def rows_of(pipeline: Pipeline, name: str) -> list[tuple[int, dict[str, str]]]:
    """Return what a reader of the external system sees of a file."""
    with closing(sqlite3.connect(pipeline.database)) as database:
        found = database.execute(
            "SELECT row, data FROM current_rows WHERE file = ? ORDER BY row", (name,)
        )
        return [(row, json.loads(data)) for row, data in found]


def assert_loaded_once(pipeline: Pipeline, name: str, rows: int, word: str = "a") -> None:
    """Every row is there, once, with its data, and nothing waits any more."""
    assert rows_of(pipeline, name) == [
        (n, {"id": str(n), "word": word, "problems": ""}) for n in range(1, rows + 1)
    ]
    assert pipeline.names("queued", name) == []
    assert pipeline.names("processed", name) == []


def test_every_row_of_the_real_file_arrives_once_also_when_it_is_sent_again(
    pipeline: Pipeline,
) -> None:
    name = "whole-airports.csv"
    content = (pipeline.project / "sample-data" / "airports.csv").read_bytes()
    for new, unchanged in ((3376, 0), (0, 3376)):
        pipeline.run_through(name, content)
        status = pipeline.status(name)
        assert (status["status"], status["chunks_loaded"], status["rows_loaded"]) == (
            *("completed", 7, 3376),
        )
        loads = [e for e in pipeline.audit(name, "load") if e["job"] == status["job"]]
        assert sum(entry["rows_new"] for entry in loads) == new
        assert sum(entry["rows_unchanged"] for entry in loads) == unchanged
    loaded = rows_of(pipeline, name)
    assert [row for row, _ in loaded] == list(range(1, 3377))
    assert loaded[1][1] == {
        "iata": "00R",
        "name": "Livingston Municipal",
        "city": "Livingston",
        "state": "TX",
        "country": "United States",
        "latitude": "30.685861",
        "longitude": "-95.017928",
        "hemisphere": "NW",
        "region": "South",
        "problems": "",
    }
    assert len(pipeline.names("loaded", f"{name}/")) == 7


def test_every_hop_is_recorded_with_its_rows_and_its_time(pipeline: Pipeline) -> None:
    name = "recorded.csv"
    pipeline.run_through(name, table(1_200))
    for hop, app, rows in (
        ("announce", "orchestrator", [0]),
        ("split", "orchestrator", [1200]),
        ("process", "processor", [500, 500, 200]),
        ("deliver", "processor", [500, 500, 200]),
        ("load", "loader", [500, 500, 200]),
    ):
        entries = pipeline.audit(name, hop)
        assert [entry["rows_out"] for entry in entries] == rows
        assert {entry["app"] for entry in entries} == {app}
        assert all(entry["started"] <= entry["finished"] for entry in entries)
        assert all(entry["status"] == "ok" and not entry["error_message"] for entry in entries)
    status = pipeline.tables.get_table_client("ProcessingStatus")
    found = list(status.query_entities("PartitionKey eq @n", parameters={"n": name}))
    assert [(e["chunk"], e["status"], e["processed_rows"]) for e in found] == [
        (0, "announced", 0),
        (0, "queued", 1200),
        (1, "processed", 500),
        (1, "loaded", 500),
        (2, "processed", 500),
        (2, "loaded", 500),
        (3, "processed", 200),
        (3, "loaded", 200),
        (0, "completed", 1200),
    ]
    assert [entity["RowKey"] for entity in found] == sorted(e["RowKey"] for e in found)

    declared = YAML(typ="safe", pure=True).load(blueprint("data-pipeline").spec_text)
    for described in declared["storage"]["tables"]:
        client = pipeline.tables.get_table_client(described["name"])
        entities = client.query_entities("PartitionKey eq @n", parameters={"n": name})
        written = {field for entity in entities for field in entity}
        assert written - {"PartitionKey", "RowKey"} == set(described["fields"])


def test_loader_that_is_down_at_first_is_called_again_until_it_answers(
    pipeline: Pipeline, silent_port: int
) -> None:
    name = "patience.csv"
    pipeline.upload(name, table(3))
    pipeline.split(pipeline.announce(name))
    (chunk,) = pipeline.names("queued", name)
    with (
        pipeline.running(
            "processor", LOADER_URL=f"http://127.0.0.1:{silent_port}", FIRST_WAIT="0.5"
        ) as processor,
        ThreadPoolExecutor(1) as pool,
    ):
        reply = pool.submit(processor.invoke, "process_chunk", blob=f"queued/{chunk}")
        while not pipeline.audit(name, "process"):
            time.sleep(0.02)
        with pipeline.running("loader", PORT=str(silent_port)):
            assert reply.result().status == 200
    assert pipeline.audit(name, "deliver")[0]["attempts"] > 1
    assert_loaded_once(pipeline, name, 3)


def test_chunk_stays_queued_while_the_loader_is_down_and_is_loaded_by_a_later_try(
    pipeline: Pipeline, silent_port: int
) -> None:
    name = "outage.csv"
    pipeline.upload(name, table(3))
    pipeline.split(pipeline.announce(name))
    (chunk,) = pipeline.names("queued", name)
    with pipeline.running("processor", LOADER_URL=f"http://127.0.0.1:{silent_port}") as processor:
        raised = processor.invoke("process_chunk", blob=f"queued/{chunk}")
        answered = processor.call("/api/process", {"filename": chunk})
    assert raised.status == 500
    assert "DeliveryError: the loader did not take" in raised.text
    assert (answered.status, answered.json["error"]) == (502, "not-delivered")
    assert pipeline.names("queued", name) == [chunk]
    status = pipeline.status(name)
    assert status["status"] == "failed"
    assert "in 5 attempts" in status["errors"][0]
    assert pipeline.audit(name, "deliver")[0]["status"] == "failed"

    pipeline.process_all(name)
    assert pipeline.status(name)["status"] == "completed"
    assert_loaded_once(pipeline, name, 3)


@pytest.mark.parametrize(("app", "container"), [("loader", "processed"), ("processor", "queued")])
def test_app_killed_before_its_last_step_is_completed_by_the_next_try(
    pipeline: Pipeline, app: str, container: str
) -> None:
    name = f"killed-{app}.csv"
    pipeline.upload(name, table(3))
    pipeline.split(pipeline.announce(name))
    (chunk,) = pipeline.names("queued", name)
    dying = {app: container}
    with (
        pipeline.running("loader", **_deadly("loader", dying)) as loader,
        pipeline.running(
            "processor", LOADER_URL=loader.url, **_deadly("processor", dying)
        ) as processor,
    ):
        if app == "processor":
            with pytest.raises((RemoteDisconnected, ConnectionError)):
                processor.invoke("process_chunk", blob=f"queued/{chunk}")
            assert processor.process.wait(10) == 9
        else:
            assert processor.invoke("process_chunk", blob=f"queued/{chunk}").status == 500
            assert loader.process.wait(10) == 9
    assert pipeline.names("loaded", name) == [chunk]
    assert pipeline.names(container, name) == [chunk]

    pipeline.process_all(name)
    assert pipeline.status(name)["status"] == "completed"
    assert_loaded_once(pipeline, name, 3)


def _deadly(app: str, dying: dict[str, str]) -> dict[str, str]:
    return {"DIE_BEFORE_DELETE": dying[app]} if app in dying else {}


def test_announcement_that_the_queue_delivers_three_times_at_once_is_no_three_files(
    pipeline: Pipeline,
) -> None:
    name = "duplicates.csv"
    pipeline.upload(name, table(2_000))
    message = pipeline.announce(name)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(pipeline.split, [message] * 3))
    assert len(pipeline.names("queued", name)) == 4
    pipeline.process_all(name)
    pipeline.split(message)
    pipeline.process_all(name)
    assert_loaded_once(pipeline, name, 2_000)


def test_chunk_that_is_delivered_four_times_at_once_is_loaded_once(pipeline: Pipeline) -> None:
    name = "at-once.csv"
    for _ in range(3):
        pipeline.upload(name, table(1_500))
        pipeline.split(pipeline.announce(name))
        blobs = [f"queued/{chunk}" for chunk in pipeline.names("queued", name)] * 4
        with ThreadPoolExecutor(len(blobs)) as pool:
            replies = pool.map(
                lambda blob: pipeline.processor.invoke("process_chunk", blob=blob), blobs
            )
        assert {reply.status for reply in replies} == {200}
        assert pipeline.status(name)["status"] == "completed"
        assert pipeline.status(name)["chunks_loaded"] == 3
        assert_loaded_once(pipeline, name, 1_500)


def test_changed_file_replaces_its_rows_in_one_step_when_its_last_chunk_has_come(
    pipeline: Pipeline,
) -> None:
    name = "changed.csv"
    pipeline.run_through(name, table(1_200, "old"))
    pipeline.upload(name, table(600, "new"))
    pipeline.split(pipeline.announce(name))
    first, second = pipeline.names("queued", name)
    assert pipeline.processor.call("/api/process", {"filename": second}).status == 200
    assert {data["word"] for _, data in rows_of(pipeline, name)} == {"old"}
    assert len(rows_of(pipeline, name)) == 1_200
    assert pipeline.processor.call("/api/process", {"filename": first}).json["completed"]
    assert_loaded_once(pipeline, name, 600, "new")

    pipeline.run_through(name, table(1_200, "old"))
    assert_loaded_once(pipeline, name, 1_200, "old")


def test_late_chunk_of_an_older_version_changes_nothing(pipeline: Pipeline) -> None:
    name = "late.csv"
    pipeline.upload(name, table(600, "old"))
    pipeline.split(pipeline.announce(name))
    late, also_late = pipeline.names("queued", name)
    pipeline.upload(name, table(5, "new"))
    pipeline.split(pipeline.announce(name))
    (newer,) = set(pipeline.names("queued", name)) - {late, also_late}
    assert pipeline.processor.call("/api/process", {"filename": newer}).json["status"] == "loaded"
    for chunk in (late, also_late):
        reply = pipeline.processor.call("/api/process", {"filename": chunk})
        assert reply.json["status"] == "superseded"
    assert_loaded_once(pipeline, name, 5, "new")
    assert pipeline.names("loaded", name) == [newer]


def test_another_chunk_size_is_another_version(pipeline: Pipeline) -> None:
    name = "resized.csv"
    pipeline.run_through(name, table(1_000))
    with pipeline.running("orchestrator", CHUNK_ROWS="300") as orchestrator:
        assert orchestrator.invoke("split_file", pipeline.announce(name)).status == 200
    pipeline.process_all(name)
    assert [chunk["rows"] for chunk in pipeline.loaded(name)["chunks"]] == [300, 300, 300, 100]
    assert_loaded_once(pipeline, name, 1_000)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{filename", 400, "not-json"),
        (b"\xff\xfe", 400, "not-json"),
        (b"[" * 100_000, 400, "not-json"),
        ([], 400, "missing-filename"),
        ({}, 400, "missing-filename"),
        ({"filename": 7}, 400, "missing-filename"),
        ({"filename": ""}, 400, "missing-filename"),
        ({"filename": "../raw/airports.csv"}, 400, "bad-filename"),
        ({"filename": "..\\x.csv"}, 400, "bad-filename"),
        ({"filename": "/etc/passwd"}, 400, "bad-filename"),
        ({"filename": "x.csv/0123456789abcdef/1.csv"}, 400, "bad-filename"),
        ({"filename": "x.csv/0123456789abcdef/00000.csv"}, 400, "bad-filename"),
        ({"filename": "x\n.csv"}, 400, "bad-filename"),
        ({"filename": "x" * 129}, 400, "bad-filename"),
        ({"filename": "not-there.csv"}, 404, None),
    ],
)
def test_wrong_request_is_explained_by_every_app(
    pipeline: Pipeline, body: bytes | object, status: int, code: str | None
) -> None:
    for app, path, missing in (
        (pipeline.orchestrator, "/api/orchestrate", "not-in-raw"),
        (pipeline.processor, "/api/process", "not-in-queued"),
        (pipeline.loader, "/api/load", "not-in-processed"),
    ):
        reply = app.call(path, body)
        assert (reply.status, reply.json["error"]) == (status, code or missing)
        assert reply.json["message"]
    assert pipeline.orchestrator.call("/outputs").json == []


def test_the_calls_of_the_readme_are_understood_as_they_stand(pipeline: Pipeline) -> None:
    readme = (pipeline.project / "README.md").read_text()
    lines = [line for line in readme.splitlines() if line.startswith("curl ")]
    calls = [shlex.split(line) for line in lines]
    expected = {
        "/api/orchestrate": "not-in-raw",
        "/api/process": "not-in-queued",
        "/api/load": "not-in-processed",
    }
    apps = {"7071": pipeline.orchestrator, "7072": pipeline.processor, "7073": pipeline.loader}
    for call in calls:
        address = urlsplit(next(word for word in call if word.startswith("http://")))
        app = apps[str(address.port)]
        if address.path in expected:
            assert call[1:3] == ["-X", "POST"]
            reply = app.call(address.path, call[-1].encode())
            assert (reply.status, reply.json["error"]) == (404, expected.pop(address.path))
        else:
            assert app.get(address.path).json["message"].count("test.csv") == 1
    assert expected == {}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("blank.csv", b"\n\n", "the file is empty"),
        ("bom.csv", b"\xef\xbb\xbf", "the file is empty"),
        ("header.csv", b"a,b\n", "a header and no rows"),
        ("ragged.csv", table(700) + b"1,2,3\n", "line 702 has 3 fields, the header 2"),
        ("twice.csv", b"a,b,a\n1,2,3\n", "the header has 'a' twice"),
        ("nameless.csv", b"a,,b\n1,2,3\n", "a column without a name"),
        ("quote.csv", b'a,b\n1,"2\n3,4\n', "is not CSV: unexpected end of data"),
        ("long.csv", table(600) + b"1," + b"x" * 200_000 + b"\n", "line 602 has more than"),
        ("binary.csv", b"a,b\n\x00\x01,2\n", "line 2 has a NUL character"),
        ("latin.csv", b"a,b\n1,M\xfcnchen\n", "not UTF-8"),
    ],
)
def test_wrong_file_fails_with_its_reason_and_nothing_of_it_is_queued(
    pipeline: Pipeline, name: str, content: bytes, reason: str
) -> None:
    pipeline.upload(name, content)
    pipeline.split(pipeline.announce(name))
    status = pipeline.status(name)
    assert status["status"] == "failed"
    assert reason in status["errors"][0]
    assert pipeline.audit(name, "split")[0]["status"] == "failed"
    assert pipeline.names("queued", name) == []
    assert pipeline.loader.get(f"/api/loaded/{name}").json["error"] == "not-loaded"


def test_empty_file_is_refused_when_it_is_announced(pipeline: Pipeline) -> None:
    pipeline.upload("empty.csv", b"")
    reply = pipeline.orchestrator.call("/api/orchestrate", {"filename": "empty.csv"})
    assert (reply.status, reply.json["error"]) == (422, "empty-file")
    assert pipeline.orchestrator.get("/api/status/empty.csv").status == 404


def test_file_that_vanished_after_its_announcement_fails(pipeline: Pipeline) -> None:
    pipeline.upload("gone.csv", table(1))
    message = pipeline.announce("gone.csv")
    pipeline.blobs.get_blob_client("raw", "gone.csv").delete_blob()
    pipeline.split(message)
    assert "no longer in raw" in pipeline.status("gone.csv")["errors"][0]


@pytest.mark.parametrize(
    "message", [b"airports.csv", b'{"filename": "../x"}', b'{"filename": "x.csv", "job": "\\n"}']
)
def test_message_that_names_no_file_is_left_to_the_poison_queue(
    pipeline: Pipeline, message: bytes
) -> None:
    reply = pipeline.orchestrator.invoke("split_file", message)
    assert (reply.status, reply.text.split(":")[0]) == (500, "InputError")


def test_file_put_into_queued_by_hand_is_its_own_only_chunk(pipeline: Pipeline) -> None:
    for _ in range(2):
        pipeline.upload("test.csv", table(700), container="queued")
        reply = pipeline.processor.call("/api/process", {"filename": "test.csv"})
        assert (reply.status, reply.json["status"]) == (200, "loaded")
        assert_loaded_once(pipeline, "test.csv", 700)
    again = pipeline.loader.call("/api/load", {"filename": pipeline.names("loaded", "test.csv")[0]})
    assert again.json["status"] == "already loaded"


def test_chunk_without_its_metadata_is_refused(pipeline: Pipeline) -> None:
    chunk = "copied.csv/0123456789abcdef/00001.csv"
    pipeline.upload(chunk, table(1), container="queued")
    reply = pipeline.processor.call("/api/process", {"filename": chunk})
    assert (reply.status, reply.json["error"]) == (422, "no-metadata")
    assert pipeline.processor.invoke("process_chunk", blob=f"queued/{chunk}").status == 200
    assert pipeline.names("queued", "copied.csv") == [chunk]


def test_name_with_spaces_is_followed_to_its_status(pipeline: Pipeline) -> None:
    name = "two words - 2.csv"
    pipeline.upload(name, table(2))
    reply = pipeline.orchestrator.call("/api/orchestrate", {"filename": name})
    (message,) = pipeline.orchestrator.call("/outputs").json
    pipeline.split(message.encode())
    pipeline.process_all(name)
    link = reply.json["status"].removeprefix(pipeline.orchestrator.url)
    assert link == "/api/status/two%20words%20-%202.csv"
    assert pipeline.orchestrator.get(link).json["status"] == "completed"


def test_production_needs_an_external_system_of_its_own(pipeline: Pipeline) -> None:
    with pipeline.running(
        "loader", PALANTE_ENVIRONMENT="production", EXTERNAL_DATABASE=""
    ) as loader:
        reply = loader.get("/api/loaded/x.csv")
    assert (reply.status, reply.json["error"]) == (500, "wrong-setting")
    assert "EXTERNAL_DATABASE is missing" in reply.json["message"]


def demo(pipeline: Pipeline, *arguments: str, **urls: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as `up --demo` does, with other addresses of some apps."""
    script = blueprint("data-pipeline").demo
    assert script
    found = {name: app.url for name, app in pipeline.apps.items()} | urls
    apps = [{"name": name, "url": url} for name, url in found.items()]
    return subprocess.run(
        [sys.executable, script, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "FUNCYARD_PROJECT": str(pipeline.project),
            "FUNCYARD_APPS": json.dumps(apps),
            "AzureWebJobsStorage": pipeline.connection,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_demo_checks_every_total_and_also_passes_when_it_runs_again(pipeline: Pipeline) -> None:
    with pipeline.triggers():
        shown = demo(pipeline)
        told = demo(pipeline, "--json")
    assert shown.returncode == 0, shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["total", "3376", "3376"] in [line[:3] for line in lines]
    assert ["7", "376", "376"] in [line[:3] for line in lines]
    assert "WRONG" not in shown.stdout
    assert told.returncode == 0, told.stderr
    report = json.loads(told.stdout)
    assert report["ok"]
    assert report["loaded_before"]
    assert report["totals"]["new"] == 0
    assert report["checks"][-1] == {
        "check": "rows added to those of an earlier run",
        "expected": 0,
        "found": 0,
        "ok": True,
    }


def test_demo_says_what_is_missing_and_fails(pipeline: Pipeline, silent_port: int) -> None:
    told = demo(pipeline, "--json", loader=f"http://127.0.0.1:{silent_port}")
    assert told.returncode == 1
    assert json.loads(told.stdout)["ok"] is False
    assert "Connection refused" in told.stderr


@pytest.mark.parametrize(
    "folder", ["data-utils", "functions/orchestrator", "functions/processor", "functions/loader"]
)
def test_tests_of_the_generated_project_pass(pipeline: Pipeline, folder: str) -> None:
    done = subprocess.run(
        [pipeline.python, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=pipeline.project / folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": pipeline.environment()["PYTHONPATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_data_utils_is_a_package_that_can_be_installed(pipeline: Pipeline, tmp_path: Path) -> None:
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps"]
    package = str(pipeline.project / "data-utils")
    subprocess.run([*uv, "--target", str(tmp_path), package], check=True)
    assert (tmp_path / "data_utils" / "py.typed").is_file()
    assert list(tmp_path.glob("data_utils-0.1.0.dist-info"))
