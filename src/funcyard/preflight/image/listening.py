"""The port on which the Functions host in an image listens.

Microsoft's images set ``ASPNETCORE_URLS=http://+:80``; that variable, set again, moves the port
(https://github.com/Azure/azure-functions-docker, host/4). An image that starts something else, or
is built on another image, may listen anywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.oci.reference import read_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.preflight.image.dockerfile import Stage

DEFAULT = "80"
"""The port of Microsoft's images."""
_URLS, _PORTS = "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS"
_PORT = re.compile(r":(\d+)/?$")
_HOST = re.compile(r"start_nonappservice|Microsoft\.Azure\.WebJobs\.Script\.WebHost")


def ports_of(stage: Stage, given: Mapping[str, str | None]) -> frozenset[str] | None:
    """Return the ports on which an image's host may listen, None where that cannot be told.

    Args:
        stage: What the image is made of.
        given: Variables that the container gets; a value is None where it is not known.
    """
    base = read_reference(stage.image.value) if stage.image.value else None
    starts = [stage.start(keyword) for keyword in ("ENTRYPOINT", "CMD")]
    if base is None or not base.is_functions_host:
        return None
    if any(start is not None and not _HOST.search(start.text) for start in starts):
        return None
    urls, ports = _setting(stage, given, _URLS), _setting(stage, given, _PORTS)
    if "" in (urls, ports):
        return None
    found = {DEFAULT} if urls is None else _of_urls(urls)
    # The addresses win over the bare ports where both are set, as they are in Microsoft's images;
    # so bare ports are taken as possible, not as certain.
    return frozenset(found | set(re.findall(r"\d+", ports or ""))) or None


def _setting(stage: Stage, given: Mapping[str, str | None], name: str) -> str | None:
    """Return a variable, empty where it is set to what is not known, None where it is not set."""
    if name in given:
        return given[name] or ""
    found = stage.setting(name)
    return None if found is None else (found.value or "")


def _of_urls(urls: str) -> set[str]:
    addresses = [address.strip() for address in urls.split(";")]
    found = {match[1] for address in addresses if (match := _PORT.search(address))}
    return found | ({DEFAULT} if any(_bare(address) for address in addresses) else set())


def _bare(address: str) -> bool:
    return re.fullmatch(r"http://[^:/]+/?", address) is not None
