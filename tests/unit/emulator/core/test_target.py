"""What addresses of the Resource Manager name."""

from __future__ import annotations

import pytest

from funcyard.emulator.core.target import Target, read

_GROUP = "/subscriptions/s/resourceGroups/g"


@pytest.mark.parametrize(
    ("address", "target", "word"),
    [
        (_GROUP, Target("/subscriptions/s", "Microsoft.Resources/resourceGroups", ("g",)), None),
        (f"{_GROUP}/providers/N.S/a/x", Target(_GROUP, "N.S/a", ("x",)), None),
        (f"{_GROUP}/providers/N.S/a/x/b/y", Target(_GROUP, "N.S/a/b", ("x", "y")), None),
        (f"{_GROUP}/providers/N.S/a/x/listKeys", Target(_GROUP, "N.S/a", ("x",)), "listKeys"),
        (f"{_GROUP}/providers/N.S/a", Target(_GROUP, "N.S", ()), "a"),
        ("/subscriptions/s/providers/N.S", Target("/subscriptions/s", "N.S", ()), None),
        (
            f"{_GROUP}/providers/N.S/a/x/providers/M.A/r/1",
            Target(f"{_GROUP}/providers/N.S/a/x", "M.A/r", ("1",)),
            None,
        ),
        ("/subscriptions/s", None, None),
        (f"{_GROUP}/providers/N.S//x", None, None),
        (f"{_GROUP}/providers/Microsoft.Resources/ResourceGroups/h", None, None),
    ],
)
def test_an_address_names_a_resource_and_a_word(
    address: str, target: Target | None, word: str | None
) -> None:
    assert read(address) == (target, word)


def test_a_resource_has_the_id_that_it_was_read_from() -> None:
    for address in (_GROUP, f"{_GROUP}/providers/N.S/a/x/b/y/providers/M.A/r/1"):
        target, _ = read(address)
        assert target is not None
        assert target.id == address
        assert target.group == "g"
        assert target.subscription == "s"
