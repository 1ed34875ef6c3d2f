"""What is kept of a job is what it was."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

from funcyard.azure.row_ids import new_id
from funcyard.workspace.jobs.model import Job, Status
from funcyard.workspace.jobs.rows import from_row, index_rows, reservation, to_row
from funcyard.workspace.scopes import GLOBAL
from funcyard.workspace.source import LeftOut

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def filled() -> Job:
    """A job of which every field says something."""
    given = {"str": "x", "int": 3, "bool": True, "datetime": MOMENT, "datetime | None": MOMENT}
    given["tuple[LeftOut, ...]"] = (LeftOut("a\u00e9.py", "symlink", "a link"),)
    told = {one.name: given[str(one.type)] for one in fields(Job) if str(one.type) in given}
    return Job(scope=GLOBAL, status=Status.FAILED, **{**told, "id": new_id()})  # type: ignore[arg-type]


def test_a_row_holds_the_whole_job() -> None:
    job = filled()

    assert from_row(to_row(job)) == job
    assert from_row(index_rows(job)[0]) == job
    plain = Job(scope=GLOBAL, connection="", reason="", repository="", branch="")
    assert from_row(to_row(plain)) == plain


def test_rows_have_the_names_of_the_data_model() -> None:
    expected = {
        "OrgId", "RepositoryUrl", "Branch", "CommitSha", "CommitMessage", "CommitAuthor",
        "CommitTimestamp", "Status", "QueuedAt", "StartedAt", "CompletedAt", "DurationMs",
        "FilesAdded", "FilesModified", "FilesDeleted", "TotalFiles", "ErrorMessage",
        "RetryCount", "WebhookPayloadHash",
    }  # fmt: skip

    assert expected <= to_row(filled()).keys()


def test_keys_are_ones_that_tables_take() -> None:
    job = filled()
    keys = [row["RowKey"] for row in (to_row(job), reservation(job), *index_rows(job))]

    assert not set("".join(keys)) & set("/\\#?\t\n")


def test_what_is_shown_is_json() -> None:
    assert json.loads(json.dumps(filled().as_dict()))["status"] == "failed"
