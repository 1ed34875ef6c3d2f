"""Faults of files that people write are told all at once, each in a line of its own."""

from __future__ import annotations

from funcyard.faults import Severity, all_told, dotted


def test_a_path_reads_as_the_file_is_written() -> None:
    assert dotted(("function_apps", 0, "port")) == "function_apps[0].port"
    assert dotted((0, "properties", 1, "name")) == "[0].properties[1].name"
    assert dotted(()) == ""


def test_one_fault_is_the_message() -> None:
    assert all_told("twin", [(Severity.ERROR, "a:1:1: wrong")]) == "a:1:1: wrong"


def test_several_faults_are_counted_and_warnings_follow_them() -> None:
    told = all_told(
        "twin",
        [
            (Severity.WARNING, "b:1:1: odd"),
            (Severity.ERROR, "a:1:1: wrong"),
            (Severity.ERROR, "a:2:1: missing"),
        ],
    )

    assert told.splitlines() == [
        "2 faults in twin:",
        "  a:1:1: wrong",
        "  a:2:1: missing",
        "  warning: b:1:1: odd",
    ]
