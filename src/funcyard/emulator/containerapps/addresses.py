"""Where the data plane of Container Apps answers: one address for the streams of all.

In Azure that is ``REGION.azurecontainerapps.dev``; here a port of this machine, which answers of
the Resource Manager tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.planes import told_as_failed

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

STREAMS: Final = "container apps"
"""The name of the plane."""


def path_of(kept: Kept, kind: str) -> str:
    """Return the path at which the streams of a resource begin; it names no provider."""
    target = kept.target
    group = f"/subscriptions/{target.subscription}/resourceGroups/{target.group}"
    return f"{group}/{kind}/{target.names[0]}"


def event_stream(core: Core, kept: Kept, kind: str) -> str:
    """Return the address of the events of an environment, an app or a job.

    Raises:
        ArmError: No port can be bound for it.
    """
    return f"https://{streams(core)}{path_of(kept, kind)}/eventstream"


def streams(core: Core) -> str:
    """Return host and port of the data plane.

    Raises:
        ArmError: No port can be bound for it.
    """
    with told_as_failed():
        return core.planes.reserve(STREAMS)


def front(kept: Kept) -> str:
    """Return the name of the plane at which an app or one revision of it answers."""
    return f"container app {kept.key}"


def fqdn(core: Core, kept: Kept) -> str:
    """Return where an app or one revision of it answers: host and port.

    Raises:
        ArmError: No port can be bound for it.
    """
    with told_as_failed():
        return core.planes.reserve(front(kept))
