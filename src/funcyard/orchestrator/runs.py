"""Runs: the id that every name and tag of a run carries."""

from __future__ import annotations

import uuid

from funcyard.errors import UsageError


class RunIdError(UsageError):
    """What was given is no id of a run."""

    code = "bad-run-id"


def new_run_id() -> str:
    """Return the id of a new run, which is also that of its orchestration."""
    return str(uuid.uuid4())


def checked_run_id(text: object) -> str:
    """Return a run's id in lower case.

    Raises:
        RunIdError: It is none.
    """
    try:
        found = uuid.UUID(str(text))
    except ValueError:
        found = None
    if found is None or str(found) != str(text).lower():
        raise RunIdError(f"{text!r} is no id of a run", hint="a GUID, as the timer makes them")
    return str(found)
