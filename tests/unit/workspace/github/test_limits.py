"""How long GitHub asks to wait is understood, and a refusal is no limit."""

from __future__ import annotations

import pytest

from funcyard.workspace.github.limits import wait_seconds

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("status", "headers", "said", "seconds"),
    [
        (429, {"Retry-After": "30"}, "", 30),
        (403, {"Retry-After": "0"}, "", 1),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000060"}, "", 60),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999000"}, "", 1),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 30}, "", 86_400),
        (429, {}, "", 60),
        (403, {}, "You have exceeded a secondary rate limit.", 60),
        (403, {"Retry-After": "soon"}, "", None),
        (403, {"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": "1000060"}, "", None),
        (403, {"X-RateLimit-Remaining": "0"}, "", None),
        (401, {"Retry-After": "30"}, "", None),
        (500, {"Retry-After": "30"}, "", None),
    ],
)
def test_a_limit_is_told_from_a_refusal(
    status: int, headers: dict[str, str], said: str, seconds: float | None
) -> None:
    assert wait_seconds(status, headers, NOW, said=said) == seconds
