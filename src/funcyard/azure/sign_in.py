"""One sign-in for all clients of an identity, however many ask at once.

A credential asks for each of those who want a token before the first answer is there, keeps apart
those that are revoked within minutes (continuous access evaluation) and those that are not, and
the one of ``az login`` keeps none. Here whoever wants a token for the same waits for the first. It
is kept for all while it counts, and of the former kind, as Resource Manager's clients want it.

https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

    from azure.core.credentials import AccessToken
    from azure.core.credentials_async import AsyncTokenCredential


_RENEWED_BEFORE: Final = 300
"""Seconds before its end from which a token counts no more; clients ask for a new one then, too."""


class SharedSignIn:
    """A credential whose tokens are asked for once; ``async with`` it.

    Args:
        credential: Who signs in; closed with this.
    """

    def __init__(self, credential: AsyncTokenCredential) -> None:
        self._credential = credential
        self._asking: defaultdict[tuple[str, ...], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._kept: dict[tuple[str, ...], AccessToken] = {}

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = True,  # noqa: ARG002 - all tokens are of one kind
        **options: Any,  # noqa: ANN401 - the credential's own
    ) -> AccessToken:
        """Return a token: the one that is kept, or else a new one.

        Args:
            scopes: What it is for.
            claims: What a service wants it to say besides.
            tenant_id: Another tenant than the credential's.
            enable_cae: Always meant.
            options: Further ones of the credential.

        Raises:
            AzureError: Nobody could be signed in.
        """
        wanted = (*scopes, tenant_id or "")
        async with self._asking[wanted]:
            kept = self._kept.get(wanted)
            if kept is None or claims or kept.expires_on - time.time() < _RENEWED_BEFORE:
                kept = await self._credential.get_token(
                    *scopes, claims=claims, tenant_id=tenant_id, enable_cae=True, **options
                )
                self._kept[wanted] = kept
            return kept

    async def close(self) -> None:
        """Close the credential."""
        await self._credential.close()

    async def __aenter__(self) -> Self:
        await self._credential.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        value: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._credential.__aexit__(kind, value, trace)
