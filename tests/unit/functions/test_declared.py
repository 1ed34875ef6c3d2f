"""Two lists of functions compared: what is missing, what is otherwise, what nobody wanted."""

from __future__ import annotations

import pytest

from funcyard.functions.declared import Declared, Departure, Setting, compare


def queue(name: str, queue: str = "tasks") -> Declared:
    return Declared(name, "queue", {"queue": queue})


def test_nothing_differs_where_names_and_triggers_agree() -> None:
    assert list(compare([queue("Work")], [queue("work")])) == []


def test_a_missing_function_and_one_that_nobody_wanted_are_told() -> None:
    found = [(one.departure, one.name) for one in compare([queue("new")], [queue("old")])]

    assert found == [(Departure.MISSING, "new"), (Departure.UNDECLARED, "old")]


@pytest.mark.parametrize(
    ("setting", "wanted", "found", "said"),
    [
        ("route", "a", "b", "route `b`, not `a`"),
        ("methods", ("GET",), (), "methods every method, not GET"),
        ("methods", ("GET", "POST"), ("POST",), "methods POST, not GET, POST"),
        ("auth_level", "admin", "function", "authorisation level `function`, not `admin`"),
        ("run_on_startup", True, False, "run on startup no, not yes"),
    ],
)
def test_a_setting_that_differs_is_told_with_both_values(
    setting: str, wanted: Setting, found: Setting, said: str
) -> None:
    one = Declared("f", "http", {setting: wanted})
    other = Declared("f", "http", {setting: found})

    assert [each.said for each in compare([one], [other])] == [said]


def test_the_order_of_methods_and_what_is_not_known_make_no_difference() -> None:
    one = Declared("f", "http", {"methods": ("GET", "POST"), "route": "f"})

    assert list(compare([one], [Declared("f", "http", {"methods": ("POST", "GET")})])) == []


def test_another_kind_of_trigger_is_told_as_that() -> None:
    [difference] = compare([queue("f")], [Declared("f", "timer", {"schedule": "0 * * * * *"})])

    assert difference.said == "started by timer `0 * * * * *`, not by queue `tasks`"
