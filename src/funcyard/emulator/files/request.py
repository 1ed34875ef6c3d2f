"""A request as the service sees it, whatever server took it, and the address it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from funcyard.emulator.files import names
from funcyard.emulator.files.errors import StorageError, bad_header

_HOST_STYLE = re.compile(r"([a-z0-9]{3,24})\.file\.[^:]+(?::\d+)?", re.IGNORECASE)
METADATA = "x-ms-meta-"
"""What the name of a header that holds metadata begins with."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its body.

    Attributes:
        method: In capitals.
        raw_path: As it was sent, percent-encoded, without the query: what is signed.
        query: Parameter names in lower case, values decoded.
        headers: Names in lower case; of several values the last.
        metadata: The ``x-ms-meta-`` headers, without that, in the case that the client wrote.
        client: The address it came from.
        secure: Whether it came over TLS.
    """

    method: str
    raw_path: str
    query: dict[str, str]
    headers: dict[str, str]
    metadata: dict[str, str] = field(default_factory=dict)
    client: str = ""
    secure: bool = False

    def header(self, name: str) -> str | None:
        """Return a header's value, None where it is not there or empty."""
        return self.headers.get(name) or None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a header that is true or false.

        Raises:
            StorageError: It is neither.
        """
        value = self.header(name)
        if value is None:
            return default
        if value.lower() not in {"true", "false"}:
            raise bad_header(name, value)
        return value.lower() == "true"

    def number(self, name: str) -> int | None:
        """Return a header that is a number, not negative; None where it is not there.

        Raises:
            StorageError: It is none.
        """
        value = self.header(name)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > len(str(2**63)):
            raise bad_header(name, value)
        return int(value)


@dataclass(frozen=True, slots=True)
class Address:
    """What a request is for.

    Attributes:
        account: The storage account.
        share: None for the account itself.
        path: Within the share, decoded, as the client wrote it; empty for the root.
        endpoint: The account's address as the client knows it, ending in a slash.
        path_style: Whether the account is the first component of the path.
    """

    account: str
    share: str | None
    path: str
    endpoint: str
    path_style: bool


def address_of(host: str, raw_path: str, *, secure: bool = False) -> Address:
    """Return what a host and a path name.

    ``ACCOUNT.file.ANYTHING`` names the account in the host, as Azure does; under any other host
    the account is the first component of the path, as in Azurite.

    Raises:
        StorageError: The path is no text, or names no account.
    """
    try:
        decoded = unquote(raw_path, errors="strict")
    except UnicodeDecodeError as fault:
        raise StorageError("InvalidUri") from fault
    scheme = "https" if secure else "http"
    if found := _HOST_STYLE.fullmatch(host):
        account, rest = found[1].lower(), decoded.removeprefix("/")
        endpoint = f"{scheme}://{host}/"
    else:
        account, _, rest = decoded.removeprefix("/").partition("/")
        endpoint = f"{scheme}://{host}/{account}/"
    if not names.is_account(account):
        raise StorageError("InvalidUri")
    share, _, path = rest.partition("/")
    if share and not names.is_share(share):
        raise StorageError("InvalidResourceName")
    return Address(account, share or None, path, endpoint, path_style=found is None)
