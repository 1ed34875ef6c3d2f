"""Start the emulator, run Microsoft's tests against it and say how many pass."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests import local_vault

HERE = Path(__file__).parent
FILES = (
    "test_secrets_client.py",
    "test_secrets_async.py",
    "test_samples_secrets.py",
    "test_samples_secrets_async.py",
    "test_parse_id.py",
)
LEAST = 43


def main() -> int:
    """Run; return 0 where enough tests pass and none fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", required=True, help="Python with what the tests import")
    parser.add_argument("--tests", required=True, type=Path, help="folder of the tests")
    parser.add_argument("chosen", nargs="*", help="arguments for pytest instead of all tests")
    given = parser.parse_args()
    chosen = [one for one in given.chosen if one != "--"]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        results.touch()
        vault = local_vault.start(Path(folder) / "vault")
        settings = vault.settings
        try:
            subprocess.run(
                [
                    *(given.judge, "-m", "pytest", "-q", "--tb=short", "-p", "plugin"),
                    *("-p", "no:cacheprovider", "-W", "ignore", "--timeout", "120"),
                    *("-o", "asyncio_mode=auto"),
                    *("-o", "asyncio_default_fixture_loop_scope=function"),
                    *(chosen or FILES),
                ],
                cwd=given.tests,
                check=False,
                env={
                    **os.environ,
                    **settings,
                    **{name.replace("AZURE", "KEYVAULT"): settings[name] for name in settings},
                    "NO_PROXY": "localhost",
                    "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE / "stand_ins")]),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "CONFORMANCE_RESULTS": str(results),
                },
            )
        finally:
            vault.end()
        found = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    count = Counter(one["outcome"] for one in found)
    skipped = f"{count['skipped']} skipped: recordings, and API versions that live runs leave out"
    sys.stdout.write(
        f"vault conformance: {count['passed']} pass, {count['failed']} fail, {skipped}\n"
    )
    return 0 if not count["failed"] and (chosen or count["passed"] >= LEAST) else 1


if __name__ == "__main__":
    sys.exit(main())
