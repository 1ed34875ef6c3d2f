"""Findings that were there when somebody began to check: recorded, and left out from then on.

A finding is known by its rule, file and evidence, or its message where it has none, not by its
line; each entry stands for as many findings as were recorded.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from funcyard.atomic import write_atomically
from funcyard.errors import UsageError
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from funcyard.preflight.finding import Finding

Key = tuple[str, str, str]

_VERSION = 1


class BaselineError(UsageError):
    """The baseline file cannot be used."""

    code = "bad-baseline"


class Baseline:
    """Findings that are left out.

    Args:
        entries: How often each is.
    """

    def __init__(self, entries: Counter[Key]) -> None:
        self._entries = entries

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Baseline:
        """Record findings."""
        return cls(Counter(map(_key, findings)))

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a baseline.

        Raises:
            BaselineError: There is no such file, or it is no baseline.
        """
        try:
            document = json.loads(read_text(path))
            if document["version"] != _VERSION:
                raise BaselineError(f"{path}: version {document['version']} is not known")
            entries = Counter(
                {
                    (str(e["rule"]), str(e["file"]), str(e["evidence"])): int(e["count"])
                    for e in document["findings"]
                }
            )
        except FileNotFoundError:
            raise BaselineError(
                f"there is no baseline {path}", hint="--write-baseline makes it"
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise BaselineError(f"{path} is no baseline: {fault}") from fault
        return cls(entries)

    def write(self, path: Path) -> None:
        """Write the baseline.

        Raises:
            BaselineError: The file cannot be written.
        """
        entries = [
            {"rule": rule, "file": file, "evidence": evidence, "count": count}
            for (rule, file, evidence), count in sorted(self._entries.items())
        ]
        text = json.dumps({"version": _VERSION, "findings": entries}, indent=2) + "\n"
        try:
            write_atomically(path, text)
        except OSError as fault:
            raise BaselineError(f"{path} cannot be written: {fault}") from fault

    def new(self, findings: Iterable[Finding], rules: Collection[str]) -> tuple[list[Finding], int]:
        """Return the findings that were not recorded, and how many recorded ones are gone.

        Args:
            findings: What was found.
            rules: The rules that ran: what others found before may still be there.
        """
        left = Counter(self._entries)
        fresh: list[Finding] = []
        for finding in findings:
            key = _key(finding)
            if left[key] > 0:
                left[key] -= 1
            else:
                fresh.append(finding)
        return fresh, sum(count for (rule, _, _), count in left.items() if rule in rules)


def _key(finding: Finding) -> Key:
    return finding.rule, finding.file, finding.evidence or finding.message
