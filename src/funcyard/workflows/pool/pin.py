"""What a worker process is tied to for life: code, and when packages beside it were changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one scope's code, on behalf of one organisation.

    Two organisations never share a process, also where both run the code that all share.

    Attributes:
        organization: On whose behalf the code runs.
        scope: Whose code it is: the organisation's or ``GLOBAL``.
        version: The published version.
        folder: Its files, never changed.
        view: What the folder is called for people, such as ``/workspace/orgs/acme``.
        packages: When packages were last installed beside the files there; 0 where there are none.
    """

    organization: str
    scope: str
    version: str
    folder: Path
    view: str
    packages: int = 0

    @property
    def code(self) -> tuple[str, int]:
        """What a worker has imported: one that has other code than counts now is of no use."""
        return self.version, self.packages
