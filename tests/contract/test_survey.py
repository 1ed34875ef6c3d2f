"""What a preflight learns by importing an app, on an interpreter with the real azure-functions.

The survey of an app must hold the very index that the app's functions are served by, and beside it
whatever says why functions are missing: every fault, and what never reached the app.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.discovery import corpus
from tests.contract.discovery.reporting import reported

from funcyard.functions.index import survey_app
from funcyard.functions.survey import Stray

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.functions.survey import Survey

APP = "import azure.functions as func\napp = func.FunctionApp()\n"
TIMER = '@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")\n'
BLUEPRINT = "import azure.functions as func\nbp = func.Blueprint()\n\n\n@bp.route('x')\n"
BLUEPRINT += "def hello(req: func.HttpRequest) -> str: ...\n"


@pytest.fixture
def survey(tmp_path: Path, interpreter: Path) -> Callable[..., Survey]:
    """Survey an app given as files by path."""

    def run(files: dict[str, str], *, timeout: float = 60, **settings: str) -> Survey:
        return _surveyed(tmp_path, interpreter, files, timeout=timeout, **settings)

    return run


def _surveyed(
    folder: Path, python: Path, files: dict[str, str], *, timeout: float = 60, **settings: str
) -> Survey:
    corpus.write(folder, {"app": files})
    environment = {"PATH": os.environ["PATH"], **settings}
    return asyncio.run(
        survey_app(folder / "app", interpreter=python, settings=environment, timeout=timeout)
    )


def test_every_app_of_the_corpus_is_surveyed_with_the_index_it_is_served_by(
    judge: Path, tmp_path: Path
) -> None:
    apps = corpus.read(corpus.HERE / "apps")
    corpus.write(tmp_path / "apps", apps)

    reports = reported(judge, tmp_path / "apps", tmp_path / "reports.json", "indexing", "surveying")

    assert len(reports) == len(apps)
    for name, report in reports.items():
        loading, index = report["indexing"]
        interpreter, _, told, survey = report["surveying"]
        found, surveyed = _plain(json.loads(index)), json.loads(survey)
        assert (loading, told) == ("loading", "loading")
        assert json.loads(interpreter)["version"]
        assert _plain(surveyed["index"]) == found, name
        assert _plain(surveyed["faults"][:1]) == ([found["failure"]] if found["failure"] else [])


def _plain(told: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave tracebacks and addresses of objects out, which differ between two processes."""
    text = json.dumps(told, default=str)
    return json.loads(
        text,
        object_hook=lambda found: {
            key: value.partition(" at 0x")[0] if isinstance(value, str) else value
            for key, value in found.items()
            if key != "traceback"
        },
    )


def test_a_good_app_is_told_with_its_interpreter_and_files_and_nothing_amiss(
    survey: Callable[..., Survey],
) -> None:
    found = survey(
        {
            "function_app.py": f"{APP}import helper\n{TIMER}def tick(timer): ...\n",
            "helper.py": "",
            "notes/unused.py": "",
        }
    )

    assert [function.name for function in found.index.functions] == ["tick"]
    assert (found.faults, found.strays, found.uncompilable) == ((), (), ())
    assert found.modules == ("function_app.py", "helper.py")
    assert found.interpreter.version.startswith("3.11.")
    assert found.interpreter.modules["google"] == ("protobuf",)
    assert found.interpreter.distributions["azure-functions"] == "1.26.0"
    assert "json" in found.interpreter.standard_library


def test_every_fault_of_binding_is_told_and_the_workers_own_comes_first(
    survey: Callable[..., Survey],
) -> None:
    found = survey(
        {
            "function_app.py": f"{APP}import typing\n"
            f"{TIMER}def first(clock): ...\n"
            f"{TIMER}def good(timer: func.TimerRequest): ...\n"
            f"{TIMER}def second(timer: typing.Any): ...\n"
            f"{TIMER}def third(timer: 'Nowhere'): ...\n"
        }
    )

    assert [(fault.kind, fault.line) for fault in found.faults] == [
        ("FunctionLoadError", 4),
        ("FunctionLoadError", 8),
        ("NameError", 10),
    ]
    assert found.faults[0] == found.index.failure
    assert found.index.functions == ()


