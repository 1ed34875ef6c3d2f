from __future__ import annotations

import sys
from pathlib import Path

import pytest

from funcyard.cli._check_online import KEY, LogError, OnlineError, log_of, online_of
from funcyard.preflight.target import Online, Target

API = Target(name="api", directory=Path("/p/api"), interpreter=Path(sys.executable))
WEB = Target(name="web-2", directory=Path("/p/web-2"), interpreter=Path(sys.executable))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example:8443/", "https://api.example:8443"),
        ("api.example", "https://api.example"),
        ("http://localhost:7071", "http://localhost:7071"),
        ("http://127.0.0.1:7071", "http://127.0.0.1:7071"),
        ("http://[::1]:7071", "http://[::1]:7071"),
        ("api=https://api.example", "https://api.example"),
    ],
)
def test_an_address_is_that_of_the_only_app(text: str, url: str) -> None:
    assert online_of(text, [API], {KEY: " sesame\n"}) == Online(url, "sesame", "api")


def test_without_a_key_the_app_is_asked_without_one_over_http_too() -> None:
    assert online_of("http://api.example", [API], {}) == Online("http://api.example", "", "api")


def test_of_several_apps_one_has_to_be_named() -> None:
    assert online_of("web-2=https://x.example", [API, WEB], {}).app == "web-2"
    with pytest.raises(OnlineError, match="2 apps are checked") as fault:
        online_of("https://x.example", [API, WEB], {})
    assert fault.value.hint == "--online api=https://x.example"
    with pytest.raises(OnlineError, match="no app 'shop' is checked") as fault:
        online_of("shop=https://x.example", [API, WEB], {})
    assert fault.value.hint == "there are: api, web-2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no address"),
        ("https://", "is no address"),
        ("ftp://api.example", "is no address"),
        ("https://api.example:port", "is no address"),
        ("https://[::1", "is no address"),
        ("https://a b.example", "is no address"),
        ("https://api.example\n", "is no address"),
        ("https://api.example/api/hello", "more than the address"),
        ("https://api.example?code=x", "more than the address"),
        ("https://user:word@api.example", "more than the address"),
    ],
)
def test_what_is_no_address_of_an_app_is_refused(text: str, said: str) -> None:
    with pytest.raises(OnlineError, match=said):
        online_of(text, [API], {})


@pytest.mark.parametrize("host", ["api.example", "10.0.0.4", "localhost.example"])
def test_the_key_is_never_sent_in_the_clear(host: str) -> None:
    with pytest.raises(OnlineError, match="in the clear"):
        online_of(f"http://{host}", [API], {KEY: "sesame"})


@pytest.mark.parametrize("key", ["ses\name", "sésame", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(OnlineError) as fault:
        online_of("https://api.example", [API], {KEY: key})
    assert key not in fault.value.message


def test_a_log_is_told_by_its_path_from_the_checked_folder(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_bytes(b"caf\xe9\n")

    log = log_of(str(tmp_path / "logs" / "app.log"), tmp_path / "app")

    assert (log.name, log.text) == ("../logs/app.log", "caf\ufffd\n")


@pytest.mark.parametrize("name", ["missing.log", "."])
def test_a_log_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LogError, match="cannot be read"):
        log_of(str(tmp_path / name), tmp_path)
