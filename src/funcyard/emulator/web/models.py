"""What Microsoft.Web has here: plans, sites and the parts of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.web import sites
from funcyard.emulator.web.config import CONFIGS, POLICIES
from funcyard.emulator.web.deployed import DEPLOYMENTS
from funcyard.emulator.web.functions import FUNCTIONS, HOSTS
from funcyard.emulator.web.host_keys import HOST_KEYS
from funcyard.emulator.web.plans import PLANS

if TYPE_CHECKING:
    from funcyard.emulator.core.registry import Registry


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.Web."""
    registry.add(PLANS, CONFIGS, POLICIES, FUNCTIONS, HOSTS, HOST_KEYS, DEPLOYMENTS)
    sites.register(registry)
