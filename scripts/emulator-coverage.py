"""Write docs/emulator-coverage.md: what the local Azure knows, read from its descriptions."""

from __future__ import annotations

from pathlib import Path

from funcyard.emulator.core.coverage import page

OUTPUT = Path(__file__).parents[1] / "docs" / "emulator-coverage.md"

if __name__ == "__main__":
    OUTPUT.write_text(page(), encoding="utf-8")
    print(f"wrote {OUTPUT}")
