"""What becomes of one managed file."""

from __future__ import annotations

import hashlib

from funcyard.project.plan import State
from funcyard.project.verdicts import Sides, Verdict, judge

BASE = b"one\ntwo\nthree\n"
NEW = b"one\ntwo\nTHREE\n"


def sides(
    ours: bytes, theirs: bytes, base: bytes | None = BASE, beside: str | None = None
) -> Sides:
    generated = hashlib.sha256(base).hexdigest() if base is not None else None
    return Sides(ours, base, theirs, generated, beside)


def test_a_file_as_generated_is_clean() -> None:
    assert judge(sides(BASE, BASE)) == Verdict(State.CLEAN, BASE)


def test_an_unedited_file_is_replaced() -> None:
    assert judge(sides(BASE, NEW)) == Verdict(State.UPDATED, NEW)


def test_an_edit_stays_when_nothing_new_is_generated() -> None:
    assert judge(sides(b"mine\n", BASE)) == Verdict(State.EDITED, b"mine\n")


def test_an_edit_and_a_change_are_merged() -> None:
    assert judge(sides(b"ONE\ntwo\nthree\n", NEW)).content == b"ONE\ntwo\nTHREE\n"


def test_a_user_who_made_the_change_already_is_clean() -> None:
    assert judge(sides(NEW, NEW)).state is State.CLEAN


def test_windows_line_ends_are_no_edit_and_stay() -> None:
    crlf = BASE.replace(b"\n", b"\r\n")
    assert judge(sides(crlf, BASE)) == Verdict(State.CLEAN, crlf)
    assert judge(sides(crlf, NEW)) == Verdict(State.UPDATED, NEW.replace(b"\n", b"\r\n"))
    mine = crlf.replace(b"one", b"ONE")
    assert judge(sides(mine, NEW)).content == b"ONE\r\ntwo\r\nTHREE\r\n"


def test_mixed_line_ends_are_the_users_own() -> None:
    mixed = b"one\r\ntwo\nthree\n"
    assert judge(sides(mixed, BASE)) == Verdict(State.EDITED, mixed)


def test_what_is_not_text_is_put_beside() -> None:
    verdict = judge(sides(b"\0mine", b"\0new", base=b"\0base"))
    assert (verdict.state, verdict.content, verdict.beside) == (State.CONFLICT, b"\0mine", True)


def test_without_the_text_of_before_the_new_one_is_put_beside() -> None:
    generated = hashlib.sha256(BASE).hexdigest()
    verdict = judge(Sides(b"mine\n", None, NEW, generated))
    assert (verdict.state, verdict.content, verdict.beside) == (State.CONFLICT, b"mine\n", True)


def test_without_the_text_of_before_its_digest_still_tells_an_edit() -> None:
    generated = hashlib.sha256(BASE).hexdigest()
    assert judge(Sides(BASE, None, NEW, generated)).state is State.UPDATED
    assert judge(Sides(b"mine\n", None, BASE, generated)).state is State.EDITED


def test_a_file_that_was_never_generated_is_not_overwritten() -> None:
    verdict = judge(Sides(b"mine\n", None, NEW, None))
    assert (verdict.content, verdict.beside) == (b"mine\n", True)


def test_a_conflict_is_unresolved_until_its_markers_are_gone() -> None:
    conflict = judge(sides(b"one\nmine\nthree\n", b"one\nnew\nthree\n"))
    assert conflict.state is State.CONFLICT
    after = sides(conflict.content, b"one\nnew\nthree\n", base=b"one\nnew\nthree\n")
    assert judge(after) == Verdict(
        State.UNRESOLVED, conflict.content, "resolve the marked conflict"
    )
    resolved = sides(b"one\nmine\nthree\n", b"one\nnew\nthree\n", base=b"one\nnew\nthree\n")
    assert judge(resolved).state is State.EDITED


def test_a_version_put_beside_is_unresolved_until_it_is_deleted() -> None:
    assert judge(sides(b"mine\n", BASE, beside="a.funcyard-new")).state is State.UNRESOLVED
