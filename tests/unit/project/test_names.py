"""Names, ports and addresses that follow from a spec."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project import names

NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,70}", fullmatch=True)


@given(NAME, NAME)
def test_a_host_id_is_one_that_azure_accepts(project: str, app: str) -> None:
    made = names.host_id(project, app)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= 32


@given(NAME, st.lists(NAME, unique=True, max_size=8))
def test_two_apps_of_a_project_never_share_a_host_id(project: str, apps: list[str]) -> None:
    assert len({names.host_id(project, app) for app in apps}) == len(apps)


def test_a_short_host_id_can_be_read() -> None:
    assert names.host_id("shop", "orders") == "shop-orders"
    long = names.host_id("a-very-long-project-name", "orchestrator")
    assert re.fullmatch(r"a-very-long-project-nam-[0-9a-f]{8}", long)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (names.host_port_variable, "MY_APP_HOST_PORT"),
        (names.debug_port_variable, "MY_APP_DEBUG_PORT"),
        (names.url_variable, "MY_APP_URL"),
    ],
)
def test_hyphens_become_underscores_in_variables(variable: object, expected: str) -> None:
    assert callable(variable)
    assert variable("my-app") == expected


def test_the_connection_string_is_one_that_the_sdk_reads() -> None:
    from azure.storage.queue import QueueServiceClient  # noqa: PLC0415 - slow to import

    text = names.connection_string("a2V5", host="127.0.0.1", ports=(1, 2, 3))
    with QueueServiceClient.from_connection_string(text) as client:
        assert client.url.rstrip("/") == "http://127.0.0.1:2/devstoreaccount1"
