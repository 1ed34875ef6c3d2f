from __future__ import annotations

import pytest

from funcyard.host.functions_view import FunctionView, State, tally


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "0 functions"),
        (["listening"], "1 function"),
        (["listening", "listening"], "2 functions"),
        (["disabled"], "0 functions (1 disabled)"),
        (
            ["unsupported", "listening", "disabled", "failed", "unsupported"],
            "1 function (1 disabled, 1 failed, 2 unsupported)",
        ),
    ],
)
def test_only_functions_that_run_here_are_counted_as_such(states: list[State], said: str) -> None:
    assert tally(FunctionView("f", "http", "/", state=state) for state in states) == said
