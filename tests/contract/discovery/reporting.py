"""What importing many apps tells, on the interpreter of the judge's environment, in forks of one.

As if each had a process of its own, which would import azure-functions anew for each.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from tests.contract.discovery import corpus

from funcyard.functions.model import Index
from funcyard.functions.survey import Survey
from funcyard.preflight.facts import Facts, facts_of

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.preflight.target import Request

Reports = dict[str, dict[str, list[str]]]
"""The lines that each side wrote, by app."""


def reported(judge: Path, apps: Path, outcomes: Path, *sides: str) -> Reports:
    """Report on every app of a folder.

    Args:
        judge: The interpreter.
        apps: A folder that holds a folder for each app and nothing else.
        outcomes: A file that is written.
        sides: ``indexing``, ``surveying`` or both.
    """
    subprocess.run(
        [judge, "-P", "-B", corpus.HERE / "reports.py", apps, outcomes, *sides],
        env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"},
        check=True,
    )
    reports: Reports = json.loads(outcomes.read_text(encoding="utf-8"))
    return reports


def gathered(judge: Path, outcomes: Path, request: Request) -> Facts:
    """Return what ``preflight.facts.gather`` does, of apps in folders of the root."""
    reports = reported(judge, request.root, outcomes, "surveying")
    facts = facts_of(request)
    for app in facts.apps:
        *before, _, after = reports[app.directory.name]["surveying"]
        told = json.loads(after)
        app.survey = Survey.reported(
            Index.from_dict(told["index"]), [json.loads(line) for line in before], told
        )
    return facts
