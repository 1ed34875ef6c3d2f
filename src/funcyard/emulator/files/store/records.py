"""What is written down about a share, and about a file or directory in one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class Lease:
    """A lock on a share or a file.

    Attributes:
        id: Of the lease, also after it ended; empty where there never was one.
        duration: Seconds, -1 for no end.
        until: Ticks at which a lease with an end, or one that is breaking, ends.
        breaking: Whether its end was asked for.
        broken: Whether it was ended by a break.
    """

    id: str = ""
    duration: int = -1
    until: int | None = None
    breaking: bool = False
    broken: bool = False


@dataclass(slots=True)
class Share:
    """A share, or a snapshot of one.

    Attributes:
        number: Its own in the database, never used again; 0 before it is written down.
        account: The storage account.
        name: Of the share.
        snapshot: When the snapshot was taken, as a client names it; empty for the share itself.
        changed: Ticks; the ETag follows from it.
        quota: GiB.
        tier: The access tier.
        tier_changed: Ticks, None while the tier is that of the creation.
        settings: Other properties, by header.
        metadata: As the client gave it.
        policies: Stored access policies: identifier to start, expiry and permission as given.
        lease: Its lease.
    """

    account: str
    name: str
    changed: int
    snapshot: str = ""
    number: int = 0
    quota: int = 5120
    tier: str = "TransactionOptimized"
    tier_changed: int | None = None
    settings: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    policies: dict[str, dict[str, str]] = field(default_factory=dict)
    lease: Lease = field(default_factory=Lease)

    def dump(self) -> str:
        """Return what the database holds of it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def load(cls, text: str, number: int) -> Self:
        """Return what was dumped."""
        values: dict[str, Any] = json.loads(text)
        values["lease"] = Lease(**values["lease"])
        return cls(**{**values, "number": number})


@dataclass(slots=True)
class Entry:
    """What is known of a file or directory besides its bytes.

    Attributes:
        changed: Ticks of the last change of content, properties or metadata.
        created: Ticks, as SMB knows it.
        written: Ticks, as SMB knows it.
        smb_changed: Ticks, as SMB knows it.
        attributes: NTFS attributes, such as ``Archive|Hidden``.
        permission: Key of its security descriptor in the share.
        metadata: As the client gave it.
        headers: What a read answers: content type, encoding, language, disposition, cache.
        md5: Base64, as the client gave it.
        ranges: Valid ranges, first to last byte, in order; None for what the file system says.
        lease: Its lease; only files have one.
        copied: Of the last copy to it: id, source, progress, completion.
        seen: Modification time and size that the file had after the last change from here; where
            they differ now, it was written through the mount.
        touched: What was written or cleared while a snapshot was the latest of the share, by its
            time; nothing where the share has none.
        identity: What a client knows it by for good; 0 for its number in the file system.
    """

    changed: int
    created: int
    written: int
    smb_changed: int
    attributes: str
    permission: str
    metadata: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    md5: str | None = None
    ranges: list[tuple[int, int]] | None = field(default_factory=list)
    lease: Lease = field(default_factory=Lease)
    copied: dict[str, str] = field(default_factory=dict)
    seen: tuple[int, int] | None = None
    touched: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    identity: int = 0

    def dump(self) -> str:
        """Return what the database holds of it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Self:
        """Return what was dumped."""
        values: dict[str, Any] = json.loads(text)
        values["lease"] = Lease(**values["lease"])
        if values["ranges"] is not None:
            values["ranges"] = [(first, last) for first, last in values["ranges"]]
        values["touched"] = {
            stamp: [(first, last) for first, last in spans]
            for stamp, spans in values["touched"].items()
        }
        values["seen"] = tuple(values["seen"]) if values["seen"] else None
        return cls(**values)
