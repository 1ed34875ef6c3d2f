"""What data-utils promises of storage, against a real Azurite."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def data_utils(project: Path, storage: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The modules ``storage`` and ``records`` of the project's package."""
    monkeypatch.syspath_prepend(project / "data-utils" / "src")
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    try:
        importlib.import_module("data_utils.records")
        yield importlib.import_module("data_utils")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "data_utils"]:
            del sys.modules[name]


def test_blob_that_was_written_anew_since_it_was_read_is_not_deleted(data_utils: Any) -> None:  # noqa: ANN401 - a module
    storage = data_utils.storage
    storage.store("queued", "etag.csv", b"first", {"job": "1"})
    first = storage.fetch("queued", "etag.csv")
    storage.store("queued", "etag.csv", b"second", {"job": "2"})
    storage.remove("queued", "etag.csv", first)
    second = storage.fetch("queued", "etag.csv")
    assert (second.data, second.metadata) == (b"second", {"job": "2"})
    storage.remove("queued", "etag.csv", second)
    assert storage.fetch("queued", "etag.csv") is None
    storage.remove("queued", "etag.csv", second)


def test_two_statuses_of_one_moment_are_both_kept_in_order(
    data_utils: Any,  # noqa: ANN401 - a module
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=tz)

    records = data_utils.records
    monkeypatch.setattr(records, "datetime", Stopped)
    for status in (records.Status.QUEUED, records.Status.COMPLETED):
        records.write_status(records.Subject("moment.csv"), status)
    table = data_utils.storage.table("ProcessingStatus")
    found = table.query_entities("PartitionKey eq @name", parameters={"name": "moment.csv"})
    assert [(entity["RowKey"], entity["status"]) for entity in found] == [
        ("2026-11-20T23:59:59.999999Z", "queued"),
        ("2026-11-21T00:00:00.000000Z", "completed"),
    ]
    assert records.stamp(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000000Z"
