from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.settings import (
    SettingsError,
    SettingsFaults,
    is_on,
    is_secret_name,
    merge,
    parse_env,
    read_env_file,
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


def test_every_line_that_cannot_be_read_is_named_at_once_and_no_value_is_shown(
    tmp_path: Path,
) -> None:
    path = tmp_path / ".env.local"
    path.write_text(
        "A=1\nnonsense\nQ=\"sesame\nR='sesame\nGOOD='#'# why\nTWO=\"a\"sesame\n9=x\n"
        'ESCAPED="C:\\"\n'
    )

    with pytest.raises(SettingsError) as fault:
        read_env_file(path)

    assert fault.value.message.replace(str(path), "") == (
        ":2: not NAME=value\n"
        ':3: Q: the quote " is not closed on its line\n'
        ":4: R: the quote ' is not closed on its line\n"
        ':6: TWO: there is text behind the closing "\n'
        ":7: not NAME=value\n"
        ':8: ESCAPED: the quote " is not closed on its line'
    )
    assert fault.value.hint == (
        r"in double quotes a quote is written \", a line break \n, a backslash \\"
    )


def test_what_can_be_read_of_a_file_with_faults_is_known_with_its_lines() -> None:
    file = parse_env("A=1\nnonsense\nB=2\nA='3'\n", ".env.local")

    assert file.lines == ((1, "A", "1"), (3, "B", "2"), (4, "A", "3"))
    assert file.values == {"A": "3", "B": "2"}
    assert (file.line_of("A"), file.line_of("C")) == (4, None)
    assert [fault.line for fault in file.faults] == [2]


def test_faults_of_several_files_are_told_together_each_hint_once() -> None:
    faults = SettingsFaults()
    faults.raise_all()
    for name in ("one", "two"):
        with faults.kept():
            raise SettingsError(f"{name}: wrong", hint="mend it")

    with pytest.raises(SettingsError, match=r"^one: wrong\ntwo: wrong$") as told:
        faults.raise_all()
    assert told.value.hint == "mend it"


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / "none") == {}


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
