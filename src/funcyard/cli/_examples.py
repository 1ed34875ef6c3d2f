"""Examples at the end of a command's help: a line each, what it does beside it."""

from __future__ import annotations


def examples(*lines: tuple[str, str]) -> str:
    """Return the epilog of a command.

    Args:
        lines: Command line without ``funcyard``, and what it does.
    """
    width = max(len(line) for line, _ in lines)
    rows = (f"  funcyard {line:<{width}}  {does}" for line, does in lines)
    return "\n".join(["\b", "Examples:", *rows])
