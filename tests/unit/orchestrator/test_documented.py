"""The page of the orchestrator has every setting that is read, and every function."""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "docs" / "orchestrator.md").read_text(encoding="utf-8")


def test_every_setting_is_on_the_page_and_none_that_is_not_read() -> None:
    source = (_ROOT / "src" / "funcyard" / "orchestrator" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"([A-Z][A-Z_]{4,})"', source))
    table = _PAGE.partition("## Settings")[2].partition("\n## ")[0]
    told = {name for row in table.splitlines() if row.startswith("| `") for name in _names(row)}

    assert told == read


def test_every_function_is_on_the_page() -> None:
    app = (_ROOT / "orchestrator" / "function_app.py").read_text(encoding="utf-8")
    functions = re.findall(r"^(?:async )?def (\w+)\(", app, re.MULTILINE)

    assert len(functions) == 10
    assert [name for name in functions if f"`{name}`" not in _PAGE] == []


def _names(row: str) -> list[str]:
    return re.findall(r"`([A-Z][A-Z_]{4,})`", row.split("|")[1])
