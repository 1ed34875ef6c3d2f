"""A service that has the sign-in of a location, as other processes find it and clients reach it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInServing:
    """Such a service, running.

    Attributes:
        pid: Its process.
        url: Where it listens.
        tenant: Whose tokens count.
        client_id: The application that may ask for them.
        client_secret: What it proves itself with; shown by nothing but the connection.
        ca: File of the certificate that clients trust.
    """

    pid: int
    url: str
    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    ca: str

    def signing_in(self) -> dict[str, str]:
        """Return what clients sign in with, by the names under which the Azure SDKs look for it."""
        return {
            "AZURE_TENANT_ID": self.tenant,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_SECRET": self.client_secret,
            "AZURE_AUTHORITY_HOST": self.url,
        }

    def trusting(self) -> dict[str, str]:
        """Return what clients trust, by the names under which requests and OpenSSL look for it."""
        return {"REQUESTS_CA_BUNDLE": self.ca, "SSL_CERT_FILE": self.ca}
