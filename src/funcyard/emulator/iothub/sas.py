"""Shared access signatures, by which services and devices prove to a hub who they are.

https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from funcyard.emulator.digits import whole_number
from funcyard.emulator.iothub import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEME: Final = "SharedAccessSignature"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it came.

    Attributes:
        resource: What it opens: host and path, decoded, in lower case.
        policy: Whose key signed it; empty where it is a device's.
        expires: The time of day at which it counts no more.
        signed: What was signed.
        digest: What came of that.
    """

    resource: str
    policy: str
    expires: float
    signed: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    def check(self, keys: Iterable[str], now: float) -> None:
        """Refuse a signature of none of these keys, or one that counts no more.

        Raises:
            HubError: One of these.
        """
        found = [self._is_of(key) for key in keys]  # all are tried: time tells not which one fits
        if not any(found):
            raise errors.unauthorized()
        if self.expires <= now:
            raise errors.unauthorized("The token has expired.")

    def opens(self, host: str, path: str) -> bool:
        """Whether it is for a path of a hub: the hub's whole, or what the path begins with."""
        asked_host, _, asked = self.resource.partition("/")
        if asked_host.partition(":")[0] != host.partition(":")[0]:
            return False
        return not asked or f"{path.lower()}/".startswith(f"/{asked.rstrip('/')}/")

    def _is_of(self, key: str) -> bool:
        try:
            secret = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            return False
        expected = hmac.new(secret, self.signed, hashlib.sha256).digest()
        return hmac.compare_digest(expected, self.digest)


def read(text: str) -> Signature:
    """Read a signature.

    Raises:
        HubError: It is none.
    """
    scheme, _, rest = text.strip().partition(" ")
    parts = dict(part.partition("=")[::2] for part in rest.split("&"))
    try:
        resource, expires = parts["sr"], whole_number(parts["se"])
        digest = base64.b64decode(unquote(parts["sig"]), validate=True)
    except (KeyError, ValueError) as fault:
        raise errors.unauthorized("The token is no shared access signature.") from fault
    if expires is None or scheme.lower() != SCHEME.lower():
        raise errors.unauthorized("The token is no shared access signature.")
    return Signature(
        unquote(resource).lower(),
        unquote(parts.get("skn", "")),
        expires,
        f"{resource}\n{parts['se']}".encode(),
        digest,
    )
