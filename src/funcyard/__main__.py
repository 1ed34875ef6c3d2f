"""The process of a command, and ``python -m funcyard``.

What imports make stays, and what is left at the end goes with the process: looking through either
for garbage costs a fifth of a short command. So garbage is collected once the command is imported,
seldom, and not at the end.
"""

import gc

from funcyard.cli.main import main

_COLLECTED_AFTER = 50_000
"""Objects that are made, and not freed, between two collections of garbage; Python's is 700."""


def run() -> None:
    """Run the command line and exit."""
    gc.disable()
    gc.set_threshold(_COLLECTED_AFTER)
    try:
        main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
