"""Where neighbouring layers lie in different clouds: who sends, and what L0 has to receive.

Made of the slots alone. A receiver lies in the cloud of the layer that it serves, in that cloud's
L0 app; sender and receiver share a token (``contract/tokens.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.twin.config.clouds import provider_of
from funcyard.twin.contract import settings
from funcyard.twin.contract.functions import Function, function

if TYPE_CHECKING:
    from funcyard.twin.config.clouds import Providers


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two neighbours, and what passes between them.

    Attributes:
        name: What the boundary is called.
        sender: The slot of the layer that calls.
        receiver: The slot of the layer that is called, and in whose cloud the receivers lie.
        callers: The functions that call, with their layer.
        addresses: The setting of the callers with the address of each receiver, by its name.
        connections: What each receiver is called in ``config_inter_cloud.json``, by its name.
    """

    name: str
    sender: str
    receiver: str
    callers: tuple[tuple[str, str], ...]
    addresses: dict[str, str]
    connections: dict[str, str]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A crossing whose two sides lie in different clouds.

    Attributes:
        crossing: What passes.
        sender: The cloud that calls.
        receiver: The cloud that is called.
    """

    crossing: Crossing
    sender: str
    receiver: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.crossing.name

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions of L0 that receive."""
        return tuple(function(name, "l0") for name in self.crossing.addresses)

    @property
    def token(self) -> str:
        """The setting with the token, in sender and receiver alike."""
        return next(one.token for one in self.functions if one.token is not None)

    @property
    def callers(self) -> tuple[Function, ...]:
        """The functions that call the receivers."""
        return tuple(function(name, layer) for name, layer in self.crossing.callers)

    @property
    def connections(self) -> dict[str, str]:
        """The name of each receiver in ``config_inter_cloud.json``, by its function."""
        parts = {"sender": self.sender, "receiver": self.receiver}
        return {name: told.format(**parts) for name, told in self.crossing.connections.items()}


CROSSINGS: Final = (
    Crossing(
        "ingestion",
        "layer_1_provider",
        "layer_2_provider",
        (("connector", "l1"),),
        {"ingestion": settings.INGESTION_URL},
        {"ingestion": "{sender}_l1_to_{receiver}_l2"},
    ),
    Crossing(
        "hot-writer",
        "layer_2_provider",
        "layer_3_hot_provider",
        (("persister", "l2"),),
        {"hot-writer": settings.HOT_WRITER_URL},
        {"hot-writer": "{sender}_l2_to_{receiver}_l3"},
    ),
    Crossing(
        "cold-writer",
        "layer_3_hot_provider",
        "layer_3_cold_provider",
        (("hot-to-cold-mover", "l3"),),
        {"cold-writer": settings.COLD_WRITER_URL},
        {"cold-writer": "{sender}_l3hot_to_{receiver}_l3cold"},
    ),
    Crossing(
        "archive-writer",
        "layer_3_cold_provider",
        "layer_3_archive_provider",
        (("cold-to-archive-mover", "l3"),),
        {"archive-writer": settings.ARCHIVE_WRITER_URL},
        {"archive-writer": "{sender}_l3cold_to_{receiver}_l3archive"},
    ),
    Crossing(
        "hot-reader",
        "layer_4_provider",
        "layer_3_hot_provider",
        (
            ("digital-twin-data-connector", "l4"),
            ("digital-twin-data-connector-last-entry", "l4"),
        ),
        {
            "hot-reader": settings.HOT_READER_URL,
            "hot-reader-last-entry": settings.HOT_READER_LAST_ENTRY_URL,
        },
        {
            "hot-reader": "{receiver}_l3_to_{sender}_l4",
            "hot-reader-last-entry": "{receiver}_l3_to_{sender}_l4_last_entry",
        },
    ),
    Crossing(
        "adt-pusher",
        "layer_2_provider",
        "layer_4_provider",
        (("persister", "l2"),),
        {"adt-pusher": settings.ADT_PUSHER_URL},
        {"adt-pusher": "{sender}_l2_to_{receiver}_l4"},
    ),
)
"""Every pair of layers of which one calls the other; readings flow the way that a name says, so the
reader's is called from its target."""


def boundaries(providers: Providers) -> tuple[Boundary, ...]:
    """Return the boundaries of a twin, in the order in which readings pass.

    A graph that is no Azure Digital Twins asks for readings itself, so none are pushed to it.
    """
    slots = dict(providers.slots())
    found = (Boundary(one, slots[one.sender], slots[one.receiver]) for one in CROSSINGS)
    return tuple(one for one in found if one.sender != one.receiver and not _is_pulled(one))


def receivers_in(providers: Providers, cloud: str) -> tuple[Boundary, ...]:
    """Return the boundaries whose receivers lie in the L0 app of a cloud."""
    return tuple(one for one in boundaries(providers) if one.receiver == cloud)


def _is_pulled(boundary: Boundary) -> bool:
    return boundary.name == "adt-pusher" and provider_of(boundary.receiver) != "azure"
