"""Signing in: told in one error where it fails, and nothing printed beside it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from funcyard.azure.cloud import PUBLIC
from funcyard.azure.credentials import AzureCli
from funcyard.azure.errors import AzureAuthenticationError
from funcyard.cli.deploy._azure import signed_in
from funcyard.deploy.resources.reach import reached
from funcyard.errors import REFUSED


async def test_whoever_is_not_signed_in_is_told_how_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a new machine nothing is set, and there is no az either."""
    monkeypatch.setenv("PATH", str(tmp_path))

    async with reached(AzureCli(), PUBLIC) as reach:
        with pytest.raises(AzureAuthenticationError, match="nobody is signed in: ") as told:
            await signed_in(reach)

    assert (told.value.hint or "").startswith("az login; or set AZURE_TENANT_ID")
    assert told.value.exit_code == REFUSED


async def test_what_azure_s_clients_log_is_not_printed_between_the_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(logging.root, "handlers", [])  # as in a command, which has none
    monkeypatch.setattr(logging.getLogger("azure"), "handlers", [])

    async with reached(AzureCli(), PUBLIC) as reach:
        with pytest.raises(AzureAuthenticationError):
            await signed_in(reach)
    logging.getLogger("azure.storage.blob._shared").warning("Unexpected return type")

    assert capsys.readouterr().err == ""
