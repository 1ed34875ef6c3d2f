"""A deployment of a twin that ends itself, ``kill -9``, at a moment of its journal.

``twin_killed.py FOLDER MOMENT [whole]``: moments 2n and 2n + 1 are before and after the entry n,
counted from 0; the journal's giving way to the state counts as an entry. A deployment that comes to
its end prints how many moments it has. Without ``whole``, apps get no code.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.bench.twin_machinery import deployed, opened_twin, without_code

from funcyard.deploy.folder import FolderJournal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass
class Fuse:
    """Counts moments, and ends the process at one.

    Attributes:
        moment: At which.
        passed: How many went by.
    """

    moment: int
    passed: int = 0

    def burn(self) -> None:
        """Let a moment pass."""
        if self.passed == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def around(self, work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """Return work on the journal, with a moment before and one after."""

        async def done(*given: Any) -> None:  # noqa: ANN401 - whatever the work takes
            self.burn()
            await work(*given)
            self.burn()

        return done


async def _deploy(twin: Path, *, is_whole: bool) -> None:
    async with opened_twin(twin) as session:
        await deployed(session, session.graph if is_whole else without_code(session.graph))


def main() -> None:
    """Deploy until the moment."""
    fuse = Fuse(int(sys.argv[2]))
    with (
        patch.object(FolderJournal, "write", fuse.around(FolderJournal.write)),
        patch.object(FolderJournal, "compact", fuse.around(FolderJournal.compact)),
    ):
        asyncio.run(_deploy(Path(sys.argv[1]), is_whole="whole" in sys.argv[3:]))
    print(fuse.passed)


if __name__ == "__main__":
    main()
