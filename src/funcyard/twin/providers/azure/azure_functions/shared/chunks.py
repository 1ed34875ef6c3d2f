"""Readings of a device as the content of a blob, and what proves that two hold the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.telemetry import TIME, Telemetry, read_telemetry
from funcyard.twin.contract.times import read_time

from .faults import CopyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of readings that were handed over.

    Attributes:
        count: How many.
        digest: Of them, as they were read where they are kept.
    """

    count: int
    digest: str

    def as_json(self) -> dict[str, int | str]:
        """Return it as it is answered."""
        return {"count": self.count, "digest": self.digest}


def write_chunk(readings: Iterable[Telemetry]) -> bytes:
    """Return readings as a JSON array, the same bytes for the same readings."""
    return json.dumps(
        [one.as_json() for one in readings],
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def read_chunk(content: bytes) -> list[Telemetry]:
    """Return the readings that a blob holds.

    Raises:
        CopyError: It holds none.
    """
    try:
        told = json.loads(content)
        return [read_item(one) for one in told]
    except (ValueError, TypeError, KeyError):
        raise CopyError("a blob does not hold readings") from None


def read_item(item: Mapping[str, object]) -> Telemetry:
    """Return a reading that says its time itself.

    Raises:
        ContractError: It is none, or says no time.
    """
    time = item.get(TIME) if isinstance(item, dict) else None
    if not isinstance(time, str):
        raise ContractError("a reading says no time")
    return read_telemetry(item, now=read_time(time))


def digest_of(readings: Iterable[Telemetry]) -> str:
    """Return what tells readings from others: the SHA-256 of their JSON, in hexadecimal."""
    return hashlib.sha256(write_chunk(readings)).hexdigest()
