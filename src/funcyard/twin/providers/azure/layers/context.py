"""What the layers of a twin are made of, beside its configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.deploy.refs import Given
from funcyard.twin.boundaries import boundaries
from funcyard.twin.describing import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.twin.boundaries import Boundary
    from funcyard.twin.config.twin import Twin
    from funcyard.twin.providers.azure.packages import AppPackage
    from funcyard.twin.providers.azure.places import Place


@dataclass(frozen=True)
class Context:
    """A twin that is deployed, and all that its layers need to know.

    Attributes:
        twin: Its configuration.
        places: Where its parts lie, by the name of each cloud that is Azure.
        packages: What the app of each layer in each cloud is shipped with; where it has none
            there, nothing.
        secret: Returns the secret of a name, the same one in every run.
        receivers_secret: Returns what the receiver of a token accepts: one secret or two.
        principal: Object id of who deploys, who is let into the graph of twins.
        environ: Where the secrets of receivers are that somebody else deployed.
        clock: The clock of a twin whose days pass in seconds, None for the time of day.
    """

    twin: Twin
    places: Mapping[str, Place]
    packages: Mapping[tuple[str, str], AppPackage]
    secret: Callable[[str], Given]
    receivers_secret: Callable[[str], Given]
    principal: str
    environ: Mapping[str, str]
    clock: str | None = None

    def cloud_of(self, slot: str) -> str:
        """Return the cloud of a slot such as ``layer_3_hot_provider``."""
        return str(getattr(self.twin.providers, slot))

    def place_of(self, slot: str) -> Place | None:
        """Return where a slot's layer lies, None where that is no Azure."""
        return self.places.get(self.cloud_of(slot))

    def holds(self, place: Place, slot: str) -> bool:
        """Whether a slot's layer lies in a place."""
        return self.cloud_of(slot) == place.cloud

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """Where neighbouring layers lie in different clouds."""
        return boundaries(self.twin.providers)

    @property
    def info(self) -> str:
        """What every function is told of its twin."""
        return describe(self.twin).write()

    def told(self, setting: str) -> Given:
        """Return the secret that a variable of whoever deploys holds."""
        return Given(f"env:{setting}", self.environ.get(setting, ""))
