"""The documentation lists what is generated."""

from __future__ import annotations

from pathlib import Path

from funcyard.project.layout import ROWS

DOCS = Path(__file__).parents[3] / "docs" / "generated-files.md"


def test_every_generated_file_is_documented_with_its_owner() -> None:
    rows = [line.split("|")[1:3] for line in DOCS.read_text().splitlines() if "| `" in line[:4]]
    documented = {path.strip(" `"): owner.strip() for path, owner in rows}
    for row in ROWS:
        assert documented[row.path].startswith(row.ownership.value), row.path
        assert ("not in Git" in documented[row.path]) is not row.git_tracked
