"""What connections by hand are for: receivers in a cloud to which Funcyard deploys nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.twin.boundaries import boundaries
from funcyard.twin.config.clouds import Providers, provider_of
from funcyard.twin.config.files import INTER_CLOUD, PROVIDERS
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.inter_cloud import InterCloud
from funcyard.twin.providers.registry import DEPLOYED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.boundaries import Boundary
    from funcyard.twin.config.parts import Parts


def check(parts: Parts) -> Iterator[Fault]:
    """Yield a fault for each connection that is missing or stands for nothing."""
    providers = parts.get(Providers)
    if providers is None or not parts.is_whole(INTER_CLOUD):
        return
    inter_cloud = parts.get(InterCloud)
    given = inter_cloud.connections if inter_cloud else {}
    needed = {name for one in boundaries(providers) for name in _needed(one)}
    known = {name for one in boundaries(providers) for name in one.connections.values()}
    for name in given:
        path = ("connections", name)
        if name not in known:
            hint = f"boundaries here: {', '.join(sorted(known))}" if known else "there is none"
            yield Fault(INTER_CLOUD, path, "no two neighbours are connected by this", hint)
        elif name not in needed:
            message = "is not needed: Funcyard deploys that receiver, or nothing that calls it"
            yield Fault(INTER_CLOUD, path, message, severity=Severity.WARNING)
    for one in boundaries(providers):
        for name in _needed(one):
            if name not in given:
                message = (
                    f"{one.sender} sends to {one.receiver} here, where Funcyard deploys nothing: "
                    f"{INTER_CLOUD} has no connection {name}"
                )
                yield Fault(PROVIDERS, (one.crossing.receiver,), message)


def _needed(boundary: Boundary) -> tuple[str, ...]:
    """Return the connections that somebody has to give: we call, and others receive."""
    we_call = provider_of(boundary.sender) in DEPLOYED
    we_receive = provider_of(boundary.receiver) in DEPLOYED
    return tuple(boundary.connections.values()) if we_call and not we_receive else ()
