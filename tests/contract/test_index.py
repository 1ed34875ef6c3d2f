"""Indexing from Funcyard's side, on an interpreter with the real azure-functions."""

from __future__ import annotations

import asyncio
import os
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.contract.discovery import corpus
from tests.e2e.running import eventually

from funcyard.functions.index import IndexingError, index_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.functions.model import Index, LoadFailure

TIMER = '@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")\n'
APP = "import azure.functions as func\napp = func.FunctionApp()\n"


@pytest.fixture
def index(tmp_path: Path, interpreter: Path) -> Callable[..., Index]:
    """Index an app given as files by path."""

    def run(files: dict[str, str], *, timeout: float = 60, **settings: str) -> Index:
        app = tmp_path / "app"
        for name, content in files.items():
            path = app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        environment = {"PATH": os.environ["PATH"], **settings}
        return asyncio.run(
            index_app(app, interpreter=interpreter, settings=environment, timeout=timeout)
        )

    return run


def failed(index: Index) -> LoadFailure:
    assert index.failure is not None
    assert index.functions == ()
    return index.failure


def test_a_function_is_told_with_file_and_line_of_its_definition(
    index: Callable[..., Index],
) -> None:
    parts = 'import azure.functions as func\nbp = func.Blueprint()\n\n\n@bp.route("x")\n'
    parts += "@bp.queue_output(arg_name='out', queue_name='q', connection='S')\n"
    parts += "async def hello(req: func.HttpRequest, out: func.Out[str]) -> str: ...\n"

    found = index(
        {
            "function_app.py": f"{APP}from shared.parts import bp\napp.register_functions(bp)\n",
            "shared/parts.py": parts,
        }
    )

    (function,) = found.functions
    assert (function.file, function.line) == ("shared/parts.py", 5)
    assert function.is_async
    assert [(b.name, b.type, b.direction) for b in function.bindings] == [
        ("out", "queue", "out"),
        ("req", "httpTrigger", "in"),
        ("$return", "http", "out"),
    ]


def test_wrapped_and_durable_functions_are_told_where_the_user_wrote_them(
    index: Callable[..., Index],
) -> None:
    source = "import functools\nimport azure.functions as func\n"
    source += "import azure.durable_functions as df\napp = df.DFApp()\n"
    source += "def logged(call):\n    @functools.wraps(call)\n"
    source += (
        "    def wrapper(**arguments):\n        return call(**arguments)\n    return wrapper\n"
    )
    source += '@app.route("x")\n@logged\ndef hello(req: func.HttpRequest) -> str: ...\n'
    source += '@app.orchestration_trigger(context_name="context")\ndef work(context): ...\n'
    source += '@app.entity_trigger(context_name="context")\ndef counter(context): ...\n'

    found = index({"function_app.py": source})

    places = {function.name: (function.file, function.line) for function in found.functions}
    assert places == {
        "hello": ("function_app.py", 10),
        "work": ("function_app.py", 13),
        "counter": ("function_app.py", 15),
    }


def test_a_retry_policy_is_kept_as_written(index: Callable[..., Index]) -> None:
    retry = '@app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:05")\n'

    found = index({"function_app.py": f"{APP}{TIMER}{retry}def tick(timer): ...\n"})

    assert found.functions[0].retry == {
        "setting_name": "retry_policy",
        "strategy": "fixed_delay",
        "max_retry_count": "3",
        "delay_interval": "00:00:05",
    }


def test_what_ordinary_hosts_cannot_give_is_named(index: Callable[..., Index]) -> None:
    found = index(
        {
            "function_app.py": f"{APP}import azurefunctions.extensions.bindings.blob as blob\n"
            '@app.blob_trigger(arg_name="client", path="a/b", connection="S")\n'
            "def take(client: blob.BlobClient) -> None: ...\n"
            f"{TIMER}def tick(timer: func.TimerRequest) -> None: ...\n"
        }
    )

    assert {function.name: function.needs for function in found.functions} == {
        "take": ("sdk-types",),
        "tick": (),
    }


