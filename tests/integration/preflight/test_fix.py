"""``funcyard check --fix``: what it writes, when it writes, and what it takes back."""

from __future__ import annotations

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.running import FUNCYARD
from tests.e2e.terminal import converse
from tests.integration.preflight import haymaker
from tests.integration.preflight.checking import Checked, check, write_app

HEAD = "import azure.functions as func\n\napp = func.FunctionApp()\n\n\n"
TIMER = '@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")\n'
REFUSED = f"""\
from typing import Any

{HEAD}{TIMER}def tick(timer: Any) -> None:
    ...
"""
BLUEPRINT = """\
import azure.functions as func

bp = func.Blueprint()


@bp.route(route="more")
def more(req: func.HttpRequest) -> str:
    return "more"
"""
_LARGEST = 400_000
ONLY = ("--only", "source", "--only", "discovery")


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """An app with an annotation that is refused and has a fix."""
    return write_app(tmp_path / "api", REFUSED)


def _fix(folder: Path, python: Path, *arguments: str) -> Checked:
    return check(folder, "--fix", *ONLY, "--python", python, *arguments)


@contextlib.contextmanager
def _no_larger_files() -> Iterator[None]:
    """Keep programs that are started meanwhile from writing a large file, as a full disk does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def _script(folder: Path) -> str:
    return (folder / "function_app.py").read_bytes().decode("utf-8")


def _found(folder: Path, python: Path) -> list[str]:
    document = check(folder, "--json", *ONLY, "--python", python).document
    assert document["findings"] == []
    return sorted(function["name"] for function in document["functions"])


def test_the_orchestrator_of_seed_004_is_mended_at_once_and_only_once(
    tmp_path: Path, durable_python: Path
) -> None:
    haymaker.write(tmp_path, haymaker.project(good=False))

    first = _fix(tmp_path, durable_python, "--yes", "--json")

    assert first.status == 0
    assert [fix["applied"] for fix in first.document["fixes"]] == [True] * 9
    assert {fix["rule"] for fix in first.document["fixes"]} == {
        "annotation-not-a-class",
        "annotation-does-not-fit",
    }
    assert sorted(f["name"] for f in first.document["functions"]) == haymaker.FUNCTIONS
    timer = tmp_path / haymaker.PACKAGE / "timer_trigger.py"
    assert "haymaker_timer(timer_request, durable_client)" in timer.read_text(encoding="utf-8")
    second = _fix(tmp_path, durable_python, "--yes", "--json")
    assert (second.document["findings"], second.document["fixes"]) == ([], [])


def test_without_a_terminal_and_yes_only_the_diff_is_shown(
    refused: Path, apps_python: Path
) -> None:
    done = _fix(refused, apps_python)

    assert done.status == 1
    assert "-def tick(timer: Any) -> None:\n+def tick(timer: func.TimerRequest)" in done.output
    assert "annotation-does-not-fit  function_app.py:9" in done.output
    assert "nothing is written without --yes" in done.errors
    assert _script(refused) == REFUSED
    fix = _fix(refused, apps_python, "--json").document["fixes"][0]
    assert (fix["file"], fix["rule"], fix["applied"]) == (
        "function_app.py",
        "annotation-does-not-fit",
        False,
    )
    assert fix["diff"].startswith("--- a/function_app.py\n+++ b/function_app.py\n")


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False)])
def test_on_a_terminal_it_asks_after_the_diff(
    refused: Path, apps_python: Path, *, answer: str, written: bool
) -> None:
    code, shown = converse(
        [FUNCYARD, "check", "--fix", *ONLY, "--python", apps_python],
        {"Make these changes?": [answer]},
        cwd=refused,
    )

    assert code == (0 if written else 1)
    assert shown.index("+def tick") < shown.index("Make these changes?")
    assert ("timer: func.TimerRequest" in _script(refused)) is written


def test_other_documents_stay_whole_and_the_diff_goes_to_standard_error(
    refused: Path, apps_python: Path
) -> None:
    done = _fix(refused, apps_python, "--format", "github")

    assert done.output.startswith("::error title=annotation-does-not-fit,file=function_app.py")
    assert "--- a/function_app.py" in done.errors


def test_yes_alone_is_no_usage(refused: Path) -> None:
    assert check(refused, "--yes").status == 2


def test_what_a_comment_leaves_out_is_not_mended(refused: Path, apps_python: Path) -> None:
    script = REFUSED.replace(
        "def tick", "# funcyard: ignore[annotation-does-not-fit] why\ndef tick"
    )
    write_app(refused, script)

    done = _fix(refused, apps_python, "--yes")

    assert (done.output.splitlines()[-1], _script(refused)) == (
        "1 app, 0 functions found: 1 app not loaded, and what says why is left out",
        script,
    )


def test_line_endings_comments_and_permissions_stay(tmp_path: Path, apps_python: Path) -> None:
    script = (
        "\ufeffimport typing as t\r\nimport azure.functions as f\r\n\r\napp = f.FunctionApp()\r\n"
        '@app.queue_trigger("message", "orders", "S")  # größe\r\n'
        "def take(\r\n    message: 'f.QueueMessage | None',  # the ∂ message\r\n"
        "    context: f.Context ) -> None: ...\r\n"
        "@app.route()\r\ndef hello(req: t.Any) -> t.Optional[f.HttpResponse]: ...  # why"
    )
    folder = write_app(tmp_path / "api")
    path = folder / "function_app.py"
    path.write_bytes(script.encode())
    path.chmod(0o750)

    done = _fix(folder, apps_python, "--yes")

    assert done.status == 0, done
    assert _script(folder) == script.replace("'f.QueueMessage | None'", "f.QueueMessage").replace(
        "t.Any", "f.HttpRequest"
    ).replace("t.Optional[f.HttpResponse]", "f.HttpResponse")
    assert path.stat().st_mode & 0o777 == 0o750


def test_a_link_to_a_shared_file_stays_a_link(refused: Path, apps_python: Path) -> None:
    path = refused / "function_app.py"
    shared = path.rename(refused.parent / "shared.py")
    path.symlink_to(shared)

    assert _fix(refused, apps_python, "--yes").status == 0

    assert path.is_symlink()
    assert "func.TimerRequest" in shared.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_replaced_is_an_error_and_the_others_are_put_back(
    refused: Path, apps_python: Path
) -> None:
    module = REFUSED.replace("app = func.FunctionApp()", "from shared import app")
    script = REFUSED.replace("app = func.FunctionApp()", "from shared import app\nimport later")
    write_app(refused, script.replace("def tick", "def tock"))
    (refused / "shared.py").write_text(HEAD, encoding="utf-8")
    (refused / "later.py").write_text(module + f"# {'x' * _LARGEST}\n", encoding="utf-8")
    before = _script(refused)

    with _no_larger_files():
        done = subprocess.run(
            [FUNCYARD, "check", "--fix", *ONLY, "--python", apps_python, "--yes"],
            cwd=refused,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "error[cannot-fix]" in done.stderr
    assert _script(refused) == before


def test_forgotten_blueprints_are_imported_and_registered(
    tmp_path: Path, apps_python: Path
) -> None:
    script = (
        '"""The app."""\n\nimport azure.functions as func\n\nfrom parts import first\n\n'
        "bp = None  # taken\napp = func.FunctionApp(\n    func.AuthLevel.ANONYMOUS,\n)\n\n\n"
        '@app.route(route="hello")\ndef hello(req: func.HttpRequest) -> str:\n    return "hello"\n'
    )
    folder = write_app(tmp_path / "api", script)
    parts = {
        "parts/__init__.py": "",
        "parts/first.py": BLUEPRINT,
        "parts/second.py": BLUEPRINT.replace("more", "again").replace(
            "req: func.HttpRequest", "req: 'object'"
        ),
    }
    haymaker.write(folder, parts)

    done = _fix(folder, apps_python, "--yes")

    assert done.status == 0, done
    assert _found(folder, apps_python) == ["again", "hello", "more"]
    assert _script(folder) == script.replace(
        "from parts import first\n",
        "from parts import first\nfrom parts.first import bp as parts_first_bp\n"
        "from parts.second import bp as parts_second_bp\n",
    ).replace(
        "    func.AuthLevel.ANONYMOUS,\n)\n",
        "    func.AuthLevel.ANONYMOUS,\n)\napp.register_functions(parts_first_bp)\n"
        "app.register_functions(parts_second_bp)\n",
    )
    second = (folder / "parts/second.py").read_text(encoding="utf-8")
    assert "def again(req: func.HttpRequest)" in second
    assert _fix(folder, apps_python, "--yes", "--json").document["fixes"] == []


def test_a_blueprint_of_the_script_is_registered_below_its_functions(
    tmp_path: Path, apps_python: Path
) -> None:
    folder = write_app(tmp_path / "api", f"{BLUEPRINT}\n\napp = func.FunctionApp()")

    assert _fix(folder, apps_python, "--yes").status == 0

    assert _script(folder) == (
        f"{BLUEPRINT}\n\napp = func.FunctionApp()\n\napp.register_functions(bp)\n"
    )


@pytest.mark.parametrize("head", ["", '"""The app."""\nfrom __future__ import annotations\n'])
def test_a_list_of_events_stays_a_list_of_events(
    tmp_path: Path, apps_python: Path, head: str
) -> None:
    trigger = '@app.event_hub_message_trigger("events", "S", "hub", cardinality="many")\n'
    script = f"{HEAD}{trigger}def take(events: list[func.EventHubEvent]) -> None: ...\n"
    folder = write_app(tmp_path / "api", head + script)

    done = _fix(folder, apps_python, "--yes")

    assert done.status == 0, done
    assert _script(folder) == f"{head}from typing import List\n" + script.replace("list[", "List[")


def test_what_did_not_help_is_taken_back_and_what_did_stays(
    tmp_path: Path, apps_python: Path
) -> None:
    helped = f"{TIMER}def tick(timer: Any) -> None: ...\n"
    useless = (
        '\n\n@app.queue_trigger(arg_name="message", queue_name="in", connection="S")\n'
        '@app.blob_input(arg_name="blob", path="a/b", connection="S")\n'
        "def take(message: func.QueueMessage | None, blob: int) -> None: ...\n"
    )
    script = f"from typing import Any\n\n{HEAD}{helped}{useless}"
    folder = write_app(tmp_path / "api", script)

    done = _fix(folder, apps_python, "--yes", "--json")

    assert [fix["applied"] for fix in done.document["fixes"]] == [True, False]
    assert "did not help: taken back" in done.errors
    assert _script(folder) == script.replace("timer: Any", "timer: func.TimerRequest")
    assert done.rules == ["annotation-not-a-class"]


def test_a_blueprint_that_breaks_the_app_is_taken_back(tmp_path: Path, apps_python: Path) -> None:
    broken = f"{BLUEPRINT}\nraise RuntimeError('not on this machine')\n"
    folder = write_app(tmp_path / "api", parts__py=broken)
    before = _script(folder)

    done = _fix(folder, apps_python, "--yes", "--json")

    assert _script(folder) == before
    assert done.document["fixes"][0]["applied"] is False
    assert done.rules == ["blueprint-not-registered"]


def test_blueprints_with_functions_of_one_name_are_left_alone_and_the_clash_is_named(
    tmp_path: Path, apps_python: Path
) -> None:
    parts = {f"{name}__py": BLUEPRINT for name in ("one", "two")}
    folder = write_app(tmp_path / "api", **parts, third__py=BLUEPRINT.replace("more", "third"))

    done = _fix(folder, apps_python, "--yes", "--json")

    assert [fix["file"] for fix in done.document["fixes"]] == ["function_app.py"]
    assert done.rules == ["function-name-twice", *["blueprint-not-registered"] * 2]
    assert (
        "one.py:3 (blueprint-not-registered) is not mended: two.py:6 has a function more, too:"
        " give one another name first"
    ) in done.errors
    assert "third_bp" not in _script(folder)
    assert "from third import bp\n" in _script(folder)


def test_why_a_fix_was_taken_back_is_told(tmp_path: Path, apps_python: Path) -> None:
    broken = f"{BLUEPRINT}\nraise RuntimeError('not on this machine')\n"
    folder = write_app(tmp_path / "api", parts__py=broken)

    done = _fix(folder, apps_python, "--yes")

    assert "did not help: taken back (RuntimeError: not on this machine)" in done.errors


def test_a_file_that_is_not_utf_8_is_named_as_the_reason(tmp_path: Path, apps_python: Path) -> None:
    script = f"# -*- coding: latin-1 -*-\n# gr\xf6\xdfe\n{REFUSED}".encode("latin-1")
    folder = write_app(tmp_path / "api", parts__py=BLUEPRINT)
    (folder / "function_app.py").write_bytes(script)

    done = _fix(folder, apps_python, "--yes")

    assert "is not mended: function_app.py is not UTF-8: convert it first" in done.errors
    assert "none of the findings" not in done.errors
    assert (folder / "function_app.py").read_bytes() == script
