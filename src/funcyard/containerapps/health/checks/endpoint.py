"""Whether the app can be reached: its name, its certificate, an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, skips, warns
from funcyard.deployed.answers import STOPPED

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Endpoint, Facts
    from funcyard.containerapps.health.results import Judgement
    from funcyard.deployed.answers import Exchange

NAME: Final = "endpoint"
_SERVER_ERROR: Final = 500


def check(facts: Facts) -> Judgement:
    """Judge what a request from here meets."""
    ingress, endpoint = facts.existing.ingress, facts.endpoint
    if ingress is None:
        return skips("it has no ingress")
    if endpoint is None:
        kind = "takes TCP, and not HTTP" if ingress.is_tcp else "is reached from its network only"
        return skips(f"{ingress.fqdn} {kind}")
    if facts.is_out_of_reach:
        return warns(f"not known: its network alone reaches the environment of {endpoint.url}")
    if endpoint.fault:
        message = f"the name of {endpoint.url} does not resolve: {endpoint.fault}"
        return fails(message, next=f"nslookup {endpoint.url.split('//')[-1]}")
    if endpoint.home is None:
        return warns(f"{endpoint.url} was not asked")
    return _answered(endpoint, endpoint.home)


def _answered(endpoint: Endpoint, home: Exchange) -> Judgement:
    kinds = (("IPv4", endpoint.ipv4), ("IPv6", endpoint.ipv6))
    addresses = "; ".join(f"{kind}: {', '.join(found) or 'none'}" for kind, found in kinds)
    logs = "funcyard orch logs --system"
    if home.failure:
        is_tls = "certificate" in home.failure or "TLS" in home.failure
        depth = Depth.CAUSE if is_tls else Depth.SYMPTOM
        return fails(f"{endpoint.url}: {home.failure}", (addresses, home.quoted), logs, depth)
    message = f"{endpoint.url} answers {home.status}"
    if home.status >= _SERVER_ERROR or STOPPED in home.body:
        return fails(message, (addresses, home.quoted), logs, Depth.SYMPTOM)
    return passes(message, (addresses,))