def test_faults_behind_a_function_without_trigger_or_of_a_taken_name_are_told_too(
    survey: Callable[..., Survey],
) -> None:
    found = survey(
        {
            "function_app.py": f"{APP}"
            f"{TIMER}def same(clock): ...\n"
            "@app.function_name('put')\ndef put(): ...\n"
            f"{TIMER}def same(timer): ...\n"
            "@app.function_name('get')\ndef get(): ...\n"
        }
    )

    assert found.faults[0] == found.index.failure
    assert [(fault.kind, fault.line) for fault in found.faults] == [
        ("ValueError", 5),
        ("FunctionLoadError", 3),
        ("ValueError", 7),
        ("ValueError", 9),
    ]
    assert "does not have a unique function name" in found.faults[2].message
    assert "Function get does not have a trigger" in found.faults[3].message


def test_a_blueprint_that_no_app_registered_is_named_with_its_functions(
    survey: Callable[..., Survey],
) -> None:
    found = survey(
        {
            "function_app.py": f"{APP}from shared.parts import bp\n"
            "from shared.other import bp as other\napp.register_functions(other)\n",
            "shared/parts.py": BLUEPRINT,
            "shared/other.py": BLUEPRINT.replace("hello", "other"),
        }
    )

    assert [function.name for function in found.index.functions] == ["other"]
    (stray,) = found.strays
    assert (stray.kind, stray.name) == ("blueprint", "bp")
    assert stray.file in {"function_app.py", "shared/parts.py"}
    assert stray.functions == (("hello", "shared/parts.py", 5),)


def test_a_blueprint_of_durable_functions_that_no_app_registered_is_named(
    survey: Callable[..., Survey],
) -> None:
    source = APP + "import azure.durable_functions as df\nbp = df.Blueprint()\n"
    source += '@bp.orchestration_trigger(context_name="context")\ndef work(context): ...\n'
    source += '@bp.activity_trigger(input_name="name")\ndef say(name: str) -> str: ...\n'

    found = survey({"function_app.py": source})

    assert found.index.functions == ()
    assert found.strays == (
        Stray(
            "blueprint",
            "bp",
            "function_app.py",
            (("work", "function_app.py", 5), ("say", "function_app.py", 7)),
        ),
    )


def test_a_registered_blueprint_that_is_given_more_afterwards_loses_only_that(
    survey: Callable[..., Survey],
) -> None:
    source = f"{APP}bp = func.Blueprint()\n@bp.route('a')\ndef early(req) -> str: ...\n"
    source += "app.register_functions(bp)\n@bp.route('b')\ndef late(req) -> str: ...\n"

    found = survey({"function_app.py": source})

    assert [function.name for function in found.index.functions] == ["early"]
    assert [stray.functions for stray in found.strays] == [(("late", "function_app.py", 7),)]


def test_functions_of_a_second_app_are_named_whichever_module_holds_it(
    survey: Callable[..., Survey],
) -> None:
    found = survey(
        {
            "function_app.py": f"{APP}import other\n{TIMER}def tick(timer): ...\n",
            "other.py": f"{APP}{TIMER}def tock(timer): ...\n",
        }
    )

    assert [function.name for function in found.index.functions] == ["tick"]
    assert found.strays == (Stray("app", "app", "other.py", (("tock", "other.py", 3),)),)


def test_with_two_apps_in_the_script_the_functions_of_both_are_named(
    survey: Callable[..., Survey],
) -> None:
    second = APP.replace("app =", "other =")
    source = f"{APP}{second}{TIMER}def tick(timer): ...\n"
    source += f"{TIMER.replace('app', 'other')}def tock(timer): ...\n"

    found = survey({"function_app.py": source})

    assert found.index.failure is not None
    assert "More than one FunctionApp" in found.index.failure.message
    assert [(stray.name, stray.functions[0][0]) for stray in found.strays] == [
        ("app", "tick"),
        ("other", "tock"),
    ]


def test_a_blueprint_is_named_although_the_app_does_not_load(survey: Callable[..., Survey]) -> None:
    found = survey({"function_app.py": f"{BLUEPRINT}app = None\n"})

    assert found.index.failure is not None
    assert [stray.functions for stray in found.strays] == [(("hello", "function_app.py", 5),)]


