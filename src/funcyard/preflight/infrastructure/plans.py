"""The App Service plans of function apps, as a deployment describes them.

Property names are those of Microsoft.Web/serverfarms:
https://learn.microsoft.com/azure/templates/microsoft.web/serverfarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.container_apps import display
from funcyard.preflight.infrastructure.settings import SITES
from funcyard.preflight.infrastructure.value import Unknown

if TYPE_CHECKING:
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.resources import Resource
    from funcyard.preflight.infrastructure.value import Value

_PLANS = "Microsoft.Web/serverfarms"
_CONSUMPTION = (("name", "y1"), ("tier", "dynamic"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    Attributes:
        name: Its name, as messages tell it.
        sku: What it costs and offers, with its place.
    """

    name: str
    sku: Value

    @property
    def is_consumption(self) -> bool:
        """Whether it is certainly the Consumption plan, not Flex Consumption."""
        told = ((self.sku.get(name), word) for name, word in _CONSUMPTION)
        return any(value is not None and value.text.lower() == word for value, word in told)


def plan_of(deployment: Deployment, site: Resource) -> Plan | None:
    """Return the plan that a deployment makes for a site, None where that is not told.

    Args:
        deployment: The deployment.
        site: The site; what is none has no plan.
    """
    is_site = site.type.lower() == SITES.lower()
    farm = site.body.get("properties", "serverFarmId") if is_site else None
    if farm is None or not isinstance(farm.data, Unknown):
        return None
    for plan in deployment.of_type(_PLANS):
        sku = plan.body.get("sku")
        if plan.id == farm.data.text and sku is not None:
            return Plan(display(plan.name, plan.symbol), sku)
    return None
