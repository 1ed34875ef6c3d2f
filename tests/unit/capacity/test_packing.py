from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from funcyard.capacity.packing import fit_on, nodes_needed
from funcyard.capacity.sizes import Size

NODE = Size(Fraction(4), Fraction(16))
sizes = st.builds(
    Size,
    st.integers(1, 16).map(lambda quarters: Fraction(quarters, 4)),
    st.integers(1, 32).map(lambda halves: Fraction(halves, 2)),
)
replicas = st.lists(st.tuples(sizes, st.integers(0, 3)), max_size=4)


def _placed(wanted: list[tuple[Size, int]]) -> int:
    """Nodes that placing each replica on the first node with room takes."""
    free: list[Size] = []
    for size, count in wanted:
        for _ in range(count):
            for number, room in enumerate(free):
                if room.cpu >= size.cpu and room.memory >= size.memory:
                    free[number] = Size(room.cpu - size.cpu, room.memory - size.memory)
                    break
            else:
                free.append(Size(NODE.cpu - size.cpu, NODE.memory - size.memory))
    return len(free)


@given(replicas)
def test_no_placing_needs_fewer_nodes(wanted: list[tuple[Size, int]]) -> None:
    assert nodes_needed(wanted, NODE) <= _placed(wanted)


@given(sizes, st.integers(0, 12))
def test_for_one_size_the_number_is_exact(size: Size, count: int) -> None:
    assert nodes_needed([(size, count)], NODE) == _placed([(size, count)])


def test_replicas_are_bound_by_whichever_is_short() -> None:
    assert fit_on(Size(Fraction(1), Fraction(1)), NODE) == 4
    assert fit_on(Size(Fraction(1), Fraction(9)), NODE) == 1
    assert fit_on(Size(Fraction(5), Fraction(1)), NODE) == 0


def test_replicas_that_are_large_in_different_ways_may_share_a_node() -> None:
    much_cpu, much_memory = Size(Fraction(3), Fraction(2)), Size(Fraction(1), Fraction(12))
    assert nodes_needed([(much_cpu, 1), (much_memory, 1)], NODE) == 1
