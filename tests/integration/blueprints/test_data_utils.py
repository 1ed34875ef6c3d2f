"""What data-utils promises of storage, against a real Azurite."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
)


@pytest.fixture
def data_utils(project: Path, storage: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The project's package, as imported by an app."""
    monkeypatch.syspath_prepend(project / "data-utils" / "src")
    monkeypatch.syspath_prepend(project / "functions" / "orchestrator")
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    try:
        for module in ("data_utils.records", "data_utils.transform", "splitting"):
            importlib.import_module(module)
        yield importlib.import_module("data_utils")
    finally:
        for name in list(sys.modules):
            if name.partition(".")[0] in {"data_utils", "splitting", "announcing"}:
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


@given(table=TABLES, chunk_rows=st.integers(1, 13))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_table_cut_anyhow_has_every_row_once_in_order_and_transformed(
    data_utils: Any,  # noqa: ANN401 - a module
    tmp_path: Path,
    table: list[list[str]],
    chunk_rows: int,
) -> None:
    splitting, rows = sys.modules["splitting"], data_utils.rows
    header = ["city", "latitude", "longitude", "other"][: len(table[0])]
    path = tmp_path / "table.csv"
    path.write_text(rows.write(header, table), encoding="utf-8", newline="")
    facts = splitting.inspect(path, chunk_rows)
    pieces = list(splitting.cut(path, chunk_rows))
    assert (facts.rows, facts.chunks) == (len(table), len(pieces))
    found: list[list[str]] = []
    for number, (given_number, first_row, text, count) in enumerate(pieces, start=1):
        piece_header, piece = rows.read(rows.open_bytes(text.encode()))
        piece = list(piece)
        assert (piece_header, given_number, first_row) == (header, number, len(found) + 1)
        assert len(piece) == count <= chunk_rows
        _, transformed = data_utils.transform.transform(header, piece)
        assert len(list(transformed)) == count
        found += piece
    assert found == table
