from __future__ import annotations

import json

from funcyard.deployed.log import Record, records_of

CONSOLE = (
    '{"TimeStamp":"2023-07-14T05:11:12.34696","Log":"Connecting to \\u0027api\\u0027..."}\n'
    '{"TimeStamp":"2023-07-14T05:10:32.3032299+00:00","Log":"05:10:32 Listening on :80..."}\n'
)
SYSTEM = (
    '{"TimeStamp":"2024-05-16 21:55:19 \\u002B0000 UTC","Type":"Warning","ContainerAppName":"api",'
    '"RevisionName":"api--ua521gi","ReplicaName":"api--ua521gi-f945d6854-g67br",'
    '"Msg":"Container \\u0027python\\u0027 was terminated with exit code \\u00271\\u0027",'
    '"Reason":"Error","EventSource":"ContainerAppController","Count":3}\n'
)


def test_console_lines_of_az_are_records_with_their_line() -> None:
    assert records_of(CONSOLE) == [
        Record(1, "Connecting to 'api'..."),
        Record(2, "05:10:32 Listening on :80..."),
    ]


def test_system_lines_of_az_tell_reason_and_revision() -> None:
    (record,) = records_of(SYSTEM)

    assert record == Record(
        1, "Container 'python' was terminated with exit code '1'", "Error", "api--ua521gi"
    )
    assert record.whole == "Error: Container 'python' was terminated with exit code '1'"


def test_rows_of_log_analytics_are_found_at_the_line_of_their_text() -> None:
    rows = [
        {"TimeGenerated": "2024-05-16T21:55:19Z", "Log_s": "one", "RevisionName_s": "api--1"},
        {"Log_s": "two é", "Reason_s": "ProbeFailed", "ContainerAppName_s": "api"},
    ]
    text = json.dumps(rows, indent=2)

    assert records_of(text) == [
        Record(4, "one", subject="api--1"),
        Record(8, "two é", "ProbeFailed", "api"),
    ]


def test_text_and_json_may_stand_together_and_colours_go() -> None:
    text = (
        "\ufeff2024-05-16T21:53:35Z stdout F plain\r\n\x1b[31mred\x1b[0m\n{not json\n\n" + CONSOLE
    )

    assert [(record.line, record.text) for record in records_of(text)] == [
        (1, "\ufeff2024-05-16T21:53:35Z stdout F plain"),
        (2, "red"),
        (3, "{not json"),
        (5, "Connecting to 'api'..."),
        (6, "05:10:32 Listening on :80..."),
    ]


def test_an_entry_of_many_lines_is_many_records_at_its_line() -> None:
    text = json.dumps({"Log": "Result: Failure\nException: X\n\nStack: y"}) + "\nend"

    assert [(record.line, record.text) for record in records_of(text)] == [
        (1, "Result: Failure"),
        (1, "Exception: X"),
        (1, "Stack: y"),
        (2, "end"),
    ]


def test_other_json_is_text() -> None:
    assert records_of('{"a": 1}\n[1]\n') == [Record(1, '{"a": 1}'), Record(2, "[1]")]
    assert records_of("[1, 2]") == []
    assert records_of("") == []
