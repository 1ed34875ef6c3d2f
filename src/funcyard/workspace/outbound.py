"""How the platform reaches Git and GitHub: through which proxy, and trusting whom.

The usual variables say it: ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``, in small letters too,
and ``GIT_SSL_CAINFO``, whom Git trusts; ``SSL_CERT_FILE`` may be that of an Azure on this machine.
Nothing that is on this machine is asked for through a proxy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

from funcyard.errors import UsageError
from funcyard.loopback import on_loopback
from funcyard.workspace.git.process import Git
from funcyard.workspace.http_address import is_word

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMES: Final = ("http", "https")
_HERE: Final = "localhost,.localhost,127.0.0.0/8,127.0.0.1,::1"


class ProxyError(UsageError):
    """What a variable names cannot be a proxy."""

    code = "workspace-proxy"


@dataclass(frozen=True, slots=True)
class Outbound:
    """How requests leave.

    Attributes:
        proxies: Address of a proxy, by the scheme of what is asked for.
        direct: The hosts that are asked directly, as ``NO_PROXY`` lists them.
        certificates: PEM file of the authorities that Git trusts instead of the machine's own.
    """

    proxies: Mapping[str, str] = field(default_factory=dict)
    direct: str = ""
    certificates: Path | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Outbound:
        """Read the variables.

        Raises:
            ProxyError: One names no proxy that speaks HTTP.
        """
        told = {"http": _told(values, "HTTP_PROXY"), "https": _told(values, "HTTPS_PROXY")}
        certificates = values.get("GIT_SSL_CAINFO")
        return cls(
            proxies={scheme: _address(proxy) for scheme, proxy in told.items() if proxy},
            direct=_told(values, "NO_PROXY"),
            certificates=Path(certificates) if certificates else None,
        )

    def proxy_of(self, url: str) -> str | None:
        """Return the proxy for an address, None where it is asked directly."""
        parts = urlsplit(url)
        passed_by = proxy_bypass_environment(parts.netloc.rpartition("@")[2], {"no": self.direct})
        if on_loopback(url) or passed_by:
            return None
        return self.proxies.get(parts.scheme)

    def git(self) -> Git:
        """Return Git, told the same."""
        variables = {f"{scheme}_proxy": proxy for scheme, proxy in self.proxies.items()}
        if variables:
            variables["no_proxy"] = ",".join(filter(None, [self.direct, _HERE]))
        return Git(certificates=self.certificates, proxies=variables)


def _told(values: Mapping[str, str], name: str) -> str:
    return values.get(name.lower()) or values.get(name) or ""


def _address(proxy: str) -> str:
    """Return a proxy's address with its scheme.

    Raises:
        ProxyError: It is none, or of one that does not speak HTTP.
    """
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        good = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0 and is_word(address)
    except ValueError:
        good = False
    if not good:  # it may hold a password, so it is not repeated
        raise ProxyError(
            "HTTPS_PROXY or HTTP_PROXY names no HTTP proxy", hint="http://[USER:PASSWORD@]HOST:PORT"
        )
    return address
