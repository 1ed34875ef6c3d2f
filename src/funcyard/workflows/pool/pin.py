"""What a worker process is tied to for life."""

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
    """

    organization: str
    scope: str
    version: str
    folder: Path
    view: str
