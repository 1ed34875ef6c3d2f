from __future__ import annotations

import re
from pathlib import Path

from funcyard.preflight.formats.page import as_page
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES

ROOT = Path(__file__).parents[3]


def test_the_page_of_rules_is_the_rules() -> None:
    page = ROOT / "docs" / "check-rules.md"
    assert page.read_text(encoding="utf-8") == as_page(RULES), "run scripts/rules-page.py"


def test_every_rule_has_a_name_of_its_own_and_explains_itself() -> None:
    names = [rule.id for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id), rule.id
        assert rule.id not in {group.value for group in Group}
        for text in (rule.what, rule.why, rule.mend):
            assert text.endswith((".", "?")), (rule.id, text)
        assert rule.source


def test_rules_stand_in_the_order_of_cause_and_effect() -> None:
    order = list(Group)
    groups = [order.index(rule.group) for rule in RULES]
    assert groups == sorted(groups)