def test_an_app_without_script_is_told_from_one_that_registers_nothing(
    index: Callable[..., Index],
) -> None:
    bare = index({"host.json": "{}"}, PYTHON_SCRIPT_FILE_NAME="main.py")
    assert (bare.missing_script, bare.legacy) == ("main.py", False)
    empty = index({"function_app.py": APP})
    assert (empty.missing_script, empty.legacy) == ("", False)
    assert empty.functions == ()
    assert empty.failure is None


TIMED = """{"scriptFile": "__init__.py", "bindings": [
    {"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 * * * * *"}]}
"""


def test_folders_of_the_model_v1_are_functions_and_one_that_fails_harms_no_other(
    index: Callable[..., Index],
) -> None:
    found = index(
        {
            "good/function.json": TIMED,
            "good/__init__.py": "from shared.work import tick as main\n",
            "shared/work.py": "\nasync def tick(timer): ...\n",
            "broken/function.json": TIMED,
            "broken/__init__.py": "\nimport absent\n",
            "unbound/function.json": TIMED,
            "unbound/__init__.py": "def main(clock): ...\n",
            "wrong/function.json": "{\n",
        }
    )

    assert (found.missing_script, found.legacy, found.unread) == ("function_app.py", True, ())
    (good,) = found.functions
    assert (good.name, good.model, good.script_file) == ("good", "v1", "good/__init__.py")
    assert (good.file, good.line, good.is_async) == ("shared/work.py", 2, True)
    assert good.trigger.get("schedule") == "0 * * * * *"
    assert [(each.name, each.failure.kind, each.failure.file, each.failure.line)
            for each in found.broken] == [
        ("broken", "ModuleNotFoundError", "broken/__init__.py", 2),
        ("unbound", "FunctionLoadError", "unbound/__init__.py", 1),
        ("wrong", "JsonReaderException", "wrong/function.json", 2),
    ]  # fmt: skip
    assert found.failure is None


@pytest.mark.parametrize("script", [f"{APP}{TIMER}def tick(timer): ...\n", "app = None\n"])
def test_folders_beside_a_script_are_named_as_unread(
    index: Callable[..., Index], script: str
) -> None:
    found = index({"function_app.py": script, "old/function.json": TIMED, "old/__init__.py": "1/0"})

    assert (found.legacy, found.broken, found.unread) == (False, (), ("old",))
    assert [function.model for function in found.functions] in ([], ["v2"])


def test_folders_beside_a_script_that_registers_nothing_are_read_until_python_3_12(
    judge: Path, tmp_path: Path
) -> None:
    corpus.write(
        tmp_path,
        {
            "app": {
                "function_app.py": APP,
                "old/function.json": TIMED,
                "old/__init__.py": "def main(timer): ...\n",
            }
        },
    )

    found = asyncio.run(
        index_app(
            tmp_path / "app",
            interpreter=judge,
            settings={"PATH": os.environ["PATH"]},
            timeout=60,
        )
    )

    if judge.parents[1].name in {"official-worker", "official-worker-3.12"}:
        assert [(function.name, function.model) for function in found.functions] == [("old", "v1")]
        assert (found.legacy, found.unread) == (True, ())
    else:
        assert (found.functions, found.legacy, found.unread) == ((), False, ("old",))


def test_packages_installed_into_the_app_are_found(index: Callable[..., Index]) -> None:
    packages = ".python_packages/lib/site-packages"

    found = index(
        {
            "function_app.py": "from vendored import app\n",
            f"{packages}/vendored.py": f"{APP}{TIMER}def tick(timer): ...\n",
        }
    )

    assert [function.name for function in found.functions] == ["tick"]


