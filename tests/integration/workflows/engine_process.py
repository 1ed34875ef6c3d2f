"""An engine in a process of its own, to be killed: ``python -m … ROOT``, connection on stdin."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.integration.workflows.platform import Platform


async def main(root: Path, connection: str) -> None:
    """Serve the queue until killed."""
    made = Platform(connection, root)
    engine = await made.engine()
    await made.host(engine)
    sys.stdout.write(f"{engine.id}\n")
    sys.stdout.flush()
    if sys.argv[2:]:
        organization, workflow, mark = sys.argv[2:]
        await engine.execute(organization, workflow, {"mark": mark}, caller="a", mode="sync")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.stdin.readline().strip()))
