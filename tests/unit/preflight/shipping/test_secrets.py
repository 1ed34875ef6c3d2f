from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.preflight.shipping.secrets import holds_secret

KEY = "-----BEGIN RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [
        (".env", "", True),
        (".env.production", "", True),
        (".env.local.template", "", False),
        (".env.example", "", False),
        ("local.settings.json", "{}", True),
        ("id_rsa", "", True),
        ("id_rsa.pub", "", False),
        ("site.pfx", "", True),
        ("site.pem", KEY, True),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\n", False),
        ("server.key", KEY, True),
        ("translations.key", "hello", False),
        ("environment.py", "", False),
    ],
)
def test_names_tell_it_and_the_text_of_certificates(
    tmp_path: Path, name: str, text: str, *, secret: bool
) -> None:
    (tmp_path / name).write_text(text)

    assert holds_secret(tmp_path / name) is secret
