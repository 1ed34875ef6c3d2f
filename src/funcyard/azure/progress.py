"""How far work is that Azure goes on with after it answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """What was told of a long-running operation.

    Attributes:
        is_done: Whether it ended well.
        retry_after: After how many seconds to ask again, where the cloud says so.
    """

    is_done: bool
    retry_after: float | None = None
