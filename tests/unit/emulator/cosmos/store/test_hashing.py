"""Places of partition keys against those that Microsoft's client reckons."""

from __future__ import annotations

from typing import Any

from azure.cosmos.partition_key import NonePartitionKeyValue, PartitionKey
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.emulator.cosmos.sql.values import UNDEFINED, canonical, number
from funcyard.emulator.cosmos.store.hashing import effective

_KEYS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)


def _reckoned(key: Any) -> Any:  # noqa: ANN401 - the client's own types
    definition = PartitionKey(path="/pk")
    return definition._get_effective_partition_key_string([key])  # type: ignore[no-untyped-call, unused-ignore]  # noqa: SLF001 - the judge


@given(_KEYS)
@settings(max_examples=80)
def test_a_partition_lies_where_the_client_looks_for_it(key: Any) -> None:  # noqa: ANN401 - JSON
    known = number(key) if isinstance(key, int | float) and not isinstance(key, bool) else key
    assert effective(canonical(known)) == _reckoned(known)


def test_items_without_a_key_lie_by_themselves() -> None:
    assert effective(canonical(UNDEFINED)) != effective(canonical(None))
    assert effective(canonical(UNDEFINED)) == _reckoned(NonePartitionKeyValue)
