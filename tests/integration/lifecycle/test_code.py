"""A trigger that is added, renamed or changed in the spec of an app that has its code already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from funcyard.functions.written import written
from funcyard.project.declaring import wanted
from funcyard.project.reading import read_spec
from funcyard.project.root import SPEC_FILE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]
    Document = Callable[..., dict[str, Any]]

SCRIPT = "functions/api/function_app.py"
TESTS = "functions/api/tests/test_function_app.py"
TRIGGERS = "      - type: http\n        name: hello\n        methods: [GET]\n"
ADDED = "      - {type: queue, name: on_task, queue: tasks}\n"


def set_triggers(project: Path, text: str, before: str = TRIGGERS) -> None:
    spec = (project / SPEC_FILE).read_text()
    assert before in spec
    (project / SPEC_FILE).write_text(spec.replace(before, text))


def edit(project: Path) -> bytes:
    script = project / SCRIPT
    script.write_text(script.read_text() + "\nMINE = 1\n")
    return script.read_bytes()


def said(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["departure"], one["function"]) for one in document["functions"]]


def agrees(project: Path, now: datetime) -> bool:
    spec = read_spec(project / SPEC_FILE, root=project, today=now.date()).spec
    found = {(one.name, one.trigger) for one in written(project / "functions/api").functions}
    return found == {(one.name, one.trigger) for one in wanted(spec.function_apps[0])}


@pytest.mark.parametrize(
    "triggers",
    [TRIGGERS + ADDED, ADDED, TRIGGERS.replace("hello", "greet"), TRIGGERS.replace("GET", "PUT")],
)
def test_code_that_nobody_edited_follows_the_spec(
    project: Path, document: Document, now: datetime, triggers: str
) -> None:
    set_triggers(project, triggers)

    states = {file["path"]: file["state"] for file in document("update", project)["files"]}

    assert (states[SCRIPT], states[TESTS]) == ("updated", "updated")
    assert agrees(project, now)
    status = document("status", project)
    assert (status["up_to_date"], status["functions"]) == (True, [])
    assert not document("update", project)["written"]


def test_code_that_follows_keeps_its_windows_line_endings(
    project: Path, document: Document, now: datetime
) -> None:
    script = project / SCRIPT
    script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    set_triggers(project, TRIGGERS + ADDED)

    document("update", project)

    assert agrees(project, now)
    assert script.read_bytes().count(b"\n") == script.read_bytes().count(b"\r\n")
    assert not document("update", project)["written"]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_the_docstring_of_code_that_nobody_edited_follows_the_purpose(
    project: Path, document: Document, ends: bytes
) -> None:
    script, tests = project / SCRIPT, (project / TESTS).read_bytes()
    before = script.read_bytes().replace(b"\n", ends)
    script.write_bytes(before)
    set_triggers(project, "purpose: Greet people\n", "purpose: Answer HTTP requests\n")

    states = {file["path"]: file["state"] for file in document("update", project)["files"]}

    assert states[SCRIPT] == "updated"
    assert script.read_bytes() == before.replace(b"Answer HTTP requests", b"Greet people")
    assert (project / TESTS).read_bytes() == tests
    assert not document("update", project)["written"]


def test_edited_code_keeps_its_docstring(project: Path, document: Document) -> None:
    mine = edit(project)
    set_triggers(project, "purpose: Greet people\n", "purpose: Answer HTTP requests\n")
    document("update", project)
    assert (project / SCRIPT).read_bytes() == mine


@pytest.mark.parametrize("edited", [False, True])
def test_the_description_of_an_app_follows_its_purpose_unless_somebody_edited_its_file(
    tmp_path: Path, document: Document, *, edited: bool
) -> None:
    spec = (
        "project_name: shop\ndependency_manager: poetry\n"
        "function_apps:\n  - name: api\n    purpose: Take orders\n"
    )
    (tmp_path / "shop.yaml").write_text(spec)
    document("new", "shop", "--from", "shop.yaml", "--yes")
    described = tmp_path / "shop/functions/api/pyproject.toml"
    before = described.read_text() + "# mine\n" * edited
    described.write_text(before)
    set_triggers(tmp_path / "shop", "purpose: Ship orders\n", "purpose: Take orders\n")

    document("update", "shop")

    after = before if edited else before.replace("Take orders", "Ship orders")
    assert described.read_text() == after


def test_edited_code_stays_and_what_it_lacks_is_named_by_every_command(
    project: Path, funcyard: Command, document: Document
) -> None:
    mine = edit(project)
    set_triggers(project, TRIGGERS + ADDED)

    for command in ("status", "diff", "update", "status", "update"):
        told = document(command, project)
        assert said(told) == [("missing", "on_task")], command
        assert told["up_to_date"] is False
        assert "def on_task(message: func.QueueMessage)" in told["functions"][0]["code"]
        done = funcyard(command, project)
        assert "on_task of api (queue `tasks`) is in funcyard.yaml and not in the code" in (
            done.stdout
        )
        assert "is up to date" not in done.stdout + done.stderr
    assert (project / SCRIPT).read_bytes() == mine


def test_the_code_that_diff_shows_makes_the_app_as_the_spec_says(
    project: Path, document: Document, now: datetime
) -> None:
    edit(project)
    set_triggers(project, TRIGGERS + ADDED)
    [drift] = document("diff", project)["functions"]

    with (project / SCRIPT).open("a") as script:
        script.write("\n\n" + drift["code"])

    assert agrees(project, now)
    assert document("update", project)["functions"] == []
    assert document("status", project)["up_to_date"] is True


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("name: hello", "name: greet", [("missing", "greet"), ("undeclared", "hello")]),
        ("methods: [GET]", "methods: [GET, PUT]", [("changed", "hello")]),
        ("methods: [GET]", "methods: [GET]\n        route: hi", [("changed", "hello")]),
        ("methods: [GET]", "methods: [GET]\n        auth_level: admin", [("changed", "hello")]),
    ],
)
def test_what_was_renamed_or_changed_is_named(
    project: Path, document: Document, before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    edit(project)
    set_triggers(project, after, before)

    assert said(document("update", project)) == expected


def test_a_queue_renamed_in_the_spec_is_named_with_both_names(
    project: Path, document: Document
) -> None:
    set_triggers(project, TRIGGERS + ADDED)
    document("update", project)
    edit(project)
    set_triggers(project, ADDED.replace("queue: tasks", "queue: tasks2"), ADDED)

    [drift] = document("status", project)["functions"]

    assert "queue `tasks`, not `tasks2`" in drift["message"]
    assert drift["message"].endswith(f"{drift['file']}:{drift['line']}")
    assert 'queue_name="tasks2"' in drift["code"]
    assert "def " not in drift["code"]


def test_documents_do_not_claim_what_the_code_has_not(
    project: Path, document: Document, tmp_path: Path
) -> None:
    edit(project)
    set_triggers(project, ADDED + TRIGGERS.replace("GET", "PUT"))
    memory = tmp_path / "memory"

    folder = document("update", project, "--memory", memory)["memory"]["folder"]

    texts = [(project / "README.md").read_text()]
    texts += [
        (tmp_path / folder / f"{name}.md").read_text() for name in ("project_config", "setup_notes")
    ]
    for text in texts:
        lines = [line for line in text.splitlines() if "`on_task`" in line]
        assert lines
        assert all("not in the code yet" in line for line in lines)
    assert "curl" not in texts[0]
    assert "the code differs" in texts[0]
    assert "the memory" not in " ".join(document("status", project, "--memory", memory)["notices"])


def test_a_new_app_and_code_that_comes_back_lack_nothing(project: Path, document: Document) -> None:
    assert document("add", "app", "two", "--trigger", "queue", "--dir", project)["functions"] == []
    (project / SCRIPT).unlink()
    assert said(document("update", project)) == [("missing", "hello")]
    again = document("update", project, "--restore", SCRIPT)
    assert again["functions"] == []
    assert "not in the code" not in (project / "README.md").read_text()


def test_code_that_cannot_be_read_is_named_and_not_compared(
    project: Path, document: Document
) -> None:
    edit(project)
    (project / SCRIPT).write_text("import azure.functions\ndef broken(:\n")
    set_triggers(project, TRIGGERS + ADDED)

    told = document("status", project)

    assert told["functions"] == []
    [notice] = [each for each in told["notices"] if SCRIPT in each]
    assert notice.startswith(f"{SCRIPT}:2: invalid syntax")


def test_new_on_a_project_whose_code_lacks_something_says_so(
    project: Path, document: Document
) -> None:
    edit(project)
    set_triggers(project, TRIGGERS + ADDED)
    document("update", project)

    told = document("new", project, "--from", project / SPEC_FILE, "--yes")

    assert told["state"] == "existing"
    assert "the code departs from funcyard.yaml: see `funcyard status`" in told["notices"]
