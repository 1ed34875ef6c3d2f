"""What an operation is: its name, its handler, and what a signature must allow for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.files.call import Answer, Call

Resource = Literal["service", "container", "object"]
Body = Literal["none", "document", "data"]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the service.

    Attributes:
        name: As Microsoft's reference calls it.
        handler: What does it.
        resource: What it is about: the account, a share, or a file or directory.
        account_sas: Permissions of an account SAS of which one is enough.
        service_sas: Permissions of a service SAS of which one is enough; empty where no service
            SAS allows it.
        body: What its request carries: nothing, a small document, or a file's data.
        in_snapshot: Whether it can be done in a snapshot of a share.
    """

    name: str
    handler: Callable[[Call], Answer]
    resource: Resource
    account_sas: str
    service_sas: str = ""
    body: Body = "none"
    in_snapshot: bool = False


LARGEST_DOCUMENT: Final = 64 * 1024
"""Bytes of an XML or JSON body."""

LARGEST_DATA: Final = 4 * 1024 * 1024
"""Bytes that one request may write to a file."""
