"""What sources declare, read without running them, is what the app registers."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from funcyard.functions.declared import Declared, declared
from funcyard.functions.index import index_app
from funcyard.functions.written import Written, written
from funcyard.project.catalog import blueprint
from funcyard.project.declaring import wanted
from funcyard.project.reading import parse_spec

HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
EVERYTHING = """\
import azure.functions as func

from more import bp

QUEUE = "work"
app = func.FunctionApp(http_auth_level=func.AuthLevel.ADMIN)
app.register_functions(bp)


@app.route(route="/items/{id}", methods=["get", func.HttpMethod.POST])
def items(req: func.HttpRequest) -> str:
    return ""


@app.function_name("Other")
@app.route(auth_level="ANONYMOUS")
async def other(req: func.HttpRequest) -> str:
    return ""


@app.timer_trigger(arg_name="timer", schedule="0 * * * * *", run_on_startup=True)
def tick(timer: func.TimerRequest) -> None: ...


@app.schedule("timer", "0 0 * * * *")
def hourly(timer: func.TimerRequest) -> None: ...


@app.queue_trigger("msg", QUEUE, "AzureWebJobsStorage")
@app.queue_output(arg_name="out", queue_name="elsewhere", connection="AzureWebJobsStorage")
def take(msg: func.QueueMessage, out: func.Out[str]) -> None: ...
"""
MORE = """\
import azure.functions as func

bp = func.Blueprint()


@bp.blob_trigger(arg_name="blob", path="in/{name}", connection="AzureWebJobsStorage")
def read(blob: func.InputStream) -> None: ...
"""


def app(folder: Path, **files: str) -> Path:
    (folder / "host.json").write_text('{"version": "2.0"}')
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def told(function: Declared) -> tuple[object, ...]:
    settings = {
        name: tuple(sorted(value)) if isinstance(value, tuple) else value
        for name, value in function.settings.items()
    }
    return function.name, function.trigger, settings


def test_what_is_read_is_what_the_worker_finds(tmp_path: Path) -> None:
    folder = app(tmp_path, function_app=EVERYTHING, more=MORE)

    read = written(folder)
    index = asyncio.run(
        index_app(folder, interpreter=Path(sys.executable), settings=dict(os.environ), timeout=30)
    )

    assert index.failure is None
    assert read.complete
    assert not read.fault
    found = [told(declared(function)) for function in index.functions]
    assert sorted(map(told, read.functions), key=str) == sorted(found, key=str)
    assert {one.name: (one.file, one.line) for one in read.functions}["read"] == ("more.py", 6)


@pytest.mark.parametrize("name", ["data-pipeline"])
def test_a_blueprint_declares_in_code_what_its_spec_says(name: str) -> None:
    found = blueprint(name)
    spec = parse_spec(found.spec_text, today=date(2026, 11, 20)).spec
    sources = {source: content for source, content, _ in found.files}

    for one in spec.function_apps:
        script = sources[f"functions/{one.name}/function_app.py"]
        read = written(Path("/nowhere"), {"function_app.py": script})
        assert sorted(map(told, read.functions), key=str) == sorted(map(told, wanted(one)), key=str)


@pytest.mark.parametrize(
    "code",
    [
        "for name in ('a', 'b'):\n    app.route(route=name)(print)\n",
        "NAME = input()\n@app.function_name(NAME)\n@app.route()\ndef f(req): ...\n",
        "from elsewhere import bp\napp.register_functions(bp)\n",
        "app = func.AsgiFunctionApp(app=None)\n",
    ],
)
def test_code_that_only_running_would_tell_may_hold_more(tmp_path: Path, code: str) -> None:
    assert not written(app(tmp_path, function_app=HEAD + code)).complete


def test_a_value_that_is_not_written_out_is_not_known(tmp_path: Path) -> None:
    code = f"{HEAD}import os\n@app.queue_trigger('m', os.environ['Q'], 'C')\ndef f(m): ...\n"

    assert [told(one) for one in written(app(tmp_path, function_app=code)).functions] == [
        ("f", "queue", {})
    ]


def test_a_source_that_does_not_compile_is_named(tmp_path: Path) -> None:
    folder = app(tmp_path, function_app=f"{HEAD}def f(:\n")

    assert written(folder).fault == "function_app.py:3: invalid syntax"


@pytest.mark.parametrize("content", [b"\0azure.functions", b"# azure.functions\n" + b"(" * 5000])
def test_hostile_sources_are_a_fault_and_nothing_worse(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "function_app.py").write_bytes(content)

    assert written(tmp_path).fault.startswith("function_app.py")


def test_tests_environments_other_libraries_and_pipes_are_not_read(tmp_path: Path) -> None:
    for folder in ("tests", ".venv", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "tests" / "test_a.py").write_text(f"{HEAD}@app.route()\ndef a(req): ...\n")
    (tmp_path / ".venv" / "b.py").write_text(f"{HEAD}@app.route()\ndef b(req): ...\n")
    (tmp_path / "site.py").write_text("@site.route('/c')\ndef c(): ...\n")
    os.mkfifo(tmp_path / "pipe.py")

    assert written(tmp_path) == Written()
