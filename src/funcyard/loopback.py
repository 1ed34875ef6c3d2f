"""Whether an address is this machine alone: what goes there passes no proxy and needs no TLS."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def names_loopback(host: str) -> bool:
    """Whether a host is this machine alone: ``localhost``, a name below it, a loopback address.

    Args:
        host: A name or an IP address, in brackets or not.
    """
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def on_loopback(address: str) -> bool:
    """Whether what a URL names is this machine alone; a text that is no URL names nothing."""
    try:
        return names_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
