from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from funcyard.host.bindings.dotnet_time import format_moment
from funcyard.host.bindings.expressions import ExpressionError, resolve
from funcyard.host.setting_names import SettingMissingError

DATA = {
    "name": "a.csv",
    "queueTrigger": "hello",
    "order": '{"id": 7, "customer": {"City": "Bern"}, "tags": [1]}',
    "Query": '{"kind": "new"}',
}


def resolved(text: str, **settings: str) -> str:
    return resolve(text, data=DATA, settings=settings, function="work")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in/{name}", "in/a.csv"),
        ("{NAME}", "a.csv"),
        ("{ name }", "a.csv"),
        ("{order.id}-{order.customer.city}", "7-Bern"),
        ("{order.tags}", "[1]"),
        ("{query.kind}", "new"),
        ("{{name}}", "{name}"),
        ("{sys.methodname}", "work"),
        ("plain", "plain"),
    ],
)
def test_expressions_stand_for_what_the_trigger_gives(text: str, expected: str) -> None:
    assert resolved(text) == expected


def test_settings_are_resolved_without_regard_to_case_and_before_data() -> None:
    assert resolved("%Box%/{name}", box="{queueTrigger}") == "hello/a.csv"
    data = {"name": "%SECRET%"}
    assert resolve("{name}", data=data, settings={"SECRET": "x"}, function="f") == "%SECRET%"


def test_guids_are_new_each_time_and_come_in_their_formats() -> None:
    first, second = resolved("{rand-guid}|{rand-guid}").split("|")

    assert uuid.UUID(first) != uuid.UUID(second)
    assert re.fullmatch("[0-9a-f]{32}", resolved("{rand-guid:N}"))
    assert re.fullmatch(r"\{[0-9a-f-]{36}\}", resolved("{rand-guid:B}"))
    assert re.fullmatch(r"\([0-9a-f-]{36}\)", resolved("{sys.randguid:P}"))


def test_times_are_utc_and_take_net_formats() -> None:
    now = datetime.now(UTC)

    assert resolved("{datetime:yyyy}") in {str(now.year), str(now.year + 1)}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ", resolved("{DateTime}"))
    assert re.fullmatch(r"\d{8}", resolved("{sys.utcnow:yyyyMMdd}"))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("yyyy-MM-dd HH:mm:ss.fff", "2026-03-05 07:08:09.012"),
        ("d.M.yy h:m:s tt", "5.3.26 7:8:9 AM"),
        ("dddd, dd MMMM yyyy", "Thursday, 05 March 2026"),
        ("ddd MMM", "Thu Mar"),
        ("'year' yyyy K \\d fffffff", "year 2026 Z d 0123450"),
    ],
)
def test_net_formats_are_written(form: str, expected: str) -> None:
    moment = datetime(2026, 3, 5, 7, 8, 9, 12_345, tzinfo=UTC)

    assert format_moment(moment, form) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{nobody}", "needs 'nobody', which the trigger does not give"),
        ("{order.nobody}", "order.nobody"),
        ("{name.part}", "name.part"),
        ("{open", "brace at 1"),
        ("close}", "brace at 6"),
        ("{}", "brace at 1"),
        ("{rand-guid:Q}", "no format 'Q'"),
        ("{datetime:yyyyy}", "unknown part 'yyyyy'"),
    ],
)
def test_what_cannot_be_resolved_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        resolved(text)

    assert said in caught.value.message


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingMissingError, match="needs the setting BOX"):
        resolved("%BOX%/x")
