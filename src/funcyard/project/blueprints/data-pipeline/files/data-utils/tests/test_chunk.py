from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from data_utils.chunk import Chunk, generation_of, read_chunk, version_of
from data_utils.errors import InputError

CHUNK = Chunk(
    file="a.csv",
    version=version_of("00" * 32, 500),
    number=2,
    chunks=3,
    first_row=501,
    rows=500,
    generation="20260102T030405-20260102T030406000000",
    job="ab" * 16,
)


@pytest.mark.parametrize("chunk", [CHUNK, replace(CHUNK, job="")])
def test_facts_travel_as_metadata(chunk: Chunk) -> None:
    metadata = chunk.metadata()
    assert all(metadata.values()), "storage refuses empty metadata"
    assert read_chunk(chunk.name, metadata) == chunk


@pytest.mark.parametrize(
    "wrong",
    [{"rows": "many"}, {"rows": "0"}, {"chunks": "1"}, {"first_row": "0"}],
)
def test_wrong_metadata_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError, match="metadata"):
        read_chunk(CHUNK.name, CHUNK.metadata() | wrong)


def test_lost_metadata_is_named_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"lost its metadata: announce 'a\.csv' again"):
        read_chunk(CHUNK.name, {})


def test_whole_file_is_no_chunk() -> None:
    assert read_chunk("a.csv", {}) is None


def test_version_follows_from_content_and_cut() -> None:
    versions = {version_of("00" * 32, 500), version_of("00" * 32, 501), version_of("01" * 32, 500)}
    assert len(versions) == 3
    assert version_of("00" * 32, 500) in versions


def test_later_generation_sorts_higher() -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    moments = [
        (noon, noon),
        (noon, noon + timedelta(microseconds=1)),
        (noon, noon + timedelta(days=1)),
        (noon + timedelta(seconds=1), noon),
    ]
    generations = [generation_of(*moment) for moment in moments]
    assert generations == sorted(set(generations))
