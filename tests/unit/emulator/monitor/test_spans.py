"""Spans of time and intervals, as questions for metrics name them."""

from __future__ import annotations

import pytest

from funcyard.emulator.monitor.errors import MetricsError
from funcyard.emulator.monitor.spans import GRAINS, read_grain, read_span, written

_NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "2027-01-15T07:00:00Z/2027-01-15T08:00:00Z"),
        ("PT10M", "2027-01-15T07:50:00Z/2027-01-15T08:00:00Z"),
        ("PT86400.0S", "2027-01-14T08:00:00Z/2027-01-15T08:00:00Z"),
        ("2027-01-01T00:00:00Z/2027-01-02", "2027-01-01T00:00:00Z/2027-01-02T00:00:00Z"),
        ("2027-01-01T02:00:00+02:00/P1D", "2027-01-01T00:00:00Z/2027-01-02T00:00:00Z"),
        ("PT1H/2027-01-02T00:00:00Z", "2027-01-01T23:00:00Z/2027-01-02T00:00:00Z"),
        (
            "2018-01-01T00%3A00%3A00%2B00%3A00%2F2999-01-01T00%3A00%3A00%2B00%3A00",
            "2998-12-01T00:00:00Z/2999-01-01T00:00:00Z",
        ),
    ],
)
def test_a_span_is_read_as_azure_does(text: str, shown: str) -> None:
    assert str(read_span(text, _NOW)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "/",
        "PT1H/PT2H",
        "P1D/never",
        "2027-01-02/2027-01-01",
        "2027-01-01/2027-01-01",
        "0001-01-01/P1D",
        "9999-12-31T23:00:00/P9999D",
    ],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(MetricsError, match="is none") as refused:
        read_span(text, _NOW)
    assert refused.value.body()["code"] == "BadRequest"


@pytest.mark.parametrize(
    ("text", "told", "lasts"),
    [
        # As Microsoft recorded it of a metric with values.
        ("2021-04-29T16:51:40Z/2021-04-29T17:51:40Z", "2021-04-29T16:51:00Z/60", 60),
        ("2027-01-01T00:00:30Z/2027-01-01T00:02:10Z", "2027-01-01T00:00:00Z/2", 2),
        ("2027-01-01T00:00:10Z/2027-01-01T00:00:50Z", "2027-01-01T00:00:00Z/1", 1),
        ("2027-01-01T00:00:00Z/2027-01-01T00:15:00Z", "2027-01-01T00:00:00Z/15", 15),
    ],
)
def test_minutes_are_told_from_that_of_the_begin_until_that_of_the_end(
    text: str, told: str, lasts: int
) -> None:
    span = read_span(text, _NOW)
    assert f"{written(span.first)}/{span.minutes}" == told
    assert span.lasts == lasts


@pytest.mark.parametrize(
    "text", ["", "PT1H", *(f"2027-01-15T07:00:20Z/2027-01-15T08:00:{end}Z" for end in (15, 20, 25))]
)
def test_the_minute_that_goes_on_is_told_too(text: str) -> None:
    span = read_span(text, _NOW + 20)
    assert (span.first, span.stop) == (_NOW - 3600, _NOW + 60)


def test_an_end_that_was_the_minute_that_goes_on_a_moment_ago_still_counts_as_that() -> None:
    span = read_span("2027-01-15T07:00:59Z/2027-01-15T07:59:59Z", _NOW + 1)
    assert span.stop == _NOW


def test_intervals_are_those_of_azure() -> None:
    span = read_span("PT2H", _NOW)
    assert [read_grain(one, span, adjusts=False).name for one in GRAINS] == list(GRAINS)
    assert read_grain("", span, adjusts=False).name == "PT1M"
    assert read_grain("PT24H", span, adjusts=False).name == "P1D"
    assert read_grain("full", span, adjusts=False).seconds == 7200
    assert read_grain("PT7M", span, adjusts=True).name == "PT5M"


@pytest.mark.parametrize("text", ["PT3M", "hourly", "PT0S"])
def test_another_interval_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(MetricsError) as refused:
        read_grain(text, read_span("", _NOW), adjusts=False)
    assert refused.value.message == (
        f"Invalid time grain duration: {text}, supported ones are: 00:01:00,00:05:00,00:15:00,"
        "00:30:00,01:00:00,06:00:00,12:00:00,1.00:00:00"
    )


def test_what_is_no_duration_is_not_adjusted_either() -> None:
    with pytest.raises(MetricsError):
        read_grain("hourly", read_span("", _NOW), adjusts=True)
