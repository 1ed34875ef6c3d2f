"""What the slots need: credentials of each cloud that is Azure, and the graph that lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.twin.config.clouds import Providers, provider_of
from funcyard.twin.config.credentials import Credentials
from funcyard.twin.config.files import CREDENTIALS, HIERARCHY, PROVIDERS
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.hierarchy import Hierarchy
from funcyard.twin.providers.registry import LATER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.parts import Parts


def check(parts: Parts) -> Iterator[Fault]:
    """Yield a fault for each cloud without credentials, and a warning for what is not there yet."""
    providers, credentials = parts.get(Providers), parts.get(Credentials)
    if providers is None:
        return
    for slot, cloud in providers.slots():
        if provider_of(cloud) in LATER:
            message = f"{LATER[provider_of(cloud)]} is not deployed to yet"
            yield Fault(PROVIDERS, (slot,), message, severity=Severity.WARNING)
    used = {cloud: slot for slot, cloud in providers.slots() if provider_of(cloud) == "azure"}
    if credentials is not None:
        for cloud in sorted(used.keys() - credentials.clouds.keys()):
            message = f"has no entry {cloud}, which holds {used[cloud]}"
            yield Fault(CREDENTIALS, (), message)
        for cloud in sorted(credentials.clouds.keys() - used.keys()):
            message = "no slot names this cloud"
            yield Fault(CREDENTIALS, (cloud,), message, severity=Severity.WARNING)
    if parts.get(Hierarchy) is None and parts.is_whole(HIERARCHY) and _graph_is_azure(providers):
        yield Fault(
            PROVIDERS,
            ("layer_4_provider",),
            f"there is no {HIERARCHY}, which says what the graph begins with",
        )


def _graph_is_azure(providers: Providers) -> bool:
    return provider_of(providers.layer_4_provider) == "azure"
