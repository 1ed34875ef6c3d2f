"""The way of a push, once, on real parts: connect, push, webhook, sync, run; then edit and run.

Git's own server serves the repository here; a stand-in, held to GitHub's description of its API,
takes the webhook's registration; the delivery is one of GitHub's examples, signed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.connected_platform import Connected, connected
from tests.running_platform import eventually

_NEW = 2
_CODE = """from funcyard.workflows.sdk import workflow

@workflow(name="price", execution_mode="sync")
def price():
    return {value}
"""


def main() -> int:
    """Go the way and print what was seen; 0 where all of it was as it should be."""
    root = Path(tempfile.mkdtemp(prefix="funcyard-run-"))
    try:
        with connected(root, {}, None) as here:
            _connect(here)
            _push(here)
            _edit(here)
            if here.github.faults:
                raise SystemExit("\n".join(here.github.faults))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0


def _connect(here: Connected) -> None:
    files: dict[str, str | None] = {f"lib/part_{n:03}.py": f"N = {n}\n" for n in range(1000)}
    here.push({**files, "price.py": _CODE.format(value=1), "old.txt": "old\n"}, "First")
    start = time.perf_counter()
    made = here.connect()
    _expect(made.status, 201)
    hook = "registered" if made.json["webhook"]["registered"] else made.json["webhook"]["reason"]
    job = here.job(made.json["jobId"])
    took = time.perf_counter() - start
    print(f"connected    {here.url}  webhook {hook}")
    print(f"first sync   {job['filesAdded']} files in {took:.2f} s, version {_number(job)}")
    _expect(here.platform.run("price").json["result"], 1)
    refused = here.platform.put("price.py", "no")
    _expect((refused.status, refused.json["error"]), (403, "GitHubSyncEnabled"))
    print("read-only    an edit is refused: 403 GitHubSyncEnabled")


def _push(here: Connected) -> None:
    commit = here.push(
        {"price.py": _CODE.format(value=_NEW), "new.txt": "new\n", "old.txt": None},
        "Raise the price",
    )
    start = time.perf_counter()
    taken = here.deliver(here.payload(commit), query="?connection=GLOBAL")
    answered = time.perf_counter() - start
    _expect(taken.status, 202)
    eventually(lambda: here.platform.run("price").json["result"], lambda value: value == _NEW)
    took = time.perf_counter() - start
    job = here.job(taken.json["jobId"])
    counts = f"{job['filesAdded']} added, {job['filesModified']} modified"
    print(f"webhook      202 after {answered * 1000:.0f} ms, commit {commit[:12]}")
    print(f"push to new result {took:.2f} s: {counts}, {job['filesDeleted']} deleted")
    _expect((job["filesAdded"], job["filesModified"], job["filesDeleted"]), (1, 1, 1))


def _edit(here: Connected) -> None:
    _expect(here.platform.call("DELETE", "/github-connections/GLOBAL").status, 204)
    _expect(here.registered.hooks, {})
    start = time.perf_counter()
    _expect(here.platform.put("price.py", _CODE.format(value=3)).status, 200)
    _expect(here.platform.run("price").json["result"], 3)
    took = time.perf_counter() - start
    print(f"disconnected the webhook is gone; edited through the API and run in {took:.2f} s")


def _number(job: dict[str, str]) -> int:
    return int(job["version"].partition("-")[0])


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f"expected {wanted!r}, found {found!r}")


if __name__ == "__main__":
    sys.exit(main())
