"""A stand-in for the helpers that Microsoft's tests import and do not ship: live mode only.

Accounts come from the environment; nothing is recorded, played back or sanitized.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

mgmt_settings_fake = SimpleNamespace()


@pytest.fixture(scope="session")
def test_proxy() -> None:
    """Nothing is recorded."""


def _nothing(*_: object, **__: object) -> None:
    pass


add_body_regex_sanitizer = add_general_regex_sanitizer = add_header_regex_sanitizer = _nothing
add_oauth_response_sanitizer = add_uri_string_sanitizer = _nothing


def recorded_by_proxy(test: Callable[..., Any]) -> Callable[..., Any]:
    """Run the test as it is."""
    return test


class PowerShellPreparer:
    """Hands a test the accounts that the environment names."""

    def __init__(self, directory: str, **defaults: str) -> None:
        del directory
        self._names = defaults

    def __call__(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """Return the test, called with every account's name and key."""
        if inspect.iscoroutinefunction(test):

            @functools.wraps(test)
            async def run_async(case: object, **_: object) -> None:
                await test(case, **self._given())

            vars(run_async).pop("__wrapped__")  # pytest would read its signature
            return run_async

        @functools.wraps(test)
        def run(case: object, **_: object) -> None:
            test(case, **self._given())

        vars(run).pop("__wrapped__")
        return run

    def _given(self) -> dict[str, str]:
        return {name: os.environ[name.upper()] for name in self._names}
