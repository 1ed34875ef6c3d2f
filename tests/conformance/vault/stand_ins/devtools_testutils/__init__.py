"""A stand-in for the helpers that Microsoft's tests import and do not ship: live mode only.

Vault and sign-in come from the environment; nothing is recorded, played back or sanitized.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import os
from collections.abc import Callable
from typing import Any

import pytest
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential


@pytest.fixture(scope="session")
def test_proxy() -> None:
    """Nothing is recorded."""


def is_live() -> bool:
    """Whether a service is asked."""
    return True


def _nothing(*_: object, **__: object) -> None:
    pass


add_oauth_response_sanitizer = add_general_regex_sanitizer = add_body_key_sanitizer = _nothing
add_remove_header_sanitizer = remove_batch_sanitizers = set_custom_default_matcher = _nothing


def recorded_by_proxy(test: Callable[..., Any]) -> Callable[..., Any]:
    """Run the test as it is."""
    return test


class AzureRecordedTestCase:
    """What the tests derive from."""

    is_live = True

    @staticmethod
    def await_prepared_test(test: Callable[..., Any]) -> Callable[..., Any]:
        """Return an asynchronous test as a synchronous one."""

        @functools.wraps(test)
        def run(*args: object, **given: object) -> None:
            asyncio.run(test(*args, **given))

        return run

    def get_resource_name(self, name: str) -> str:
        """Return a name of the test's own: the vault keeps those of deleted secrets."""
        test = os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0]
        return f"{name}{hashlib.sha256(test.encode()).hexdigest()[:12]}"

    def get_credential(self, client: type, *, is_async: bool = False) -> Any:  # noqa: ANN401 - either kind
        """Return a credential of the application that the environment names."""
        del client
        kind = AsyncDefaultAzureCredential if is_async else DefaultAzureCredential
        return kind(disable_instance_discovery=True)

    def create_client_from_credential(
        self,
        client: Callable[..., Any],
        credential: object,
        **options: Any,  # noqa: ANN401 - of any client
    ) -> Any:  # noqa: ANN401 - whatever the test wants
        """Return a client of a vault whose host is not the public cloud's."""
        options.setdefault("logging_enable", True)  # as Microsoft's helper does
        return client(credential=credential, verify_challenge_resource=False, **options)
