"""The page of what the local Azure covers says what the code does."""

from __future__ import annotations

from pathlib import Path

from funcyard.emulator.core.coverage import page

_PAGE = Path(__file__).parents[2] / "docs" / "emulator-coverage.md"


def test_the_page_is_the_code_s() -> None:
    assert _PAGE.read_text(encoding="utf-8") == page(), "run scripts/emulator-coverage.py"
