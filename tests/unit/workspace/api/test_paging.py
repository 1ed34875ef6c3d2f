"""Lists that come a page at a time."""

from __future__ import annotations

from tests.answering import Answering, document

from funcyard.workspace.api.client import ApiClient
from funcyard.workspace.api.paging import listed


def test_as_many_pages_are_read_as_it_takes_and_no_more() -> None:
    first = {"jobs": [{"n": n} for n in range(100)], "continuation": "c"}
    second = {"jobs": [{"n": 100}, {"n": 101}], "continuation": "d"}
    with Answering(document(first), document(second)) as server:
        found = listed(ApiClient(server.url), "/sync-jobs", "jobs", 102, {"status": "failed"})
    assert [one["n"] for one in found] == list(range(102))
    assert [asked.split(b" ")[1] for asked in server.received] == [
        b"/api/sync-jobs?status=failed&limit=100",
        b"/api/sync-jobs?status=failed&limit=2&continuation=c",
    ]


def test_a_list_that_ends_earlier_is_all_there_is() -> None:
    with Answering(document({"jobs": []})) as server:
        assert listed(ApiClient(server.url), "/sync-jobs", "jobs", 7) == []
    assert len(server.received) == 1
