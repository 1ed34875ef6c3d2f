"""Start the emulator, run Microsoft's tests against it, write what came of each to the page."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.files.page import Result, page

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "files-coverage.md"
ACCOUNT, SECOND = "devstoreaccount1", "secondaccount1"
LEAST = 150
SYNCHRONOUS = (
    "test_directory.py",
    "test_file.py",
    "test_file_api_version.py",
    "test_file_client.py",
    "test_file_service_properties.py",
    "test_get_file.py",
    "test_handle.py",
    "test_nfs.py",
    "test_share.py",
)
ASYNCHRONOUS = tuple(name.replace(".py", "_async.py") for name in SYNCHRONOUS)
SETTINGS = """\
STORAGE_ACCOUNT_NAME = PREMIUM_STORAGE_FILE_ACCOUNT_NAME = "{account}"
SECONDARY_STORAGE_ACCOUNT_NAME = "{second}"
STORAGE_ACCOUNT_KEY = PREMIUM_STORAGE_FILE_ACCOUNT_KEY = SECONDARY_STORAGE_ACCOUNT_KEY = "{key}"
ACCOUNT_URL_SUFFIX = "core.localhost:{port}"
PROTOCOL = "http"
RUN_IN_LIVE = SKIP_LIVE_RECORDING = "True"
"""


@contextmanager
def emulator(location: Path) -> Iterator[tuple[str, str]]:
    """Serve two accounts; yield port and key."""
    command = ["emulator", "start", "files", "--json", "--port", "0", "--location", str(location)]
    process = subprocess.Popen(
        [sys.executable, "-m", "funcyard", *command, "--account", ACCOUNT, "--account", SECOND],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        port = ready["endpoints"][ACCOUNT].split(":")[2].partition("/")[0]
        yield port, (location / ".store" / "key").read_text(encoding="ascii")
    finally:
        process.terminate()
        process.communicate()


def main() -> int:
    """Run; return 0 where enough synchronous tests pass and none fails without a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", required=True, help="Python with what the tests import")
    parser.add_argument("--tests", required=True, type=Path, help="folder of the tests")
    parser.add_argument("chosen", nargs="*", help="arguments for pytest instead of all tests")
    given = parser.parse_args()
    chosen = [one for one in given.chosen if one != "--"]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        results.touch()
        with emulator(Path(folder) / "files") as (port, key):
            settings = SETTINGS.format(account=ACCOUNT, second=SECOND, key=key, port=port)
            (given.tests / "settings" / "settings_real.py").write_text(settings, encoding="utf-8")
            subprocess.run(
                [
                    *(given.judge, "-m", "pytest", "-q", "--tb=no", "-p", "plugin"),
                    *("-p", "no:cacheprovider", "-W", "ignore", "--timeout", "120"),
                    *(
                        "-o",
                        "asyncio_mode=auto",
                        "-o",
                        "asyncio_default_fixture_loop_scope=function",
                    ),
                    *(chosen or (*SYNCHRONOUS, *ASYNCHRONOUS)),
                ],
                cwd=given.tests,
                check=False,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE / "stand_ins")]),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "CONFORMANCE_RESULTS": str(results),
                },
            )
        lines = results.read_text(encoding="utf-8").splitlines()
    found = [Result(**json.loads(line)) for line in lines]
    passed = [one for one in found if one.outcome == "passed"]
    synchronous = [one for one in passed if one.file in SYNCHRONOUS]
    unexplained = [one.test for one in found if one.outcome == "failed" and one.reason is None]
    if not chosen:
        PAGE.write_text(page(found), encoding="utf-8")
    sys.stdout.write(f"files conformance: {len(passed)} of {len(found)} pass\n")
    for test in unexplained:
        sys.stdout.write(f"fails without a known reason: {test}\n")
    return 0 if not unexplained and (chosen or len(synchronous) >= LEAST) else 1


if __name__ == "__main__":
    sys.exit(main())
