"""Lines of ``.env.local`` that nobody edited follow what is generated; all others stay."""

from __future__ import annotations

import pytest

from funcyard.project.env_following import following

_BEFORE = """# Settings. Copy to .env.local.
AZURITE_ACCOUNT_KEY=

# API_HOST_PORT=7071
# JOBS_HOST_PORT=7072

ENABLE_DEBUGGING=false

# Settings that every app receives.
# How much is logged
# LOG_LEVEL=INFO
# REGION=west
"""


def _mine(text: str) -> str:
    return text.replace("# Settings. Copy to .env.local.", "# Settings of this machine.").replace(
        "ACCOUNT_KEY=", "ACCOUNT_KEY=c2VjcmV0"
    )


def _followed(mine: str, before: str, now: str) -> str:
    return following(mine.encode(), before.encode(), now.encode()).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LOG_LEVEL=INFO", "LOG_LEVEL=DEBUG"),
        ("LOG_LEVEL", "LEVEL"),
        ("# How much is logged\n# LOG_LEVEL=INFO\n", ""),
        ("# How much is logged\n", "# What is logged\n"),
        ("# REGION=west\n", "# REGION=west\n# PLACE=here\nODD='a$b'\n"),
        (_BEFORE[_BEFORE.index("\n# Settings that") :], ""),
        ("7072", "7172"),
    ],
)
def test_an_untouched_file_becomes_what_is_generated_but_for_header_and_key(
    old: str, new: str
) -> None:
    assert _BEFORE.count(old) == 1
    now = _BEFORE.replace(old, new)

    assert _followed(_mine(_BEFORE), _BEFORE, now) == _mine(now)


def test_a_file_without_settings_gets_those_that_are_new() -> None:
    bare = _BEFORE[: _BEFORE.index("\n# Settings that")]

    assert _followed(_mine(bare), bare, _BEFORE) == _mine(_BEFORE)


def test_lines_that_were_generated_as_settings_become_comments_with_the_new_values() -> None:
    pinned = _BEFORE.replace("# LOG", "LOG").replace("# API", "API").replace("# REGION", "REGION")
    now = _BEFORE.replace("INFO", "DEBUG").replace("7071", "7171")
    mine = pinned.replace("REGION=west", "REGION=north")

    assert _followed(_mine(mine), pinned, now) == _mine(
        now.replace("# REGION=west", "REGION=north")
    )


def test_what_a_person_wrote_stays_and_is_not_offered_beside_it() -> None:
    mine = _mine(_BEFORE).replace("# LOG_LEVEL=INFO", "LOG_LEVEL=INFO # mine") + "MINE=1"
    now = _BEFORE.replace("INFO", "DEBUG").replace("west", "east").replace("7071", "7171")

    assert _followed(mine, _BEFORE, now) == mine.replace("west", "east").replace("7071", "7171")


def test_a_line_that_was_moved_is_still_as_it_was_generated() -> None:
    legacy = _BEFORE.replace("# LOG", "LOG")
    mine = "LOG_LEVEL=INFO\n" + legacy.replace("LOG_LEVEL=INFO\n", "")

    followed = _followed(mine, legacy, _BEFORE.replace("INFO", "DEBUG"))
    assert [line for line in followed.splitlines() if "LOG_LEVEL" in line] == ["# LOG_LEVEL=DEBUG"]


def test_a_line_that_a_person_takes_up_from_a_comment_or_deletes_stays_so() -> None:
    now = _BEFORE.replace("7071", "7171").replace("INFO", "DEBUG")
    mine = _BEFORE.replace("# API", "API").replace("# LOG_LEVEL=INFO\n", "")

    assert _followed(mine, _BEFORE, now) == mine


def test_windows_line_ends_and_a_missing_last_one_stay() -> None:
    mine = _BEFORE.replace("\n", "\r\n").removesuffix("\r\n")
    now = _BEFORE.replace("INFO", "DEBUG")

    assert _followed(mine, _BEFORE, now) == now.replace("\n", "\r\n").removesuffix("\r\n")
