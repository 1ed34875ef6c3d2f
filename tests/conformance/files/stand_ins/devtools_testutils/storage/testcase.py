"""Tokens for tests that only look at addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from azure.storage.fileshare import AccountSasPermissions, ResourceTypes, generate_account_sas


def generate_sas_token() -> str:
    """Return a token that nothing accepts."""
    token = generate_account_sas(
        account_name="test",
        account_key="YWFhYQ==",
        resource_types=ResourceTypes(object=True),
        permission=AccountSasPermissions(read=True),
        expiry=datetime.now(UTC) + timedelta(hours=24),
    )
    return f"?{token}"
