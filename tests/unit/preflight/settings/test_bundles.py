from __future__ import annotations

import pytest

from funcyard.functions.model import Binding
from funcyard.preflight.settings.bundles import majors, needed, newest, read_range

USUAL = "Microsoft.Azure.Functions.ExtensionBundle"


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("[4.*, 5.0.0)", 4),
        ("[4.0.0, 5.0.0)", 4),
        ("[4.0.0,5.0.0)", 4),
        ("[3.3.0, 4.0.0)", 3),
        ("[3.3.0, 4.0.0]", 4),
        ("[2.*, 3.0.0)", 2),
        ("[2.6.1, 4.0.0)", 3),
        ("[2.0.0, 2.6.1)", 0),
        ("[2.0.0, 2.6.1]", 2),
        ("[1.*, 2.0.0)", 0),
        ("(4.0.0, )", 4),
        ("(, 4.0.0)", 3),
        ("4.0.0", 4),
        ("[4.12.0]", 4),
        ("[5.0.0, 6.0.0)", 0),
    ],
)
def test_the_host_takes_the_newest_that_a_range_admits(text: str, major: int) -> None:
    admitted = read_range(text)

    assert admitted is not None
    assert newest(USUAL, admitted) == major


@pytest.mark.parametrize("text", ["", "latest", "[4.x, 5)", "[4.0.0, 5.0.0", "^4.0.0"])
def test_what_is_no_range_is_none(text: str) -> None:
    assert read_range(text) is None


def test_a_bundle_that_there_is_not_has_no_versions() -> None:
    assert majors("Microsoft.Azure.Functions.ExtensionBundles") == ()


def test_bindings_tell_the_version_that_they_came_with() -> None:
    cosmos = Binding("a", "cosmosDBTrigger", "in", {"containerName": "items"})

    assert needed([Binding("a", "queueTrigger", "in")]) == 0
    assert needed([Binding("a", "queueTrigger", "in"), cosmos]) == 4
    assert needed([Binding("a", "mySqlTrigger", "in")]) == 4
