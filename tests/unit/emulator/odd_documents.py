"""Documents that are nearly what is wanted: at one or two places is something odd."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "$x", "double", "dtmi:test:Room;1", "dtmi:test:Heater;1", "Object"]),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from(["x", 1, None, {}, []]), max_size=2),
    st.dictionaries(st.sampled_from(["@type", "name", "schema", "$metadata"]), st.just(1)),
)


@st.composite
def changed(draw: st.DrawFn, whole: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a document with something odd at one or two of its places."""
    result = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 2))):
        result = _odd_at(draw, result)
    return result


def _odd_at(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return draw(ODD)
    if isinstance(value, list):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], _odd_at(draw, value[index]), *value[index + 1 :]]
    name = draw(st.sampled_from([*value, "more"]))
    return {**value, name: _odd_at(draw, value.get(name))}
