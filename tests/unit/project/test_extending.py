"""Edits of the spec: triggers as a person types them, apps and storage with defaults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from funcyard.project.edit import ChangeRefusedError, Edit
from funcyard.project.extending import (
    BadTriggerError,
    adding_app,
    adding_storage,
    removing_app,
    trigger_from,
)
from funcyard.project.reading import parse_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.spec import BlobTrigger, QueueTrigger, TimerTrigger

TODAY = date(2026, 11, 20)
TEXT = """\
project_name: shop  # mine
function_apps:
  # the front
  - name: api
    port: 7071
    triggers: [http]
"""
DOCUMENT = parse_spec(TEXT, today=TODAY)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("http", {"type": "http"}),
        ("http:orders/{id:int}", {"type": "http", "route": "orders/{id:int}"}),
        ("queue:tasks", {"type": "queue", "queue": "tasks"}),
        ("blob:in/{name}", {"type": "blob", "path": "in/{name}"}),
        ("timer:0 0 * * * *", {"type": "timer", "schedule": "0 0 * * * *"}),
    ],
)
def test_a_trigger_is_a_kind_and_a_detail(text: str, trigger: dict[str, str]) -> None:
    assert trigger_from(text) == trigger


@pytest.mark.parametrize("text", ["", "nope", "queue:", "HTTP", ":x"])
def test_what_is_no_trigger_is_refused(text: str) -> None:
    with pytest.raises(BadTriggerError):
        trigger_from(text)


def test_an_app_gets_the_next_port_and_comments_stay() -> None:
    text = adding_app("jobs", ["queue:tasks", "blob", "timer"], purpose="Work").change(DOCUMENT)
    assert text.startswith(TEXT)
    app = parse_spec(text, today=TODAY).spec.function_apps[1]
    assert (app.name, app.port, app.purpose) == ("jobs", 7072, "Work")
    queue, blob, timer = app.triggers
    assert isinstance(queue, QueueTrigger)
    assert isinstance(blob, BlobTrigger)
    assert isinstance(timer, TimerTrigger)
    assert queue.queue == "tasks"


def test_an_app_is_removed_and_the_rest_stays() -> None:
    added = adding_app("jobs").change(DOCUMENT)
    assert removing_app("jobs").change(parse_spec(added, today=TODAY)) == TEXT


def test_storage_is_declared() -> None:
    text = adding_storage("table", "Orders", "All orders").change(DOCUMENT)
    tables = parse_spec(text, today=TODAY).spec.storage.tables
    assert [(table.name, table.description) for table in tables] == [("Orders", "All orders")]


@pytest.mark.parametrize(
    ("edit", "faults"),
    [
        (adding_app("Bad"), ["NAME: 'Bad' may hold lowercase letters, digits and single hyphens"]),
        (adding_app("jobs", port=70_000), ["--port: port 70000 is not between"]),
        (adding_app("azurite", purpose="a\nb"), ["NAME: 'azurite' is", "--purpose: "]),
        (
            adding_app("jobs", ["http", "queue:Bad", "blob:in"]),
            ["--trigger queue:Bad: queue 'Bad'", "--trigger blob:in: 'in' has no pattern"],
        ),
        (adding_storage("queue", "Bad_Name"), ["NAME: queue 'Bad_Name' may hold"]),
        (adding_storage("table", "Orders", "a\nb"), ["--description: "]),
    ],
)
def test_a_fault_is_told_by_the_argument_and_not_by_a_line_of_an_unsaved_text(
    edit: Edit, faults: list[str]
) -> None:
    with pytest.raises(ChangeRefusedError) as caught:
        edit.applied(DOCUMENT, root=Path(), today=TODAY)
    said = [finding.said for finding in caught.value.findings]
    assert len(said) == len(faults)
    assert all(each.startswith(start) for each, start in zip(said, faults, strict=True))
    assert {(finding.line, finding.column) for finding in caught.value.findings} == {(0, 0)}
    assert SPEC_FILE not in caught.value.message
    assert caught.value.exit_code == 2


def test_a_fault_elsewhere_is_told_by_its_field() -> None:
    text = f"{TEXT}environment: [{{name: JOBS_HOST_PORT}}]\n"
    with pytest.raises(ChangeRefusedError) as caught:
        adding_app("jobs").applied(parse_spec(text, today=TODAY), root=Path(), today=TODAY)
    assert caught.value.message.startswith("environment[0].name: ")
