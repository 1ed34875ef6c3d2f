"""Kills instances of the platform on storage that fails, and proves what is left.

``make soak``: two instances of the platform, each a process, work on the same workspaces. One scope
follows a repository that is pushed to about once a second, each push told by a signed delivery;
another is edited by hand; workflows of the first are executed. Every request to Blob, Table, Queue
and Files goes through a proxy that spoils one of twenty: answers 500 or 503, carried out or not,
torn connections before, in and after the answer, and silence. Every tenth time the share is full,
and every tenth time the repository's token is revoked. At random moments one of the two is killed
(``-9``), whatever it does, and replaced. After each kill:

- every version since is whole: exactly a commit's tree, or its parent and exactly one edit, and
  what the current one holds can be read and is what its hash says (nothing half-published);
- every version that an instance was told of, killed or not, is among them (nothing lost);
- the view is brought to the current version and holds exactly that;
- what is recorded to have ended stays as it is recorded: it ends once.

While the token is revoked, a sync has failed for that reason and the connection says so; when a new
one was given, what was pushed since is applied, with nobody doing more.

At the end, when the storage still fails but nobody is killed any more:

- every delivery that was taken has its sync, one for each commit, and every sync ends; what it
  tells of commit, version, counts and refusal is so;
- every execution that was taken is there, one for each call, and ends; one that succeeded ran one
  version, whole, and one that failed lost its engine as often as it may;
- nothing of the killed is left running.

It prints its figures, and ends with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.soak.figures import print_figures
from tests.bench.soak.promises import BrokenPromiseError
from tests.bench.soak.setting import setting


async def _soak(kills: int, seed: int, folder: Path) -> None:
    choice = random.Random(seed)  # noqa: S311 - moments, no secrets
    began = time.monotonic()
    async with setting(folder, choice) as made:
        await made.soak.run(kills, choice)
    print_figures(made, kills, time.monotonic() - began)


def main() -> int:
    """Soak, and return 1 where a promise is broken."""
    parser = argparse.ArgumentParser(
        prog="soak", description="kill instances of the platform at random moments"
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(_soak(given.kills, given.seed, Path(folder)))
        except BrokenPromiseError as fault:
            print(f"broken: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
