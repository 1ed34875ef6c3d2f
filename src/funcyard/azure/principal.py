"""Who an identity is in its tenant, as roles name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt

from funcyard.azure.errors import AzureFailedError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud


async def principal_of(credential: AsyncTokenCredential, cloud: Cloud) -> str:
    """Return the object id of whoever a credential signs in as.

    It is read from a token of Resource Manager's, which tells its bearer that much; whether the
    token is good is for Resource Manager to say.

    Raises:
        AzureError: Nobody could be signed in.
        AzureFailedError: The token does not tell.
    """
    token = await credential.get_token(f"{cloud.manager_audience}/.default")
    try:
        claims = jwt.decode(token.token, options={"verify_signature": False})
    except jwt.PyJWTError as fault:
        raise AzureFailedError("the token does not tell whose it is") from fault
    if not isinstance(claims.get("oid"), str):
        raise AzureFailedError("the token does not tell whose it is")
    return str(claims["oid"])
