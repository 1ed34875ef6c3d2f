"""Which Azure is meant, the public cloud or one on this machine, and where its services are.

Every client is made for a :class:`Cloud`, so the same code runs against either.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from azure.core.pipeline.transport import AioHttpTransport

from funcyard.azure.transport import TrustingTransport
from funcyard.errors import UsageError
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 30
_TENANT: Final = re.compile(r"[0-9A-Za-z.-]{1,253}")
_VAULT: Final = re.compile(r"(?=.{3,24}$)[A-Za-z](?:-?[0-9A-Za-z])*")


class CloudError(UsageError):
    """An address or name that no cloud has."""

    code = "bad-cloud"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where an Azure is.

    Attributes:
        name: ``public`` or ``local``.
        authority: Where people and programs sign in.
        vault_audience: What a token for Key Vault is for.
        vault_suffix: What the addresses of vaults end with; None where ``vault_address`` counts.
        vault_address: The only vault, None where vaults are told apart by name.
        ca_file: The certificates that are trusted instead of the system's.
        manager_address: Where Azure Resource Manager is.
        manager_audience: What a token for it is for.
        graph_address: Where Microsoft Graph is, in front of the version of its API.
        graph_audience: What a token for it is for.
        logs_address: Where Log Analytics is queried.
        logs_audience: What a token for that is for.
    """

    name: str
    authority: str
    vault_audience: str = "https://vault.azure.net"
    vault_suffix: str | None = "vault.azure.net"
    vault_address: str | None = None
    ca_file: Path | None = None
    manager_address: str = "https://management.azure.com"
    manager_audience: str = "https://management.azure.com"
    graph_address: str = "https://graph.microsoft.com"
    graph_audience: str = "https://graph.microsoft.com"
    logs_address: str = "https://api.loganalytics.io"
    logs_audience: str = "https://api.loganalytics.io"

    @property
    def is_public(self) -> bool:
        """Whether this is the public cloud."""
        return self.vault_address is None

    def vault_url(self, vault: str) -> str:
        """Return the address of a vault, given its name or its address.

        Raises:
            CloudError: It is neither.
        """
        if vault.startswith("https://"):
            return _checked(vault)
        if self.vault_address is not None:
            return self.vault_address
        if not _VAULT.fullmatch(vault):
            raise CloudError(
                f"{vault!r} is neither the name nor the address of a vault",
                hint="3 to 24 letters, digits and single hyphens, or https://NAME.vault.azure.net",
            )
        return f"https://{vault}.{self.vault_suffix}"

    def issuers(self, tenant: str) -> tuple[str, ...]:
        """Return what tokens of a tenant name as their issuer, in either version of them.

        Raises:
            CloudError: That is no tenant.
        """
        current = f"{self.authority}/{_tenant(tenant)}/v2.0"
        return (current, f"https://sts.windows.net/{tenant}/") if self.is_public else (current,)

    def keys_url(self, tenant: str) -> str:
        """Return where the keys are that sign a tenant's tokens.

        Raises:
            CloudError: That is no tenant.
        """
        return f"{self.authority}/{_tenant(tenant)}/discovery/v2.0/keys"

    def trusted(self) -> ssl.SSLContext:
        """Return what clients that are no client of Azure's trust.

        Raises:
            CloudError: The file of certificates is not there, or is none.
        """
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as fault:
            raise CloudError(
                f"the certificates in {self.ca_file} cannot be read: {fault.strerror or fault}",
                hint="SSL_CERT_FILE=PATH, as funcyard emulator connection azure, or vault,"
                " prints it",
            ) from fault

    def transport(self, address: str) -> AioHttpTransport:
        """Return a new transport for the clients of an address."""
        options: dict[str, Any] = {
            # A proxy meant for the internet must not get what is on this machine.
            "use_env_settings": not on_loopback(address),
            "connection_timeout": _CONNECT_SECONDS,
            "read_timeout": _READ_SECONDS,
        }
        if self.ca_file is None:
            return AioHttpTransport(**options)
        return TrustingTransport(self.trusted, **options)


PUBLIC: Final = Cloud("public", "https://login.microsoftonline.com")
"""The public cloud."""


def local(address: str, ca_file: Path) -> Cloud:
    """Return the Azure on this machine: one address of sign-in, vault, Resource Manager and Graph.

    Raises:
        CloudError: The address is none of HTTPS.
    """
    checked = _checked(address)
    return Cloud(
        "local",
        checked,
        vault_suffix=None,
        vault_address=checked,
        ca_file=ca_file,
        manager_address=checked,
        graph_address=checked,
        logs_address=checked,
    )


def cloud_of(settings: Mapping[str, str]) -> Cloud:
    """Return the cloud that settings name, as ``funcyard emulator connection`` prints them.

    It is a local one where ``AZURE_AUTHORITY_HOST`` names this machine.

    Raises:
        CloudError: They name an authority that cannot be one, or a local one without certificate.
    """
    authority = settings.get("AZURE_AUTHORITY_HOST", "").strip()
    if not authority:
        return PUBLIC
    if not authority.startswith("https://"):
        authority = f"https://{authority}"
    checked = _checked(authority)
    if not on_loopback(checked):
        return Cloud("public", checked)
    trusted = settings.get("SSL_CERT_FILE") or settings.get("REQUESTS_CA_BUNDLE")
    if not trusted:
        raise CloudError(
            f"the sign-in at {checked} has a certificate of its own, and none is trusted",
            hint="SSL_CERT_FILE=PATH, as funcyard emulator connection azure, or vault, prints it",
        )
    return local(checked, Path(trusted))


def _checked(address: str) -> str:
    """Return an address of HTTPS without anything behind host and port."""
    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise CloudError(f"{address!r} is no address of HTTPS", hint="https://HOST[:PORT]")
    return address.rstrip("/")


def _tenant(tenant: str) -> str:
    if not _TENANT.fullmatch(tenant):
        raise CloudError(f"{tenant!r} is no tenant", hint="its id or its domain")
    return tenant
