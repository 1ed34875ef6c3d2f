"""Edits of the spec: triggers as a person types them, apps and storage with defaults."""

from __future__ import annotations

from datetime import date

import pytest

from funcyard.errors import UsageError
from funcyard.project.extending import (
    BadTriggerError,
    adding_app,
    adding_storage,
    removing_app,
    trigger_from,
)
from funcyard.project.reading import parse_spec
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
    text = adding_app("jobs", ["queue:tasks", "blob", "timer"], purpose="Work")(DOCUMENT)
    assert text.startswith(TEXT)
    app = parse_spec(text, today=TODAY).spec.function_apps[1]
    assert (app.name, app.port, app.purpose) == ("jobs", 7072, "Work")
    queue, blob, timer = app.triggers
    assert isinstance(queue, QueueTrigger)
    assert isinstance(blob, BlobTrigger)
    assert isinstance(timer, TimerTrigger)
    assert queue.queue == "tasks"


def test_an_app_is_removed_and_the_rest_stays() -> None:
    added = adding_app("jobs")(DOCUMENT)
    assert removing_app("jobs")(parse_spec(added, today=TODAY)) == TEXT


def test_storage_is_declared() -> None:
    text = adding_storage("table", "Orders", "All orders")(DOCUMENT)
    tables = parse_spec(text, today=TODAY).spec.storage.tables
    assert [(table.name, table.description) for table in tables] == [("Orders", "All orders")]


def test_a_port_that_is_no_number_of_a_port_is_a_fault() -> None:
    with pytest.raises(UsageError):
        parse_spec(adding_app("jobs", port=70_000)(DOCUMENT), today=TODAY)
