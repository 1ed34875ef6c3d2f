"""From a push to a new result, and from a disconnection to an edit that runs: on real parts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.connected_platform import Connected, connected
from tests.running_platform import eventually

_CODE = """
from funcyard.workflows.sdk import workflow
from rates import RATE

@workflow(name="price", execution_mode="sync")
def price():
    return {value} * RATE
"""


@pytest.fixture
def here() -> Iterator[Connected]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-sync-"))
    with connected(root, {}, None) as made:
        yield made
        assert made.github.faults == []
    shutil.rmtree(root, ignore_errors=True)


def _price(here: Connected) -> object:
    return here.platform.run("price").json.get("result")


def test_a_push_runs_and_after_a_disconnection_an_edit_does(here: Connected) -> None:
    here.push({"price.py": _CODE.format(value=1), "rates.py": "RATE = 10\n", "old/a.txt": "a\n"})
    made = here.connect()
    assert made.status == 201, made.body
    assert here.job(made.json["jobId"])["filesAdded"] == 3
    assert _price(here) == 10

    commit = here.push({"rates.py": "RATE = 20\n", "old/a.txt": None, "new.txt": "n\n"})
    taken = here.deliver(here.payload(commit), query="?connection=GLOBAL")
    assert taken.status == 202
    job = here.job(taken.json["jobId"])
    assert (job["filesAdded"], job["filesModified"], job["filesDeleted"]) == (1, 1, 1)
    assert _price(here) == 20
    view = here.platform.folder / "global"
    found = sorted(path.relative_to(view).as_posix() for path in view.rglob("*"))
    assert found == ["new.txt", "price.py", "rates.py"]

    assert here.platform.put("rates.py", "RATE = 0\n").status == 403
    assert here.platform.call("DELETE", "/github-connections/GLOBAL").status == 204
    assert here.registered.hooks == {}
    assert here.platform.put("rates.py", "RATE = 30\n").status == 200
    assert _price(here) == 30
    status = here.platform.call("GET", "/workspace/status").json
    assert (status["mode"], status["githubConnection"]) == ("manual-edit", None)


def test_what_is_saved_in_the_folder_runs_too(here: Connected) -> None:
    folder = here.platform.folder / "global"
    (folder / "rates.py").write_text("RATE = 7\n")
    (folder / "price.py").write_text(_CODE.format(value=6))
    assert eventually(lambda: _price(here), lambda value: value == 42)
    (folder / "rates.py").write_text("RATE = 8\n")
    assert eventually(lambda: _price(here), lambda value: value == 48)


def test_a_platform_that_is_started_again_goes_on_where_it_was(here: Connected) -> None:
    here.push({"price.py": _CODE.format(value=1), "rates.py": "RATE = 10\n"})
    made = here.connect()
    here.job(made.json["jobId"])
    version = here.platform.call("GET", "/workspace/status").json["version"]
    here.platform.end()
    here.platform.start()
    assert here.platform.call("GET", "/workspace/status").json["version"] == version
    commit = here.push({"rates.py": "RATE = 20\n"})
    taken = here.deliver(here.payload(commit), query="?connection=GLOBAL")
    assert here.job(taken.json["jobId"])["status"] == "completed"
    assert _price(here) == 20
