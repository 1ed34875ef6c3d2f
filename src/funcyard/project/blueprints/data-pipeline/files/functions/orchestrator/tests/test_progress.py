"""What the status of a file says."""

from typing import Any

import pytest
from data_utils.errors import InputError
from progress import summary

Entities = list[dict[str, Any]]


def history(*statuses: str, job: str = "1") -> Entities:
    """Return entities in the order of the statuses: ``loaded 2`` is of chunk 2."""
    found = []
    for moment, text in enumerate(statuses):
        status, _, chunk = text.partition(" ")
        found.append(
            {
                "RowKey": f"{job}-{moment:03}",
                "job": job,
                "status": status,
                "chunk": int(chunk or 0),
                "chunks": 2 if status in {"queued", "completed"} else 0,
                "processed_rows": 10,
                "error_message": "broken" if status == "failed" else "",
            }
        )
    return found


@pytest.mark.parametrize(
    ("statuses", "status", "chunks", "loaded"),
    [
        (["announced"], "announced", 0, 0),
        (["announced", "failed"], "failed", 0, 0),
        (["announced", "queued", "processed 1"], "queued", 2, 0),
        (["announced", "queued", "processed 1", "failed 1"], "failed", 2, 0),
        (["announced", "queued", "failed 1", "processed 1"], "queued", 2, 0),
        (["announced", "queued", "loaded 1", "failed 1"], "queued", 2, 1),
        (["announced", "queued", "loaded 1", "loaded 2"], "queued", 2, 2),
        (["announced", "queued", "loaded 1", "loaded 2", "completed"], "completed", 2, 2),
        (["announced", "completed", "loaded 1", "loaded 2", "failed"], "completed", 2, 2),
    ],
)
def test_status_follows_from_the_history(
    statuses: list[str], status: str, chunks: int, loaded: int
) -> None:
    found = summary("a.csv", reversed(history(*statuses)))
    assert (found["status"], found["chunks"], found["chunks_loaded"]) == (status, chunks, loaded)
    assert found["rows_loaded"] == 10 * loaded
    assert found["errors"] == (["broken"] if status == "failed" else [])


def test_only_the_latest_announcement_counts() -> None:
    earlier = history("announced", "queued", "loaded 1", "loaded 2", "completed", job="1")
    later = history("announced", "failed", job="2")
    found = summary("a.csv", [*later, *earlier])
    assert (found["job"], found["status"], found["chunks_loaded"]) == ("2", "failed", 0)


def test_file_that_was_never_announced_is_unknown() -> None:
    with pytest.raises(InputError) as refused:
        summary("a.csv", history("processed 1"))
    assert refused.value.status == 404