def test_objects_that_only_pretend_are_left_alone(survey: Callable[..., Survey]) -> None:
    source = APP + "import sys, types\n"
    source += "class Proxy:\n    @property\n    def __class__(self):\n        raise RuntimeError\n"
    source += f"{TIMER}def tick(timer): ...\n"
    helper = "import sys\nclass Proxy:\n"
    helper += "    def __getattribute__(self, name):\n        raise RuntimeError(name)\n"
    helper += "proxy = Proxy()\nsys.modules['lazy'] = proxy\n"

    found = survey({"function_app.py": f"{source}import helper\n", "helper.py": helper})

    assert [function.name for function in found.index.functions] == ["tick"]
    assert found.strays == ()


def test_sources_that_do_not_compile_are_told_imported_or_not(
    survey: Callable[..., Survey], tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "null.py").write_bytes(b"x = 1\x00\n")
    (tmp_path / "app" / "latin.py").write_bytes("x = 'caf\xe9'\n".encode("latin-1"))
    os.mkfifo(tmp_path / "app" / "pipe.py")
    (tmp_path / "app" / "gone.py").symlink_to("nowhere.py")
    found = survey(
        {
            "function_app.py": f"{APP}import broken\n",
            "broken.py": "\ndef broken(:\n",
            "old/unused.py": "print 'x'\n",
            "deep.py": f"x = {'-' * 100_000}1\n",
            "warns.py": "'\\d'\n",
            ".venv/lib/skipped.py": "def (",
        }
    )

    assert {fault.file: fault.line for fault in found.uncompilable} == {
        "broken.py": 2,
        "deep.py": 0,
        "latin.py": 1,
        "null.py": 0,
        "old/unused.py": 1,
    }
    assert {fault.kind for fault in found.uncompilable} == {"SyntaxError"}
    assert found.index.failure is not None
    assert (found.index.failure.file, found.index.failure.line) == ("broken.py", 2)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("import os; os.abort()", "ProcessCrashed"),
        ("import os; os.kill(os.getpid(), 9)", "ProcessKilled"),
        ("import os; os._exit(0)", "ProcessEnded"),
        ("import sys; sys.exit('no')", "SystemExit"),
        ("import time; time.sleep(600)", "TimeoutError"),
        ("import os; os.closerange(3, 256)", "ProcessEnded"),
        ("raise KeyboardInterrupt", "ProcessEnded"),
    ],
)
def test_an_app_that_takes_its_process_along_leaves_what_was_known_before(
    survey: Callable[..., Survey], line: str, kind: str
) -> None:
    found = survey({"function_app.py": f"{line}\n", "broken.py": "def (\n"}, timeout=5)

    assert found.index.failure is not None
    assert found.index.failure.kind == kind
    assert found.faults == (found.index.failure,)
    assert found.interpreter.distributions["azure-functions"] == "1.26.0"
    assert [fault.file for fault in found.uncompilable] == ["broken.py"]


def test_what_an_app_prints_harms_nothing(survey: Callable[..., Survey]) -> None:
    noise = "import os, sys\nprint('loading\\n{' * 50_000)\nos.write(2, b'loading\\n' * 50_000)\n"
    noise += "sys.stdout.close()\nsys.stdout = None\n"

    found = survey({"function_app.py": f"{noise}{APP}{TIMER}def tick(timer): ...\n"})

    assert [function.name for function in found.index.functions] == ["tick"]
    assert found.faults == ()


SWALLOWING = {
    "function_app.py": f"{APP}import logging\n"
    "try:\n    import ujson as json\nexcept ImportError:\n    import json\n"
    "try:\n    from bp_a import bp as bp_a\n    from bp_b import bp as bp_b\n"
    "    app.register_functions(bp_a)\nexcept Exception as fault:\n    logging.error(fault)\n"
    "def load(name):\n    try:\n        return __import__(name)\n"
    "    except (KeyError, ValueError):\n        return None\n"
    "load('settings')\n"
    "next((x for x in ()), None)\nfor _ in iter([1]): pass\nhasattr(app, 'x')\n",
    "bp_a.py": BLUEPRINT,
    "bp_b.py": "import helper\nhelper.read()\n",
    "helper.py": "def read():\n    import nonexistent_pkg\n",
    "settings.py": "import os\nKEY = os.environ['NO_KEY']\n",
}


