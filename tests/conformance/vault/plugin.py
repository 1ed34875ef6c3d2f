"""A pytest plugin for Microsoft's own tests: those for recordings left out, results kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    for mark in ("live_test_only", "playback_test_only"):
        config.addinivalue_line("markers", f"{mark}: of Microsoft's test framework")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="Microsoft runs it on a recording only")
    for item in items:
        if item.get_closest_marker("playback_test_only"):
            item.add_marker(skip)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or (report.when == "setup" and not report.passed):
        _keep(report.nodeid, report.outcome)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _keep(report.nodeid, "failed")


def _keep(name: str, outcome: str) -> None:
    with Path(os.environ["CONFORMANCE_RESULTS"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"test": name, "outcome": outcome}) + "\n")
