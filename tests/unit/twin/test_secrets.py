"""Secrets stay the same from run to run, and a token is replaced without a moment of refusal."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.deploy.store import StateDamagedError
from funcyard.twin.contract.tokens import accepts, shown_by_sender
from funcyard.twin.secrets import (
    FILE,
    Generation,
    Secrets,
    read_generations,
    write_generations,
)

KEY = b"k" * 32
TOKEN = "INGESTION_TOKEN"  # noqa: S105 - the name of one


def test_a_name_has_one_secret_in_every_run_and_no_other_has_it() -> None:
    assert Secrets(KEY).of("l1-key") == Secrets(KEY).of("l1-key")
    found = {Secrets(key).of(name).value for key in (KEY, b"x" * 32) for name in ("a", "b")}
    assert len(found) == 4
    assert all(len(one) >= 43 for one in found)


def test_a_secret_is_not_shown() -> None:
    told = Secrets(KEY).of(TOKEN)
    assert told.value not in repr(told) + str(told)
    assert "kkkk" not in repr(Secrets(KEY))


def test_while_a_token_is_replaced_every_sender_is_accepted_by_every_receiver() -> None:
    """Each deployment changes one after the other, so neighbours of a step meet each other."""
    steps = [Secrets(KEY)]
    for _ in range(3):
        steps.append(steps[-1].after(TOKEN))
    for before, after in pairwise(steps):
        for sender in (before, after):
            for receiver in (before, after):
                shown = shown_by_sender(sender.of(TOKEN).value)
                assert accepts(receiver.accepted(TOKEN).value, shown)
    first, last = steps[0], steps[-1]
    assert last.generation(TOKEN) == Generation(2, (2,))
    assert not accepts(last.accepted(TOKEN).value, first.of(TOKEN).value)
    assert [one.generation(TOKEN).is_settled for one in steps] == [True, False, False, True]


@given(st.integers(0, 30))
def test_any_number_of_steps_leaves_one_token_or_two(count: int) -> None:
    found = Generation()
    for _ in range(count):
        found = found.next()
    assert found.shown in found.accepted
    assert len(found.accepted) in {1, 2}
    assert found.shown == 1 + (count + 1) // 3


def test_generations_are_kept_without_tokens(tmp_path: Path) -> None:
    assert read_generations(tmp_path) == {}
    told = {TOKEN: Generation(3, (3, 4))}
    write_generations(tmp_path, told)
    assert read_generations(tmp_path) == told
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert Secrets(KEY, told).of(TOKEN).value not in (tmp_path / FILE).read_text()


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {}}', '{"a": {"shown": "x", "accepted": []}}'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StateDamagedError, match=r"tokens\.json"):
        read_generations(tmp_path)
