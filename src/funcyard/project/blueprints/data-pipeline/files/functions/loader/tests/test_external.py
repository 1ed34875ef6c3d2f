"""What the external system holds after chunks came in every order, again, and at once."""

import itertools
import json
import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from data_utils.batch import Batch
from data_utils.chunk import Chunk
from data_utils.errors import SettingError
from external import Outcome, connect, database

FILE = "a.csv"


def batches(version: str, generation: str, sizes: list[int], job: str = "1") -> list[Batch]:
    """Return the chunks of a version, whose cells say where they belong."""
    found, first = [], 1
    for number, size in enumerate(sizes, start=1):
        chunk = Chunk(FILE, version, number, len(sizes), first, size, generation, job)
        rows = [[f"{version}{row}"] for row in range(first, first + size)]
        found.append(Batch(chunk, ["cell"], rows))
        first += size
    return found


def load(path: Path, batch: Batch) -> Outcome:
    with connect(path) as external:
        return external.load(batch)


def cells(path: Path) -> list[str]:
    with connect(path), closing(sqlite3.connect(path)) as reader:
        found = reader.execute("SELECT data FROM current_rows WHERE file = ? ORDER BY row", (FILE,))
        return [json.loads(data)["cell"] for (data,) in found]


def expected(version: str, rows: int) -> list[str]:
    return [f"{version}{row}" for row in range(1, rows + 1)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "external.db"


def test_file_is_published_when_its_last_chunk_has_come(path: Path) -> None:
    one, two, three = batches("v", "1", [2, 2, 1])
    assert load(path, two) == Outcome(rows_new=2, file_rows=2)
    assert load(path, one) == Outcome(rows_new=2, file_rows=4)
    assert cells(path) == []
    assert load(path, three) == Outcome(rows_new=1, completed=True, file_rows=5)
    assert cells(path) == expected("v", 5)


def test_chunk_loaded_again_changes_nothing(path: Path) -> None:
    (batch,) = batches("v", "1", [3])
    load(path, batch)
    assert load(path, batch) == Outcome(rows_unchanged=3, completed=True, file_rows=3)
    assert cells(path) == expected("v", 3)


def test_chunk_transformed_differently_changes_its_rows(path: Path) -> None:
    (batch,) = batches("v", "1", [3])
    load(path, batch)
    changed = Batch(batch.chunk, ["cell"], [["v1"], ["other"], ["v3"]])
    outcome = load(path, changed)
    assert (outcome.rows_new, outcome.rows_changed, outcome.rows_unchanged) == (0, 1, 2)
    assert cells(path) == ["v1", "other", "v3"]


def test_announcement_is_completed_by_the_last_of_its_own_chunks(path: Path) -> None:
    for batch in batches("v", "1", [1, 1], job="1"):
        load(path, batch)
    again = [load(path, batch) for batch in batches("v", "2", [1, 1], job="2")]
    assert [outcome.completed for outcome in again] == [False, True]


@pytest.mark.parametrize("seed", range(20))
def test_latest_version_wins_in_whatever_order_chunks_come(path: Path, seed: int) -> None:
    versions = [
        batches("x", "1", [2, 2, 2]),
        batches("y", "2", [3]),
        batches("z", "3", [1, 3]),
    ]
    chunks = list(itertools.chain(*versions)) * 2
    random.Random(seed).shuffle(chunks)  # noqa: S311 - an order, no secret
    whole = {"x": 6, "y": 3, "z": 4}
    for batch in chunks:
        load(path, batch)
        seen = cells(path)
        if seen:
            version = seen[0][0]
            assert seen == expected(version, whole[version])
    assert cells(path) == expected("z", 4)
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM loaded_rows").fetchone() == (4,)


def test_older_version_is_refused_and_going_back_to_it_is_not(path: Path) -> None:
    (old,) = batches("x", "1", [2])
    (new,) = batches("y", "2", [1])
    (back,) = batches("x", "3", [2])
    load(path, old)
    load(path, new)
    assert load(path, old) == Outcome(superseded=True)
    load(path, back)
    assert cells(path) == expected("x", 2)
    assert load(path, new) == Outcome(superseded=True)


def test_chunks_loaded_at_once_into_a_new_database_are_all_there(path: Path) -> None:
    chunks = batches("v", "1", [20] * 16) * 2
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda batch: load(path, batch), chunks))
    assert sum(outcome.rows_new for outcome in outcomes) == 320
    assert any(outcome.completed for outcome in outcomes)
    assert cells(path) == expected("v", 320)
    with connect(path) as external:
        found = external.published(FILE)
    assert found
    assert (found["rows"], found["distinct_rows"], len(found["chunks"])) == (320, 320, 16)


def test_failed_load_leaves_nothing_behind(path: Path) -> None:
    (batch,) = batches("v", "1", [2])
    broken = Batch(batch.chunk, ["cell"], [["v1"], ["v2", "too many"]])
    with pytest.raises(ValueError, match="zip"):
        load(path, broken)
    assert load(path, batch).rows_new == 2


def test_path_comes_from_the_setting_or_in_development_from_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PALANTE_ENVIRONMENT", "production")
    monkeypatch.setenv("EXTERNAL_DATABASE", str(tmp_path / "x.db"))
    assert database() == tmp_path / "x.db"
    monkeypatch.delenv("EXTERNAL_DATABASE")
    with pytest.raises(SettingError, match="EXTERNAL_DATABASE is missing, in production"):
        database()
    monkeypatch.setenv("PALANTE_ENVIRONMENT", "development")
    assert database().parts[-2:] == (".data", "external.db")
