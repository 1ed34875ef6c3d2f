"""What a shell offers while a command is typed in a project that is not up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from funcyard.cli.main import COMMANDS, root

SPEC = """project_name: sample
function_apps:
  - {name: api, port: 7071, triggers: [{type: http, name: hello}, {type: http, name: bye}]}
  - {name: jobs, port: 7072, triggers: [{type: timer, name: nightly, schedule: 0 0 3 * * *}]}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "funcyard.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def offered(typed: str) -> list[str]:
    """Return what is offered behind a line that ends where the cursor is."""
    words = typed.split(" ")
    shell = BashComplete(root, {}, "funcyard", "_FUNCYARD_COMPLETE")
    return [item.value for item in shell.get_completions(words[:-1], words[-1])]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("up --app ", ["api", "jobs"]),
        ("up --app j", ["jobs"]),
        ("up --app jobs --app ", ["api"]),
        ("logs --app ", ["api", "jobs"]),
        ("invoke ", ["api", "jobs"]),
        ("invoke jobs ", ["nightly"]),
        ("invoke api h", ["hello"]),
        ("invoke none ", []),
        ("remove app ", ["api", "jobs"]),
    ],
)
def test_apps_and_functions_of_the_spec_are_offered(typed: str, names: list[str]) -> None:
    assert offered(typed) == names


@pytest.mark.parametrize(
    "typed",
    ["up shop --app a", "logs shop --app a", "invoke --dir shop a", "remove app --dir shop a"],
)
def test_a_project_that_was_named_is_the_one_that_counts(
    project: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(project.parent)

    assert offered(typed) == ["api"]


@pytest.mark.parametrize("spec", [None, ": [", "function_apps: 7", b"\xff"])
def test_where_nothing_can_be_read_nothing_is_offered_and_nothing_said(
    project: Path, capfd: pytest.CaptureFixture[str], spec: str | bytes | None
) -> None:
    (project / "funcyard.yaml").unlink()
    if spec is not None:
        content = spec if isinstance(spec, bytes) else spec.encode()
        (project / "funcyard.yaml").write_bytes(content)

    assert offered("up --app ") == offered("invoke api ") == []
    assert capfd.readouterr() == ("", "")


def test_commands_are_offered_without_being_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COMMANDS:
        monkeypatch.delitem(sys.modules, f"funcyard.cli.{name}", raising=False)

    assert offered("") == list(COMMANDS)
    assert offered("lo") == ["logs"]
    assert "--version" in offered("--")
    assert not [name for name in COMMANDS if f"funcyard.cli.{name}" in sys.modules]
