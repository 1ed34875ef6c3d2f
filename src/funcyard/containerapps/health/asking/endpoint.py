"""Where an app is reached: what its name resolves to, and what its root answers."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from funcyard.containerapps.health.facts import Endpoint
from funcyard.deployed.asking import ask_home

if TYPE_CHECKING:
    from funcyard.azure.cloud import Cloud
    from funcyard.containerapps.models import App

_PORT: Final = 443


def address_of(app: App) -> str:
    """Return where an app is asked by HTTP from outside of its environment; empty for nowhere."""
    ingress = app.ingress
    if ingress is None or not ingress.external or not ingress.fqdn or ingress.is_tcp:
        return ""
    return f"https://{ingress.fqdn}"


async def ask_endpoint(url: str, cloud: Cloud, patience: float) -> Endpoint:
    """Return what a request meets on its way to an app; one at zero replicas is started by it."""
    host = urlsplit(url).hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, _PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (socket.gaierror, UnicodeError) as fault:
        return Endpoint(url, fault=getattr(fault, "strerror", None) or str(fault))
    addresses = sorted({str(one[4][0]) for one in found})
    home = await asyncio.to_thread(ask_home, url, patience=patience, trusted=cloud.trusted())
    return Endpoint(
        url,
        tuple(one for one in addresses if ip_address(one).version == 4),  # noqa: PLR2004
        tuple(one for one in addresses if ip_address(one).version == 6),  # noqa: PLR2004
        home=home,
    )
