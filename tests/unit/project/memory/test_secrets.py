from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project.memory.secrets import SecretRefusedError, find_secret, refuse, withhold

_HEX = "0123456789abcdef"
_SECRETS = [
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=c2hvcnQ=;EndpointSuffix=y",
    "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=abc123",
    "https://x.blob.core.windows.net/c?sv=2024&sig=" + "a1" * 10,
    "SharedAccessSignature=sv%3D2024",
    "-----BEGIN RSA PRIVATE KEY----- MIIE",
    "curl 'http://localhost:7071/api/load?code=" + _HEX + "'",
    "x-functions-key: " + _HEX,
    "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + ".sig",
    "Authorization: Bearer " + _HEX * 2,
    "gh" + "p_" + _HEX * 2,
    "github" + "_pat_" + _HEX * 2,
    "AK" + "IA" + "A1B2C3D4E5F6G7H8",
    "xo" + "xb-" + _HEX,
    "abc8Q~" + "d" * 33,
    "postgres://anna:hunter2@localhost/db",
    "password=hunter2!x",
    "DB_PASSWORD: 'correct1horse'",
    "api_key = " + _HEX,
]
_HARMLESS = [
    "",
    "Custom key generated and stored in `.env.local` (not committed to Git)",
    "UseDevelopmentStorage=true",
    "set AZURITE_ACCOUNT_KEY=${AZURITE_ACCOUNT_KEY} in the shell",
    "password: <yours>",
    "token=%API_TOKEN%",
    "The password is in Key Vault, secret loader-db",
    "fixed in commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sha256 " + "ab12" * 16,
    "functions/orchestrator/tests/test_function_app.py:120",
    "http://localhost:10350 and http://127.0.0.1:7071/api/hello?name=Anna",
    "mcr.microsoft.com/azure-functions/python:4-python3.11",
    "contact anna@example.com",
]


@pytest.mark.parametrize("text", _SECRETS)
def test_key_like_material_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(SecretRefusedError) as refused:
        refuse(f"remember {text} please", what="the note")
    said = f"{refused.value.message} {refused.value.hint}"
    assert not any(word in said for word in text.split() if len(word) > 12)
    clean, kinds = withhold(text)
    assert kinds
    assert find_secret(clean) is None


@pytest.mark.parametrize("text", _HARMLESS)
def test_what_is_no_secret_may_be_remembered(text: str) -> None:
    assert find_secret(text) is None
    assert withhold(text) == (text, ())


@given(st.binary(min_size=64, max_size=64), st.sampled_from(["{}", "key `{}`.", "a={};b", "({})"]))
def test_no_storage_account_key_passes(key: bytes, form: str) -> None:
    text = form.format(base64.b64encode(key).decode())
    assert find_secret(text)
    assert base64.b64encode(key).decode() not in withhold(text)[0]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part", ["a", "a-", "eyJ", "://a:", "Bearer ", "-----BEGIN ", "&sig", "Q~"]
)
def test_a_long_text_is_searched_in_good_time(part: str) -> None:
    assert find_secret(part * (200_000 // len(part))) in (None, "a bearer token")
