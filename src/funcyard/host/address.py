"""The address that apps listen on: an IP address, or ``localhost``."""

from __future__ import annotations

import ipaddress

from funcyard.errors import UsageError

_LOCALHOST = "127.0.0.1"


class AddressError(UsageError):
    """The address is not one."""

    code = "bad-address"


def parse_address(text: str) -> str:
    """Return the IPv4 or IPv6 address that a person named; ``localhost`` is 127.0.0.1.

    Other names are refused: they may stand for several addresses, and whether access keys are
    enforced depends on the address.

    Raises:
        AddressError: It is no address.
    """
    wanted = _LOCALHOST if text.lower() == "localhost" else text
    try:
        return str(ipaddress.ip_address(wanted))
    except ValueError:
        raise AddressError(
            f"{text!r} is not an IP address",
            hint="127.0.0.1 is this machine alone, 0.0.0.0 every address of it",
        ) from None


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address that :func:`parse_address` returned."""
    return ipaddress.ip_address(address).is_loopback
