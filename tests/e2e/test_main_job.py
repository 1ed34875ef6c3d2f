"""The main job as a person does it: generate the data pipeline, run its demo, run it again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.e2e.running import FUNCYARD, Up, fetch

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job")
    subprocess.run(
        [FUNCYARD, "new", folder / "my-data-pipeline", "--blueprint", "data-pipeline", "--yes",
         "--memory", folder / "memory"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "my-data-pipeline"


def _demo(project: Path) -> tuple[int, list[dict[str, object]], str]:
    done = subprocess.run(
        [FUNCYARD, "up", project, "--demo", "--json", "--port-offset", "3000"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_every_row_arrives_once_and_a_second_run_changes_nothing(project: Path) -> None:
    for new in (3376, 0):
        code, lines, errors = _demo(project)
        assert code == 0, errors
        assert lines[0]["event"] == "ready"
        demo = next(line for line in lines if line["event"] == "demo")
        report = demo["result"]
        assert isinstance(report, dict)
        assert report["ok"]
        assert report["totals"]["new"] == new
    again = subprocess.run(
        [FUNCYARD, "new", project, "--blueprint", "data-pipeline", "--yes"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "up to date" in again.stdout


def test_the_demo_fails_with_the_reason_when_an_app_cannot_load(project: Path) -> None:
    code = project / "functions" / "loader" / "function_app.py"
    good = code.read_text()
    code.write_text(f"{good}\nimport time\ntime.sleep(12)\nimport nothing_of_that_name\n")
    try:
        exit_code, _, errors = _demo(project)
    finally:
        code.write_text(good)

    assert exit_code == 1
    assert "nothing_of_that_name" in errors


def test_a_save_in_the_local_package_reloads_every_app_that_uses_it(project: Path) -> None:
    shared = project / "data-utils" / "src" / "data_utils" / "transform.py"
    text = shared.read_text()
    with Up(project, arguments=("--port-offset", "4000")) as up:
        shared.write_text(text + "\n# saved\n")
        reloaded = {
            up.wait_for(lambda e: e["event"] == "reload" and "ready" in e["message"])["app"]
            for _ in range(3)
        }
        assert fetch(up.url("/admin/host/ping", "loader")).status == 200
    shared.write_text(text)

    assert reloaded == {"orchestrator", "processor", "loader"}


def test_only_the_chosen_app_runs(project: Path) -> None:
    with Up(project, arguments=("--app", "loader", "--port-offset", "5000")) as up:
        assert [app["name"] for app in up.ready["apps"]] == ["loader"]
