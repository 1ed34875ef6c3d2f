"""Applications of the local directory, whatever is sent for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funcyard.emulator.graph import applications, service_principals
from funcyard.emulator.graph.directory import APPLICATION, Directory
from funcyard.emulator.graph.errors import GraphError

_NOW = 1_800_000_000.0
_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
_bodies = st.dictionaries(
    st.sampled_from(
        ["displayName", "tags", "appId", "signInAudience", "passwordCredential", "keyId", "other"]
    ),
    _values,
    max_size=3,
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    made = Directory(tmp_path_factory.mktemp("graph"), clock=lambda: _NOW)
    yield made
    made.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_bodies, st.sampled_from(["make", "change", "password", "remove", "principal"]))
def test_a_body_is_taken_or_refused(directory: Directory, body: dict[str, Any], what: str) -> None:
    record = applications.make(directory, {"displayName": "given"})
    try:
        match what:
            case "make":
                applications.make(directory, body)
            case "change":
                applications.change(directory, record, body)
            case "password":
                applications.add_password(directory, record, body)
            case "remove":
                applications.remove_password(directory, record, body)
            case _:
                service_principals.make(directory, body)
    except GraphError as refusal:
        assert refusal.status in {400, 409}  # noqa: PT017 - most bodies are taken
    finally:
        for one in directory.all(APPLICATION):
            directory.drop(one["id"])


@pytest.mark.parametrize(
    "moment", ["never", "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z", 5, []]
)
def test_a_time_that_is_none_is_refused(directory: Directory, moment: object) -> None:
    record = applications.make(directory, {"displayName": "given"})

    with pytest.raises(GraphError):
        applications.add_password(
            directory, record, {"passwordCredential": {"endDateTime": moment}}
        )


def test_a_password_counts_from_its_start_to_its_end(tmp_path: Path) -> None:
    now = [_NOW]
    directory = Directory(tmp_path, clock=lambda: now[0])
    record = applications.make(directory, {"displayName": "given"})
    ends = applications.stamp(_NOW + 60)
    made = applications.add_password(
        directory, record, {"passwordCredential": {"endDateTime": ends}}
    )

    def counts() -> bool:
        return directory.proves(record["appId"], made["secretText"])

    assert counts()
    now[0] = _NOW + 61
    assert not counts()
    directory.close()
