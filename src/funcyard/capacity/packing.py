"""How many nodes replicas need, whichever way they are placed.

The number is a lower bound that no placing can beat, so that what is said to be too small is. For
replicas of one size it is exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.capacity.sizes import Size

Replicas = tuple["Size", int]
"""Replicas of one size, and how many there are."""


def fit_on(size: Size, node: Size) -> int:
    """Return how many replicas of a size fit on one empty node."""
    return min(int(node.cpu // size.cpu), int(node.memory // size.memory))


def nodes_needed(replicas: Sequence[Replicas], node: Size) -> int:
    """Return the least number of nodes that can hold replicas, each of which fits on one."""
    counts: dict[Size, int] = {}
    for size, count in replicas:
        counts[size] = counts.get(size, 0) + max(count, 0)
    sizes = counts.items()
    bounds = [-(-count // fit_on(size, node)) for size, count in sizes]
    bounds.append(_share(sum((size.cpu * count for size, count in sizes), Fraction()), node.cpu))
    memory = sum((size.memory * count for size, count in sizes), Fraction())
    bounds.append(_share(memory, node.memory))
    # Of what takes more than half of a node's vCPUs, or of its memory, no two share a node.
    bounds.append(sum(count for size, count in sizes if size.cpu * 2 > node.cpu))
    bounds.append(sum(count for size, count in sizes if size.memory * 2 > node.memory))
    return max(bounds)


def _share(total: Fraction, of: Fraction) -> int:
    return int(-(-total // of))