@pytest.mark.parametrize(
    ("files", "kind", "place"),
    [
        ({"function_app.py": "\nimport absent\n"}, "ModuleNotFoundError", ("function_app.py", 2)),
        (
            {"function_app.py": "import helper\n", "helper.py": "\n\nimport absent\n"},
            "ModuleNotFoundError",
            ("helper.py", 3),
        ),
        (
            {"function_app.py": "import helper\n", "helper.py": "x = 1\ndef broken(:\n"},
            "SyntaxError",
            ("helper.py", 2),
        ),
        (
            {"function_app.py": "import json\njson.loads('{')\n"},
            "JSONDecodeError",
            ("function_app.py", 2),
        ),
        ({"function_app.py": "import sys\nsys.exit(3)\n"}, "SystemExit", ("function_app.py", 2)),
        ({"function_app.py": "app = None\n"}, "ValueError", ("function_app.py", 0)),
        (
            {"function_app.py": f"{APP}\n{TIMER}def tick(clock): ...\n"},
            "FunctionLoadError",
            ("function_app.py", 4),
        ),
        (
            {"function_app.py": f'{APP}@app.function_name("put")\ndef put(): ...\n'},
            "ValueError",
            ("function_app.py", 3),
        ),
        (
            {"function_app.py": f"{APP}{TIMER}def tick(timer): ...\n{TIMER}def tick(timer): ...\n"},
            "ValueError",
            ("function_app.py", 5),
        ),
    ],
)
def test_a_failure_points_at_the_users_own_line(
    index: Callable[..., Index], files: dict[str, str], kind: str, place: tuple[str, int]
) -> None:
    failure = failed(index(files))

    assert failure.kind == kind
    assert (failure.file, failure.line) == place


def test_the_traceback_shows_the_users_frames_and_none_of_the_loaders(
    index: Callable[..., Index],
) -> None:
    failure = failed(
        index(
            {
                "function_app.py": "import helper\n",
                "helper.py": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
                "    raise RuntimeError('no') from e\n",
            }
        )
    )

    assert failure.traceback.startswith("Traceback (most recent call last):\n")
    assert failure.traceback.endswith("RuntimeError: no\n")
    assert "ZeroDivisionError" in failure.traceback
    assert "helper.py" in failure.traceback
    assert "funcyard" not in failure.traceback
    assert "importlib" not in failure.traceback


