"""A query finds the twins that its condition describes."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub import query
from funcyard.emulator.iothub.errors import HubError

_WHERE = "SELECT * FROM devices WHERE "
_TWIN: dict[str, Any] = {
    "deviceId": "d-1",
    "status": "enabled",
    "tags": {"floor": 2, "room": "it's", "on": True},
    "properties": {"reported": {"temperature": 20.5, "none": None}},
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("deviceId = 'd-1'", True),
        ("tags.floor > 1 AND tags.floor <= 2", True),
        ("tags.floor = '2'", False),
        ("tags.floor != '2'", False),
        ("tags.room = 'it''s'", True),
        ('tags.room = "it\'s"', True),
        ("tags.on = true", True),
        ("tags.on = 1", False),
        ("tags.absent != 1", False),
        ("NOT tags.absent = 1", True),
        ("properties.reported.none = null", True),
        ("properties.reported.temperature >= 20.5", True),
        ("properties.reported.temperature < -1e2", False),
        ("tags.floor IN [1, 2]", True),
        ("tags.floor NOT IN [1, 2]", False),
        ("is_defined(tags.floor) and not is_defined(tags.absent)", True),
        ("STARTSWITH(deviceId, 'd-') OR deviceId = 'x'", True),
        ("CONTAINS(tags.room, 'x') OR ENDSWITH(tags.room, 'x')", False),
        ("tags.floor = 1 OR tags.floor = 2 AND status = 'disabled'", False),
        ("(tags.floor = 1 OR tags.floor = 2) AND status = 'enabled'", True),
    ],
)
def test_a_condition_holds_of_a_twin(condition: str, *, holds: bool) -> None:
    assert query.parse(_WHERE + condition)(_TWIN) is holds


def test_no_condition_holds_of_all() -> None:
    assert query.parse("select * from devices")({})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends too early"),
        ("SELECT deviceId FROM devices", "'deviceId' at 7"),
        ("SELECT * FROM devices.modules", "'devices.modules' at 14"),
        ("SELECT * FROM devices WHERE", "ends too early"),
        ("SELECT * FROM devices WHERE tags.a = ", "ends too early"),
        ("SELECT * FROM devices WHERE tags.a ~ 1", "'~ 1' at 34"),
        ("SELECT * FROM devices WHERE tags.a = 1 2", "'2' at 39"),
        ("SELECT * FROM devices GROUP BY tags.a", "'GROUP' at 22"),
        ("SELECT * FROM devices WHERE FOO(tags.a, 1)", "'FOO' at 28"),
        ("SELECT * FROM devices WHERE " + "(" * 60, "nested"),
        ("SELECT * FROM devices WHERE " + "NOT " * 5000 + "a = 1", "nested"),
        ("SELECT * FROM devices WHERE a = 1" + " " * 2**18, "longer than"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(HubError) as refused:
        query.parse(text)
    assert refused.value.status == 400
    assert words in refused.value.message


@given(st.text(alphabet="SELECT*FROMdevics WHRtag.='1<>()[],ANDOIN", max_size=60))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with contextlib.suppress(HubError):
        query.parse(f"SELECT * FROM devices {text}")(_TWIN)  # noqa: S608 - a test of just that


def test_a_number_may_have_any_number_of_digits() -> None:
    assert query.parse(f"{_WHERE}tags.n < {'1' * 5000}")({"tags": {"n": 1}})


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">=": operator.ge,
}


@given(st.sampled_from(sorted(_SIGNS)), st.integers(-5, 5), st.integers(-5, 5), st.booleans())
def test_numbers_compare_as_numbers(sign: str, value: int, wanted: int, is_not: bool) -> None:  # noqa: FBT001 - drawn
    text = f"{_WHERE}{'NOT ' if is_not else ''}tags.n {sign} {wanted}"
    assert query.parse(text)({"tags": {"n": value}}) is (_SIGNS[sign](value, wanted) != is_not)
