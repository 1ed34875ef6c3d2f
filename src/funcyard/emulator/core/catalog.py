"""Every type that the local Azure knows; each service describes its own."""

from __future__ import annotations

from funcyard.emulator.authorization import models as authorization
from funcyard.emulator.containerapps import models as containerapps
from funcyard.emulator.core.groups import GROUPS
from funcyard.emulator.core.registry import Registry
from funcyard.emulator.cosmos import models as cosmos
from funcyard.emulator.digitaltwins import models as digitaltwins
from funcyard.emulator.eventgrid import models as eventgrid
from funcyard.emulator.grafana import models as grafana
from funcyard.emulator.iothub import models as iothub
from funcyard.emulator.loganalytics import models as loganalytics
from funcyard.emulator.logic import models as logic
from funcyard.emulator.managed_identity import models as managed_identity
from funcyard.emulator.registries import models as registries
from funcyard.emulator.storage import models as storage
from funcyard.emulator.web import models as web


def registry() -> Registry:
    """Return the types."""
    made = Registry()
    made.add(GROUPS)
    managed_identity.register(made)
    authorization.register(made)
    storage.register(made)
    web.register(made)
    cosmos.register(made)
    iothub.register(made)
    eventgrid.register(made)
    digitaltwins.register(made)
    grafana.register(made)
    logic.register(made)
    loganalytics.register(made)
    registries.register(made)
    containerapps.register(made)
    return made