def test_what_was_swallowed_while_importing_is_told_with_its_place_and_its_cause(
    tmp_path: Path, judge: Path
) -> None:
    found = _surveyed(tmp_path, judge, SWALLOWING)

    told = [(one.file, one.line, one.failure.kind, one.through) for one in found.swallowed]
    assert told == [
        ("function_app.py", 5, "ModuleNotFoundError", ("function_app.py",)),
        (
            "function_app.py",
            10,
            "ModuleNotFoundError",
            ("function_app.py", "bp_b.py", "helper.py"),
        ),
        ("function_app.py", 16, "KeyError", ("function_app.py", "settings.py")),
    ]
    guarded, setting = found.swallowed[1:]
    assert (guarded.failure.file, guarded.failure.line) == ("helper.py", 2)
    assert guarded.failure.message == "No module named 'nonexistent_pkg'"
    assert guarded.kinds[:4] == ("ModuleNotFoundError", "ImportError", "Exception", "BaseException")
    assert (setting.failure.file, setting.failure.line) == ("settings.py", 2)
    assert setting.failure.message == "'NO_KEY'"


def test_what_was_raised_again_was_not_swallowed(tmp_path: Path, judge: Path) -> None:
    source = f"{APP}try:\n    import ujson\nexcept ImportError:\n    ujson = None\n"
    source += "try:\n    import parts\nexcept ImportError as fault:\n"
    source += "    raise RuntimeError('no parts') from fault\n"
    parts = "try:\n    import nonexistent_pkg\nfinally:\n    done = True\n"

    found = _surveyed(tmp_path, judge, {"function_app.py": source, "parts.py": parts})

    assert [(one.file, one.line) for one in found.swallowed] == [("function_app.py", 4)]
    assert found.index.failure is not None
    assert found.index.failure.kind == "RuntimeError"
    assert "swallowed.py" not in found.index.failure.traceback


def test_an_app_is_not_told_that_it_is_watched_and_its_own_trace_function_wins(
    tmp_path: Path, judge: Path
) -> None:
    plain = f"import sys\nassert sys.gettrace() is None\n{APP}"
    plain += "try:\n    from parts import bp\nexcept ImportError:\n    pass\n"
    traced = "events = []\ndef trace(frame, event, argument):\n    events.append(event)\n"
    traced += "sys.settrace(trace)\nimport helper\nassert sys.gettrace() is trace\n"
    traced += f"assert 'call' in events\n{TIMER}def tick(timer): ...\n"

    files = {"helper.py": "", "parts.py": ""}

    found = _surveyed(tmp_path, judge, {"function_app.py": plain + traced, **files})

    assert [function.name for function in found.index.functions] == ["tick"]
    assert [one.line for one in found.swallowed] == [6]


def test_what_is_swallowed_a_thousand_times_is_told_once_and_not_without_end(
    survey: Callable[..., Survey],
) -> None:
    source = f"{APP}for i in range(100_000):\n    try:\n        int('x'), app.register_functions\n"
    source += "    except ValueError:\n        pass\n"
    source += "try:\n    x\nexcept NameError: pass\n" * 300

    found = survey({"function_app.py": source})

    assert [one.line for one in found.swallowed[:2]] == [5, 9]
    assert len(found.swallowed) == 100


def test_what_an_interrupted_installation_left_behind_harms_nothing(
    survey: Callable[..., Survey],
) -> None:
    packages = "left/"
    found = survey(
        {
            "function_app.py": f"{APP}{TIMER}def tick(timer): ...\n",
            f"{packages}~orn-1.0.dist-info/top_level.txt": "yarn\n",
            f"{packages}~orn-1.0.dist-info/RECORD": "",
        },
        PYTHONPATH=packages,
    )

    assert [function.name for function in found.index.functions] == ["tick"]
    assert all(found.interpreter.distributions)


def test_a_package_that_hides_the_library_is_the_apps_failure_and_not_the_surveys(
    survey: Callable[..., Survey],
) -> None:
    hidden = {"azure/__init__.py": "", "azure/functions/__init__.py": ""}
    source = "import azure.functions as func\napp = func.FunctionApp()\n"
    found = survey({"function_app.py": source, **hidden})

    assert found.index.failure is not None
    assert found.index.failure.kind == "AttributeError"
    assert (found.index.failure.file, found.index.failure.line) == ("function_app.py", 2)
