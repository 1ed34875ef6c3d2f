"""Ask Azure for a container app, and tell what it does not tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.azure.credentials import AzureCli
from funcyard.azure.described_app import DescribedApp, describe_app
from funcyard.azure.errors import AzureAuthenticationError
from funcyard.errors import UNREACHABLE
from funcyard.preflight.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.azure.errors import AzureFailedError
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Live


def described(live: Live, tell: Callable[[str], None]) -> DescribedApp:
    """Return what Azure tells of a container app.

    Args:
        live: The app.
        tell: Is told in words that an Azure that is busy is waited for.
    """
    return asyncio.run(describe_app(live.resource, live.identity, live.cloud, tell=tell))


def untold(facts: Facts, rule: Rule, *, reached: bool) -> Iterator[Finding]:
    """Yield a rule's findings for what Azure did not tell.

    An app that is not described is an error; where its revisions or its environment are not, the
    rules know less, which is a warning.

    Args:
        facts: The facts.
        rule: The rule.
        reached: Whether those are wanted where Azure answered, or those where it did not.
    """
    online, told = facts.request.online, facts.described
    if told is None or online is None or online.live is None:
        return
    for fault in told.faults:
        if (fault.exit_code == UNREACHABLE) == reached:
            continue
        yield rule.found(
            "",
            0,
            f"{online.app}: {fault.message}",
            evidence=str(online.live.resource),
            next=_next(fault, online.live),
            severity=None if told.app is None else Severity.WARNING,
        )


_NOT_THERE = {
    "ResourceNotFound": "az containerapp list -g {group} -o table",
    "ResourceGroupNotFound": "az group list -o table",
    "SubscriptionNotFound": "az account list -o table",
    "InvalidSubscriptionId": "az account list -o table",
    "AuthorizationFailed": "have the role Reader given on the app and on its environment",
}
"""What to do, by Azure's own code."""


def _next(fault: AzureFailedError, live: Live) -> str:
    known = _NOT_THERE.get(fault.service_code)
    if known is not None:
        return known.format(group=live.resource.group)
    if isinstance(fault, AzureAuthenticationError) and isinstance(live.identity, AzureCli):
        return "az login"
    return fault.hint or ""
