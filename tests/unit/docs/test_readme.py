from __future__ import annotations

from pathlib import Path

README = Path(__file__).parents[3] / "README.md"


def test_the_readme_begins_with_its_name_and_holds_a_table_of_five_jobs() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("|")]

    assert lines[0] == "# Funcyard"
    assert all(line.count("|") == 4 for line in rows)
    for job in ("generate", "check", "workspace", "deploy", "operate"):
        assert any(f"**{job}**" in row for row in rows)
