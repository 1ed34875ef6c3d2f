"""Small apps that work on this machine and would not in Azure: the first finding is the cause."""

from __future__ import annotations

import json
import venv
from pathlib import Path

import pytest
from tests.integration.preflight.checking import GOOD, Checked, check, write_app

REQUIREMENTS = "azure-functions==1.26.0\n"
BUNDLE = {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"}
QUEUE = """\
import azure.functions as func

app = func.FunctionApp()


@app.queue_trigger(arg_name="message", queue_name="%TASKS%", connection="Orders")
def work(message: func.QueueMessage) -> None: ...
"""


def run(root: Path, python: Path, source: str, **files: str) -> Checked:
    """Check an app with a pinned requirement, unless its files say otherwise."""
    write_app(root / "api", source, **{"requirements__txt": REQUIREMENTS, **files})
    return check(root / "api", "--json", "--python", python)


def first(done: Checked) -> tuple[str, str, int]:
    """Rule, file and line of the first finding, which is an error."""
    finding = done.document["findings"][0]
    assert finding["severity"] == "error"
    assert done.status == 1
    return finding["rule"], finding["file"], finding["line"]


def host(**more: object) -> str:
    return json.dumps({"version": "2.0", **more})


def test_a_package_that_is_here_and_not_asked_for(tmp_path: Path, apps_python: Path) -> None:
    done = run(tmp_path, apps_python, f"import requests\n{GOOD}")

    assert first(done) == ("requirement-missing", "function_app.py", 1)
    assert len(done.document["functions"]) == 1, "it loads here all the same"


def test_a_package_that_is_neither_here_nor_asked_for(tmp_path: Path, apps_python: Path) -> None:
    done = run(tmp_path, apps_python, f"{GOOD}\nfrom azure.cosmos import CosmosClient\n")

    assert first(done) == ("requirement-missing", "function_app.py", 10)
    assert done.document["findings"][0]["next"] == "add azure-cosmos to requirements.txt"
    assert done.rules == ["requirement-missing"]


def test_a_package_that_is_asked_for_and_not_here(tmp_path: Path, apps_python: Path) -> None:
    asked = f"{REQUIREMENTS}azure-cosmos==4.9.0\n"
    source = f"{GOOD}\nfrom azure.cosmos import CosmosClient\n"

    done = run(tmp_path, apps_python, source, requirements__txt=asked)

    assert first(done) == ("not-installed-here", "function_app.py", 10)
    assert done.rules == ["not-installed-here"]
    assert "the app itself may be fine" in done.document["findings"][0]["message"]


def test_a_python_without_azure_functions(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare")
    done = run(tmp_path / "app", tmp_path / "bare" / "bin" / "python", GOOD)

    assert first(done)[0] == "not-installed-here"
    assert done.rules == ["not-installed-here"]


def test_an_app_that_cannot_be_loaded_is_never_told_to_be_in_order(
    tmp_path: Path, apps_python: Path
) -> None:
    lacking = f"{GOOD}\nfrom azure.cosmos import CosmosClient\n"
    asked = f"{REQUIREMENTS}azure-cosmos==4.9.0\n"

    run(tmp_path, apps_python, lacking, requirements__txt=asked)
    done = check(tmp_path / "api", "--only", "discovery", "--json", "--python", apps_python)
    assert (done.status, done.rules) == (1, ["not-installed-here"])

    told = check(tmp_path / "api", "--only", "image", "--python", apps_python)
    assert "1 app not loaded, and what says why is left out" in told.output


def test_a_module_that_the_package_has_not(tmp_path: Path, apps_python: Path) -> None:
    done = run(tmp_path, apps_python, f"{GOOD}\nfrom azure.functions.web import Router\n")

    assert first(done) == ("module-not-in-package", "function_app.py", 10)
    assert done.rules == ["module-not-in-package"]


@pytest.mark.parametrize("environment", ["apps_python", "durable_python"])
def test_an_empty_file_of_the_app_in_the_place_of_a_package(
    tmp_path: Path, request: pytest.FixtureRequest, environment: str
) -> None:
    listed = f"{REQUIREMENTS}requests==2.32.3\n"
    source = f"{GOOD}\nimport requests\n\nsession = requests.Session()\n"

    python = request.getfixturevalue(environment)
    done = run(tmp_path, python, source, requests__py="", requirements__txt=listed)

    assert first(done) == ("package-shadowed", "requests.py", 1)
    assert "import-raises" not in done.rules


def test_a_python_that_is_killed_while_it_imports_the_app(
    tmp_path: Path, apps_python: Path
) -> None:
    done = run(tmp_path, apps_python, f"import os\n\nos.kill(os.getpid(), 9)\n{GOOD}")

    assert first(done) == ("import-ends-process", "function_app.py", 0)
    assert "was killed" in done.document["findings"][0]["message"]
    assert "for lack of memory (SIGKILL)" in done.document["findings"][0]["evidence"]


def test_an_ignore_file_that_leaves_a_module_out(tmp_path: Path, apps_python: Path) -> None:
    done = run(
        tmp_path,
        apps_python,
        f"import helpers\n{GOOD}",
        helpers__py="",
        __funcignore="tests/\nhelpers*\n",
    )

    assert first(done) == ("ignore-drops-code", ".funcignore", 2)


def test_a_file_that_is_opened_and_left_out(tmp_path: Path, apps_python: Path) -> None:
    source = f'{GOOD}\nfrom pathlib import Path\n\nDATA = Path(__file__).with_name("data.json")\n'
    source += "TEXT = DATA.read_text()\n"

    done = run(tmp_path, apps_python, source, data__json="{}", __funcignore="data.json\n")

    assert first(done) == ("file-not-shipped", "function_app.py", 13)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (host(), "extension-bundle-missing"),
        (host(extensionBundle={**BUNDLE, "version": "[1.*, 2.0.0)"}), "extension-bundle-too-old"),
        ('{"version": "2.0",\n oops}', "host-json-broken"),
        ('{"version": 2}', "host-json-broken"),
    ],
)
def test_a_host_that_does_not_take_the_function(
    tmp_path: Path, apps_python: Path, text: str, rule: str
) -> None:
    done = run(tmp_path, apps_python, QUEUE, host__json=text)

    assert first(done)[:2] == (rule, "host.json")


