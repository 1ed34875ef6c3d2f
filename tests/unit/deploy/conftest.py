"""State folders that need not outlast a power cut."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the syncing of files: what a killed process wrote is there all the same."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
