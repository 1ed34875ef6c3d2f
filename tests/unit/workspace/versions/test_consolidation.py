from __future__ import annotations

import random

from funcyard.workspace.versions.consolidation import MOST_PACKS, live_bytes, to_rewrite
from funcyard.workspace.versions.manifest import Extent

_MB = 1 << 20


def test_a_few_packs_are_left_as_they_are() -> None:
    extents = {str(number): Extent(str(number), 0, 10) for number in range(MOST_PACKS - 1)}

    assert to_rewrite(extents, dict.fromkeys(extents, 10)) == set()


def test_with_too_many_packs_the_smaller_ones_are_rewritten_and_the_largest_stay() -> None:
    extents = {str(number): Extent(str(number), 0, number + 1) for number in range(MOST_PACKS)}
    packs = {name: extent.length for name, extent in extents.items()}

    rewritten = to_rewrite(extents, packs)

    left = extents.keys() - rewritten
    assert len(left) + 1 <= MOST_PACKS // 2
    assert min(packs[pack] for pack in left) > max(packs[pack] for pack in rewritten)


def test_a_large_pack_of_which_little_is_left_is_rewritten() -> None:
    extents = {"a": Extent("big", 0, _MB), "b": Extent("small", 0, 10)}

    assert to_rewrite(extents, {"big": 5 * _MB, "small": 1000}) == {"big"}
    assert to_rewrite(extents, {"big": 4 * _MB, "small": 1000}) == set()


def test_a_thousand_small_edits_move_each_content_a_few_times_only() -> None:
    """What consolidation costs: bytes that are written for bytes that are new."""
    choice = random.Random(7)  # noqa: S311 - a fixed sequence
    extents: dict[str, Extent] = {}
    packs: dict[str, int] = {}
    written = 0
    for version in range(1000):
        extents[f"file{choice.randrange(300)}"] = Extent("new", 0, 1000)
        others = {name: one for name, one in extents.items() if one.pack != "new"}
        live = live_bytes(others.values())
        moved = to_rewrite(others, {pack: packs[pack] for pack in live})
        mine = [name for name, one in extents.items() if one.pack in {"new", *moved}]
        for place, name in enumerate(mine):
            extents[name] = Extent(str(version), place * 1000, 1000)
        packs[str(version)] = len(mine) * 1000
        written += len(mine) * 1000
        assert len(live_bytes(extents.values())) <= MOST_PACKS

    assert written < 20 * 1000 * 1000