def test_settings_that_lack_what_the_trigger_names(tmp_path: Path, apps_python: Path) -> None:
    settings = json.dumps({"Values": {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}})
    files = {"host__json": host(extensionBundle=BUNDLE), "local__settings__json": settings}

    done = run(tmp_path, apps_python, QUEUE, **files)

    assert first(done) == ("connection-without-value", "function_app.py", 6)
    assert done.rules == ["connection-without-value", "setting-missing"]


def test_settings_that_nothing_tells_are_only_named(tmp_path: Path, apps_python: Path) -> None:
    done = run(tmp_path, apps_python, QUEUE, host__json=host(extensionBundle=BUNDLE))

    assert done.status == 0
    assert {finding["severity"] for finding in done.document["findings"]} == {"warning"}
    assert done.rules == ["connection-without-value", "setting-missing"]


def test_host_json_of_version_1_is_told_with_its_place(tmp_path: Path, apps_python: Path) -> None:
    done = run(tmp_path, apps_python, GOOD, host__json=host(http={"routePrefix": "v1"}))

    assert (done.status, done.rules) == (0, ["host-json-misplaced"])


def test_an_app_with_all_that_it_needs_gives_nothing(tmp_path: Path, apps_python: Path) -> None:
    done = run(
        tmp_path,
        apps_python,
        QUEUE,
        host__json=host(extensionBundle=BUNDLE),
        local__settings__json=json.dumps({"Values": {"Orders": "x", "TASKS": "tasks"}}),
        __funcignore="local.settings.json\ntests/\n",
    )

    assert done.document["findings"] == []
