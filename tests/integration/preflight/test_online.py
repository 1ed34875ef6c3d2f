"""A deployed app and its log, asked by the command: servers that answer as Azure does; a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.serving_alone import host as running_host
from tests.integration.preflight.checking import GOOD, MARKER, check, write_app
from tests.unit.deployed.site import STOPPED_APP, Reply, host, serving

KEY = "FUNCYARD_MASTER_KEY"
MORE = """

@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def tick(timer: func.TimerRequest) -> None:
    return None
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_app(tmp_path / "api")


def test_a_host_that_runs_what_is_here_is_fine(app: Path, apps_python: Path) -> None:
    with serving(host("hello"), key="sesame") as site:
        done = check(app, "--online", site.url, "--python", apps_python, **{KEY: "sesame"})

    assert (done.status, done.errors) == (0, "")
    assert done.output == "1 app, 1 function found: nothing to mend\n"


def test_a_refusal_ends_with_3_and_its_finding(app: Path, apps_python: Path) -> None:
    with serving(host("hello"), key="sesame") as site:
        done = check(
            app, "--online", site.url, "--json", "--python", apps_python, **{KEY: "opensaysme"}
        )

    assert (done.status, done.rules) == (3, ["deployed-key-refused"])
    assert "opensaysme" not in done.output + done.errors


def test_nobody_there_ends_with_4_and_its_finding(
    app: Path, apps_python: Path, free_port: int
) -> None:
    url = f"http://127.0.0.1:{free_port}"

    done = check(app, "--online", url, "--json", "--python", apps_python)
    assert (done.status, done.rules) == (4, ["deployed-unreachable"])

    (app / "function_app.py").write_text(GOOD + MARKER, encoding="utf-8")
    done = check(app, "--online", url, "--json", "--python", apps_python)
    assert done.status == 1
    assert done.rules[0] == "merge-conflict-marker"
    assert "deployed-unreachable" in done.rules

    ignored = ("--ignore", "deployed-unreachable", "--only", "deployed")
    assert check(app, "--online", url, *ignored, "--python", apps_python).status == 0


def test_an_ingress_that_knows_no_such_app_ends_with_4(app: Path, apps_python: Path) -> None:
    page = Reply(404, STOPPED_APP)
    with serving({"/": page, "/admin/host/status": page, "/admin/functions": page}) as site:
        done = check(app, "--online", site.url, "--python", apps_python)

    assert done.status == 4
    assert "the ingress knows no running container app of that name" in " ".join(
        done.output.split()
    )


def test_other_functions_than_here_end_with_1(app: Path, apps_python: Path) -> None:
    with serving(host(), key="") as site:
        done = check(app, "--online", f"api={site.url}", "--json", "--python", apps_python)

    assert (done.status, done.rules) == (1, ["deployed-functions-differ"])
    assert done.document["findings"][0]["evidence"] == "missing there: hello"


def test_what_cannot_be_meant_is_bad_usage(app: Path) -> None:
    done = check(app, "--online", "http://api.example", "--json", **{KEY: "sesame"})

    assert done.status == 2
    assert done.document["error"]["code"] == "bad-online"
    assert "sesame" not in done.output + done.errors


def test_a_real_host_is_asked_with_its_master_key(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    serve = (app, "--port", "0", "--keys", keys, "--enable-auth")
    with running_host(apps_python, *serve, AzureWebJobsStorage="") as (_, served):
        url = served["url"]
        master = json.loads(keys.read_text(encoding="utf-8"))["master"]
        asked = ("--online", url, "--json", "--python", apps_python)

        assert check(app, *asked).status == 3
        assert check(app, *asked, **{KEY: master}).status == 0
        write_app(app, GOOD + MORE)
        done = check(app, *asked, **{KEY: master})

    assert (done.status, done.rules) == (1, ["deployed-functions-differ"])
    assert done.document["findings"][0]["evidence"] == "missing there: tick"


def test_a_log_from_a_pipe_and_from_a_file_tell_the_same_cause(
    app: Path, apps_python: Path
) -> None:
    text = (
        '{"TimeStamp":"2025-11-20T16:56:01Z","Log":"Worker failed to index functions"}\n'
        '{"TimeStamp":"2025-11-20T16:56:01Z","Log":"Exception: FunctionLoadError: cannot load the'
        ' haymaker_timer function: type of timer_request binding does not match"}\n'
        '{"TimeStamp":"2025-11-20T16:56:01Z","Log":"0 functions found (Custom)"}\n'
    )
    (app.parent / "app.log").write_text(text, encoding="utf-8")

    piped = check(app, "--logs", "-", "--json", "--python", apps_python, stdin=text)
    read = check(app, "--logs", app.parent / "app.log", "--json", "--python", apps_python)

    assert piped.status == read.status == 1
    (one,), (other,) = piped.document["findings"], read.document["findings"]
    assert (one["file"], one["line"]) == ("-", 2)
    assert (other["file"], other["line"]) == ("../app.log", 2)
    assert one["message"] == other["message"]
    assert "cannot load the haymaker_timer function" in one["message"]
    assert one["next"] == "funcyard check --only discovery"


def test_tools_are_asked_only_under_online_or_where_their_rules_are_chosen(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "az").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (programs / "az").chmod(0o755)
    path = {"PATH": f"{programs}:/usr/bin:/bin"}
    python = ("--json", "--python", apps_python)

    assert check(app, *python, **path).rules == []
    assert check(app, *python, "--only", "disk-space-low", **path).rules == []
    assert check(app, *python, "--only", "workstation", **path).rules == ["az-answers-nothing"]
    with serving(host("hello")) as site:
        done = check(app, *python, "--online", site.url, **path)
    assert (done.status, done.rules) == (0, ["az-answers-nothing"])
