"""Subscriptions, their regions, and the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core.core import SUBSCRIPTIONS
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.versions import SUBSCRIPTIONS as VERSIONS
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json

_KIND = "Microsoft.Resources/subscriptions"


async def list_subscriptions(call: Call) -> Answer:
    """Return all subscriptions."""
    call.check_version(_KIND, VERSIONS)
    shown = [_subscription(call.core, one) for one in SUBSCRIPTIONS]
    count = {"type": "Total", "value": len(shown)}
    return Answer(200, {"value": shown, "count": count})


async def get_subscription(call: Call) -> Answer:
    """Return a subscription."""
    call.check_version(_KIND, VERSIONS)
    return Answer(200, _subscription(call.core, call.request.path.split("/")[2]))


async def list_locations(call: Call) -> Answer:
    """Return the regions of a subscription."""
    call.check_version(_KIND, VERSIONS)
    scope = call.request.path.rstrip("/").rpartition("/")[0]
    shown = [
        {
            "id": f"{scope}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": display,
            "regionalDisplayName": display,
            "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
        }
        for name, display in REGIONS.items()
    ]
    return Answer(200, {"value": shown})


async def list_tenants(call: Call) -> Answer:
    """Return the tenant."""
    call.check_version("Microsoft.Resources/tenants", VERSIONS)
    tenant = call.core.issuer.tenant.id
    return Answer(
        200,
        {"value": [{"id": f"/tenants/{tenant}", "tenantId": tenant, "tenantCategory": "Home"}]},
    )


def _subscription(core: Core, identifier: str) -> Json:
    return {
        "id": f"/subscriptions/{identifier}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": identifier,
        "tenantId": core.issuer.tenant.id,
        "displayName": f"Local subscription {SUBSCRIPTIONS.index(identifier) + 1}",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
