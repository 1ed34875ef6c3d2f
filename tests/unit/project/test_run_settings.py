"""Ports and the storage key as this machine sets them; what is wrong is told when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.run_settings import NoKeyError, RunSettings
from funcyard.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_KEY = "AZURITE_ACCOUNT_KEY=a2V5\n"


def _settings(root: Path, env: str, **process: str) -> RunSettings:
    (root / ".env.local").write_text(env)
    return RunSettings(root, process)


def test_ports_come_from_the_process_then_from_the_file_then_from_the_spec(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f"{_KEY}A=8001\nB=8002\n", B="9002")

    assert [settings.port(name, 7000, offset=10) for name in "ABC"] == [8011, 9012, 7010]
    assert settings.azurite_ports() == (10000, 10001, 10002)
    settings.check()


def test_a_port_that_is_none_is_told_only_where_it_is_asked_for(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f"{_KEY}A=8001\nA=eight\n")
    settings.check()

    assert settings.port("A", 7000) == 7000
    with pytest.raises(SettingsError, match=r"\.env\.local:3: A is 'eight': not a port"):
        settings.check()


@pytest.mark.parametrize("key", ["sesame!", "abc", "a2V5 a2V5", "schlüssel"])
def test_a_key_that_is_none_is_told_with_its_line_and_not_shown(tmp_path: Path, key: str) -> None:
    settings = _settings(tmp_path, f"A=1\nAZURITE_ACCOUNT_KEY='{key}'\n")

    with pytest.raises(SettingsError) as fault:
        settings.check()

    assert fault.value.message.endswith(".env.local:2: AZURITE_ACCOUNT_KEY holds no base64")
    assert "funcyard key rotate" in str(fault.value.hint)


def test_a_missing_key_is_told_where_nothing_else_is_wrong(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "AZURITE_ACCOUNT_KEY=\n")

    with pytest.raises(SettingsError, match="elsewhere"):
        settings.check([SettingsError("elsewhere")])
    with pytest.raises(NoKeyError):
        settings.check()


def test_a_file_that_is_no_text_is_told_with_the_others(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_bytes(b"\xff")
    settings = RunSettings(tmp_path, {})

    with pytest.raises(SettingsError, match=r"\.env\.local: cannot be read: (?s:.*)\nelsewhere$"):
        settings.check([SettingsError("elsewhere")])
