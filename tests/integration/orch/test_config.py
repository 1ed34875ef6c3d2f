"""Which app is meant: options before the environment, and that before a profile."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.command_line import Done, funcyard

_ID = "00000000-0000-4000-8000-000000000009"


def _config(folder: Path, *arguments: str, **variables: str) -> Done:
    unset = dict.fromkeys(
        (
            "AZURE_SUBSCRIPTION_ID",
            "AZURE_RESOURCE_GROUP",
            "AZURE_CONTAINER_APP_NAME",
            "FUNCYARD_CLOUD",
            "FUNCYARD_PROFILE",
        ),
        "",
    )
    where = {"XDG_CONFIG_HOME": str(folder)}
    return funcyard("orch", "config", *arguments, given=b"", **unset | where | variables)


def _listed(folder: Path, *arguments: str, **variables: str) -> dict[str, dict[str, str]]:
    done = _config(folder, "list", "--json", *arguments, **variables)
    settings: dict[str, dict[str, str]] = json.loads(done.printed)["settings"]
    return settings


def test_what_is_set_is_kept_where_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert _config(tmp_path, "set", "app-name", "orch-dev").code == 0

    file = tmp_path / "funcyard" / "orch.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert _config(tmp_path, "get", "app-name").printed == "orch-dev\n"


def test_a_folder_that_others_could_enter_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "funcyard").mkdir(mode=0o755)
    _config(tmp_path, "set", "app-name", "orch-dev")

    assert stat.S_IMODE((tmp_path / "funcyard").stat().st_mode) == 0o700


def test_an_option_counts_before_the_environment_and_that_before_the_profile(
    tmp_path: Path,
) -> None:
    for name, value in [("app-name", "one"), ("resource-group", "rg-1"), ("cloud", "public")]:
        _config(tmp_path, "set", name, value)
    listed = _listed(tmp_path, "--app-name", "two", AZURE_RESOURCE_GROUP="rg-2")

    assert listed == {
        "resource-group": {"value": "rg-2", "source": "AZURE_RESOURCE_GROUP"},
        "app-name": {"value": "two", "source": "--app-name"},
        "cloud": {"value": "public", "source": "profile default"},
    }


def test_profiles_are_apart_and_named_by_option_or_environment(tmp_path: Path) -> None:
    _config(tmp_path, "set", "app-name", "orch-dev", "--profile", "dev")
    _config(tmp_path, "set", "app-name", "orch-prod", FUNCYARD_PROFILE="prod")

    assert _config(tmp_path, "get", "app-name", "--profile", "dev").printed == "orch-dev\n"
    assert _config(tmp_path, "get", "app-name", FUNCYARD_PROFILE="prod").printed == "orch-prod\n"
    assert _config(tmp_path, "list").printed == "nothing is set\n"


def test_an_empty_value_takes_a_setting_away(tmp_path: Path) -> None:
    _config(tmp_path, "set", "app-name", "orch-dev")
    _config(tmp_path, "set", "app-name", "")

    done = _config(tmp_path, "get", "app-name")
    assert done.code == 2
    assert "error[which-app]: nothing says which app-name is meant" in done.said


def test_a_list_says_where_each_is_from(tmp_path: Path) -> None:
    _config(tmp_path, "set", "subscription-id", _ID)

    assert _config(tmp_path, "list").printed.splitlines() == [
        "setting          value                                 from",
        f"subscription-id  {_ID}  profile default",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("set", "app-name", "Orch_Dev"), "app-name: 'Orch_Dev' is not the name of a container"),
        (("set", "subscription-id", "mine"), "subscription-id: 'mine' is not a subscription's id"),
        (("set", "cloud", "both"), "cloud: 'both' is not public or local"),
        (("set", "password", "s3cret"), "'password' is not one of"),
        (("set", "app-name", "one", "--profile", "a b"), "'a b' is no name of a profile"),
        (("list", "--profile", "dev"), "there is no profile dev"),
        (("list", "--app-name", ""), "--app-name: '' is not the name of a container app"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = _config(tmp_path, *arguments)

    assert done.code == 2
    assert told in done.said


def test_a_variable_that_cannot_be_meant_is_named(tmp_path: Path) -> None:
    done = _config(tmp_path, "list", AZURE_SUBSCRIPTION_ID="mine")

    assert done.code == 2
    assert "AZURE_SUBSCRIPTION_ID: 'mine' is not a subscription's id" in done.said


@pytest.mark.parametrize("text", ["{", "[]", '{"profiles": {"dev": {"password": "s3cret"}}}'])
def test_a_file_that_is_none_of_profiles_is_told_and_left(tmp_path: Path, text: str) -> None:
    file = tmp_path / "funcyard" / "orch.json"
    file.parent.mkdir()
    file.write_text(text)

    for arguments in (("list",), ("set", "app-name", "orch-dev")):
        done = _config(tmp_path, *arguments)
        assert done.code == 1
        assert "error[bad-profiles]" in done.said
        assert "s3cret" not in done.said
    assert file.read_text() == text


def test_a_relative_place_for_settings_is_none(tmp_path: Path) -> None:
    done = funcyard(
        "orch", "config", "set", "app-name", "one", XDG_CONFIG_HOME="here", HOME=str(tmp_path)
    )

    assert done.code == 0
    assert (tmp_path / ".config" / "funcyard" / "orch.json").is_file()
