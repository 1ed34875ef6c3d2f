"""Write docs/check-rules.md anew, from the rules themselves."""

from pathlib import Path

from funcyard.preflight.formats.page import as_page
from funcyard.preflight.rules import RULES

page = Path(__file__).parents[1] / "docs" / "check-rules.md"
page.write_text(as_page(RULES), encoding="utf-8")
