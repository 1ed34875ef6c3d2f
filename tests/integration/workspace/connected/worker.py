"""A worker as a process of its own: runs one job at a place, and can be killed at any moment."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.integration.workspace.connected.platform import Place, opened

from funcyard.workspace.scopes import Scope


async def main(told: dict[str, Any], scope: str, job: str) -> None:
    async with opened(Place(**told)) as platform:
        await platform.runner.run(Scope(scope), job)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]))
