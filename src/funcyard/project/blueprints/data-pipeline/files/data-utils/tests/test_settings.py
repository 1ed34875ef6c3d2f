import pytest
from data_utils import settings
from data_utils.errors import SettingError


def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOADER_URL", " ")
    with pytest.raises(SettingError, match="LOADER_URL is missing"):
        settings.text("LOADER_URL")


@pytest.mark.parametrize("value", ["0", "-5", "1.5", "many", "101", "9" * 5_000, "\u0667"])
def test_number_out_of_its_range_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUNK_ROWS", value)
    with pytest.raises(SettingError, match="not a number from 1 to 100"):
        settings.whole_number("CHUNK_ROWS", default=7, low=1, high=100)


def test_number_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHUNK_ROWS", raising=False)
    assert settings.whole_number("CHUNK_ROWS", default=7, low=1, high=100) == 7
    monkeypatch.setenv("CHUNK_ROWS", "100")
    assert settings.whole_number("CHUNK_ROWS", default=7, low=1, high=100) == 100


def test_environment_is_one_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PALANTE_ENVIRONMENT", raising=False)
    assert settings.environment() == "development"
    monkeypatch.setenv("PALANTE_ENVIRONMENT", "prod")
    with pytest.raises(SettingError, match="development, staging, production"):
        settings.environment()
