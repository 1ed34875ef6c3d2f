from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.settings import (
    SettingsError,
    is_on,
    is_secret_name,
    merge,
    read_env_file,
    read_local_settings,
)


def test_env_files_hold_names_and_values_in_the_usual_forms(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.write_text(
        "# a comment\n\nPLAIN=a b # why\nexport EXPORTED=1\nSINGLE='a # b'\nDOUBLE=\"x y\"\n"
        "EMPTY=\nAzureWebJobs.f.Disabled=true\nEQUALS=a=b==\n",
        encoding="utf-8",
    )

    assert read_env_file(path) == {
        "PLAIN": "a b",
        "EXPORTED": "1",
        "SINGLE": "a # b",
        "DOUBLE": "x y",
        "EMPTY": "",
        "AzureWebJobs.f.Disabled": "true",
        "EQUALS": "a=b==",
    }


def test_a_line_that_is_no_setting_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.write_text("A=1\nnonsense\n")

    with pytest.raises(SettingsError, match=r"\.env\.local:2: not NAME=value"):
        read_env_file(path)


def test_missing_files_hold_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / "none") == {}
    assert read_local_settings(tmp_path / "none") == {}


def test_local_settings_give_their_values_as_text(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text('{"IsEncrypted": false, "Values": {"A": "x", "B": true, "C": 7, "D": null}}')

    assert read_local_settings(path) == {"A": "x", "B": "true", "C": "7", "D": ""}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Values": ', "1:12"),
        ("[]", "expected an object"),
        ('{"Values": []}', "expected an object"),
        ('{"IsEncrypted": true, "Values": {}}', "encrypted"),
    ],
)
def test_wrong_local_settings_are_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text(text)

    with pytest.raises(SettingsError, match=reason):
        read_local_settings(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.write_bytes(b"A=\xff\xfe")

    with pytest.raises(SettingsError, match="cannot be read"):
        read_env_file(path)


def test_an_earlier_layer_wins() -> None:
    assert merge({"A": "1"}, {"A": "2", "B": "2"}) == {"A": "1", "B": "2"}


@pytest.mark.parametrize("name", ["AZURITE_ACCOUNT_KEY", "AzureWebJobsStorage", "MY_TOKEN"])
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)
    assert not is_secret_name("PALANTE_ENVIRONMENT")


@pytest.mark.parametrize(
    ("value", "on"),
    [("true", True), (" TRUE ", True), ("1", True), ("Yes", True), ("false", False), ("0", False),
     ("", False), ("off", False)],
)  # fmt: skip
def test_a_switch_is_on_only_where_it_says_so(value: str, on: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_on({"ENABLE_DEBUGGING": value}, "ENABLE_DEBUGGING") is on
    assert not is_on({}, "ENABLE_DEBUGGING")
