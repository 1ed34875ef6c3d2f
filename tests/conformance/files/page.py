"""The page of what Microsoft's tests say: numbers, and every test that does not pass, with why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_ENTRA = "needs a token of Microsoft Entra ID, which clients send over HTTPS only"
_PREMIUM = "needs a premium account: provisioned or burst limits, NFS, or the Premium tier"
_NFS = "needs an NFS share"
_BINARY = "needs security descriptors in binary form"
_PUBLIC = "expects the address of the public cloud, not that of any server it is run against"
_PENDING = "expects a copy that is still under way; here a copy is done when it is answered"

REASONS: tuple[tuple[str, str], ...] = (
    (r"test_nfs(_async)?\.py", _NFS),
    (r"oauth|audience|with_token(_async)?$", _ENTRA),
    (r"file_permission_format|get_permission_format", _BINARY),
    (r"test_make_file_url|test_create_service_(with_key|china|protocol|with_socket)", _PUBLIC),
    (r"abort_copy_file(_async)?$", _PENDING),
    (
        r"premium|paid_bursting|share_with_protocol|with_root_squash|snapshot_virtual_directory",
        _PREMIUM,
    ),
)
"""What a test's name matches, and why it fails."""


@dataclass(frozen=True)
class Result:
    """What came of one test."""

    test: str
    outcome: str
    said: str

    @property
    def file(self) -> str:
        return self.test.rpartition("/")[2].partition("::")[0]

    @property
    def name(self) -> str:
        return self.test.rpartition("::")[2]

    @property
    def reason(self) -> str | None:
        """Why it fails, as far as that is known."""
        if self.outcome == "skipped":
            return "Microsoft runs it on a recording only"
        known = (why for pattern, why in REASONS if re.search(pattern, f"{self.file}::{self.name}"))
        return next(known, None)


def page(results: list[Result]) -> str:
    """Return the page in Markdown."""
    lines = [
        "# Files coverage",
        "",
        "What Microsoft's own tests of azure-storage-file-share say of [the",
        "emulator](emulator.md). `make test-files-conformance` writes this page: it fetches",
        "them and runs them live and unchanged.",
        "",
        "| tests | all | passed | failed | skipped |",
        "|---|---|---|---|---|",
        _row("synchronous", [one for one in results if not one.file.endswith("_async.py")]),
        _row("asynchronous", [one for one in results if one.file.endswith("_async.py")]),
        "",
        "| file | all | passed | failed | skipped |",
        "|---|---|---|---|---|",
    ]
    lines += [
        _row(file, [one for one in results if one.file == file])
        for file in sorted({one.file for one in results})
    ]
    lines += ["", "## Why a test does not pass", "", "| reason | tests |", "|---|---|"]
    rest = [one for one in results if one.outcome != "passed"]
    for reason, number in Counter(one.reason or "not known yet" for one in rest).most_common():
        lines.append(f"| {reason} | {number} |")
    lines += ["", "## Every test that does not pass", "", "| test | reason |", "|---|---|"]
    lines += [
        f"| {one.file}::{one.name} | {one.reason or 'not known yet'} |"
        for one in sorted(rest, key=lambda one: (one.file, one.name))
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, results: list[Result]) -> str:
    count = Counter(one.outcome for one in results)
    numbers = [len(results), count["passed"], count["failed"], count["skipped"]]
    return f"| {name} | {' | '.join(map(str, numbers))} |"
