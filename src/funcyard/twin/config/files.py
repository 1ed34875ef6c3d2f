"""The files of a twin's folder: which model each has, and which are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.twin.config.clouds import Providers
from funcyard.twin.config.credentials import Credentials
from funcyard.twin.config.devices import Devices
from funcyard.twin.config.events import Events
from funcyard.twin.config.general import Config
from funcyard.twin.config.hierarchy import Hierarchy
from funcyard.twin.config.inter_cloud import InterCloud
from funcyard.twin.config.optimization import Optimization
from funcyard.twin.config.simulation import Simulation

if TYPE_CHECKING:
    from pydantic import BaseModel

CONFIG: Final = "config.json"
DEVICES: Final = "config_iot_devices.json"
PROVIDERS: Final = "config_providers.json"
CREDENTIALS: Final = "config_credentials.json"
OPTIMIZATION: Final = "config_optimization.json"
EVENTS: Final = "config_events.json"
INTER_CLOUD: Final = "config_inter_cloud.json"
SIMULATION: Final = "iot_device_simulator/simulation.json"
HIERARCHY: Final = "twin_hierarchy/azure_hierarchy.json"

PROCESSORS: Final = "processors"
CODE: Final = "process.py"

MODELS: Final[dict[str, type[BaseModel]]] = {
    CONFIG: Config,
    DEVICES: Devices,
    PROVIDERS: Providers,
    CREDENTIALS: Credentials,
    OPTIMIZATION: Optimization,
    EVENTS: Events,
    INTER_CLOUD: InterCloud,
    HIERARCHY: Hierarchy,
    SIMULATION: Simulation,
}
"""Every file, in the order in which faults are told."""

NEEDED: Final = frozenset({CONFIG, DEVICES, PROVIDERS, CREDENTIALS, OPTIMIZATION})
"""Without these there is no twin; the hierarchy is needed where Azure holds L4."""

SECRET: Final = frozenset({CREDENTIALS, INTER_CLOUD})
"""What stands in these is never shown: it may be a secret, though it should be none."""
