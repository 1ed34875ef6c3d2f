"""Which of a tree's paths a workspace can hold."""

from __future__ import annotations

from funcyard.workspace.paths import InvalidPathError, ReservedPathError, check_path


def invalid(raw: bytes) -> tuple[str, str] | None:
    """Return why a path is not taken, as a reason and in words; None where it is.

    Args:
        raw: The path as Git has it.
    """
    try:
        check_path(raw.decode())
    except UnicodeDecodeError:
        return "invalid-path", "its name is not UTF-8"
    except ReservedPathError as fault:
        return "reserved", fault.message
    except InvalidPathError as fault:
        return "invalid-path", fault.message
    return None
