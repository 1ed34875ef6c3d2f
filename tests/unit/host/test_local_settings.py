from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.host.local_settings import parse_local_settings, read_local_settings
from funcyard.settings import SettingsError


def test_values_are_given_as_text(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text('{"IsEncrypted": false, "Values": {"A": "x", "B": true, "C": 7, "D": null}}')

    assert read_local_settings(path) == {"A": "x", "B": "true", "C": "7", "D": ""}
    assert read_local_settings(tmp_path / "none") == {}


def test_comments_are_read_as_core_tools_read_them() -> None:
    text = '{\n  // why\n  "Values": {"A": "http://x", /* or */ "B": "y",},\n}'

    assert parse_local_settings(text, "") == {"A": "http://x", "B": "y"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Values": ', "x:1:12: Expecting value"),
        ("[]", "x:1: expected an object with an object Values"),
        ('{"Values": []}', "x:1: expected an object Values"),
        ('{"IsEncrypted": true,\n"Values": {}}', "x:1: the settings are encrypted"),
        ("[" * 100_000, "x: cannot be read: "),
        ('{"Values": {"A": ' + "9" * 5000 + "}}", "x: cannot be read: "),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(SettingsError) as fault:
        parse_local_settings(text, "x")

    assert fault.value.message.startswith(reason)


def test_everything_wrong_is_told_at_once_with_its_line_and_without_the_value() -> None:
    text = """{
      "IsEncrypted": true,
      "Values": {
        "A": {"secret": 1},
        "B": "fine",
        "C": ["secret"]
      }
    }"""

    with pytest.raises(SettingsError) as fault:
        parse_local_settings(text, "x")

    assert fault.value.message.splitlines() == [
        "x:2: the settings are encrypted",
        "x:4: A is an object: a setting is text",
        "x:6: C is an array: a setting is text",
    ]
    assert "func settings decrypt" in str(fault.value.hint)