def test_an_interpreter_without_azure_functions_is_the_apps_failure(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(APP, encoding="utf-8")
    venv.create(tmp_path / "bare")

    found = asyncio.run(
        index_app(
            tmp_path,
            interpreter=tmp_path / "bare" / "bin" / "python",
            settings={"PATH": os.environ["PATH"]},
            timeout=60,
        )
    )

    assert failed(found).kind == "ModuleNotFoundError"
    assert failed(found).message.startswith("No module named 'azure'. Cannot find module")


def test_what_an_app_prints_does_not_reach_the_result(index: Callable[..., Index]) -> None:
    noise = "import os, sys\nprint('{' * 200_000)\nos.write(2, b'x' * 200_000)\n"

    found = index({"function_app.py": f"{noise}{APP}{TIMER}def tick(timer): ...\n"})

    assert [function.name for function in found.functions] == ["tick"]


@pytest.mark.parametrize(
    ("line", "kind", "ending", "place"),
    [
        ("import os; os._exit(0)", "ProcessEnded", "ended with exit code 0", ("", 0)),
        ("import os; os.abort()", "ProcessCrashed", "crashed (SIGABRT)", ("function_app.py", 1)),
        (
            "import os; os.kill(os.getpid(), 9)",
            "ProcessKilled",
            "was killed by another process or for lack of memory (SIGKILL)",
            ("", 0),
        ),
        (
            "import os; os.kill(os.getpid(), 15)",
            "ProcessKilled",
            "was ended from outside (SIGTERM)",
            ("", 0),
        ),
        ("raise KeyboardInterrupt", "ProcessEnded", "was interrupted (SIGINT)", ("", 0)),
        (
            "import os; os.closerange(3, 256)",
            "ProcessEnded",
            "closed the descriptor on which it reports",
            ("", 0),
        ),
    ],
)
def test_an_app_that_ends_its_process_is_a_failed_app(
    index: Callable[..., Index], line: str, kind: str, ending: str, place: tuple[str, int]
) -> None:
    source = f"{line}\nimport time\ntime.sleep(600)\n"

    failure = failed(index({"function_app.py": source}))

    assert (failure.kind, failure.message) == (kind, f"Python {ending} while it loaded the app")
    assert (failure.file, failure.line) == place


def test_a_report_that_breaks_off_is_no_report(index: Callable[..., Index]) -> None:
    source = """\
import json
import os

def half(document):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b'{"functions": ')
        except OSError:
            pass
    os.kill(os.getpid(), 9)

json.dumps = half
"""

    assert failed(index({"function_app.py": source})).kind == "ProcessKilled"


def test_an_app_that_hangs_is_ended_and_told_where_it_hung(index: Callable[..., Index]) -> None:
    failure = failed(index({"function_app.py": "import time\n\ntime.sleep(600)\n"}, timeout=4.0))

    assert (failure.kind, failure.message) == ("TimeoutError", "indexing took longer than 4 s")
    assert (failure.file, failure.line) == ("function_app.py", 3)
    assert "line 3 in <module>" in failure.traceback
    assert "funcyard" not in failure.traceback


def test_nothing_that_an_app_starts_while_it_is_indexed_lives_on(
    index: Callable[..., Index], tmp_path: Path
) -> None:
    started = tmp_path / "pid"
    source = "import subprocess, threading, time\n"
    source += f"child = subprocess.Popen(['sleep', '600']); open({str(started)!r}, 'w')"
    source += ".write(str(child.pid))\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"

    assert index({"function_app.py": source + APP}).failure is None

    pid = int(started.read_text(encoding="utf-8"))
    eventually(lambda: _is_gone(pid))


def _is_gone(pid: int) -> bool:
    """Whether a process ended; one that nobody waited for yet has, too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_indexing_leaves_no_files_in_the_app(index: Callable[..., Index], tmp_path: Path) -> None:
    index({"function_app.py": "import helper\n" + APP, "helper.py": ""})

    assert {path.name for path in (tmp_path / "app").rglob("*")} == {"function_app.py", "helper.py"}


def test_the_script_is_named_by_the_apps_settings(index: Callable[..., Index]) -> None:
    found = index(
        {"main.py": f"{APP}{TIMER}def tick(timer): ...\n"}, PYTHON_SCRIPT_FILE_NAME="main.py"
    )

    assert [function.name for function in found.functions] == ["tick"]


def test_an_interpreter_that_cannot_start_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "python"

    with pytest.raises(IndexingError, match=f"cannot start {absent}"):
        asyncio.run(index_app(tmp_path, interpreter=absent, settings={}, timeout=5))


def test_an_interpreter_that_is_no_python_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        IndexingError, match="/bin/false cannot index: it ended with exit code 1"
    ) as told:
        asyncio.run(index_app(tmp_path, interpreter=Path("/bin/false"), settings={}, timeout=5))

    assert told.value.hint == "Python 3.11 or newer is needed"


@pytest.mark.parametrize(
    ("script", "why", "hint"),
    [
        (
            "kill -9 $$",
            "it was killed by another process or for lack of memory (SIGKILL)",
            "free memory",
        ),
        ("kill -11 $$", "it crashed (SIGSEGV)", "name another Python"),
        ("exec sleep 60", "it took longer than 1 s", "raise --timeout"),
    ],
)
def test_an_interpreter_that_ends_before_the_app_is_loaded_is_told_with_the_cause(
    tmp_path: Path, script: str, why: str, hint: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)

    with pytest.raises(IndexingError) as told:
        asyncio.run(index_app(tmp_path, interpreter=python, settings={}, timeout=1))

    assert told.value.message == f"{python} cannot index: {why}"
    assert told.value.hint is not None
    assert told.value.hint.startswith(hint)
