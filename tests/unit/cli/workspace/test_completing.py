"""What a shell offers while a call of a platform is typed."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete
from tests.answering import Answering, document

from funcyard.cli.main import root

_KNOWN = {
    "workflows": [{"name": "report"}, {"name": "resize"}, {"name": "clean"}],
    "executions": [{"executionId": "fe-2"}, {"executionId": "fe-1"}],
    "versions": [{"number": 12}, {"number": 7}],
    "organizations": [{"id": "acme"}, {"id": "other"}],
}


def _offered(typed: str) -> list[str]:
    words = typed.split(" ")
    shell = BashComplete(root, {}, "funcyard", "_FUNCYARD_COMPLETE")
    return [item.value for item in shell.get_completions(words[:-1], words[-1])]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("run URL r", ["report", "resize"]),
        ("workflows URL c", ["clean"]),
        ("logs URL ", ["fe-2", "fe-1"]),
        ("rollback URL 1", ["12"]),
        ("download URL --version ", ["12", "7"]),
        ("organizations show URL a", ["acme"]),
        ("keys add URL --workflow cl", ["clean"]),
    ],
)
def test_names_are_those_of_the_platform_that_was_named(typed: str, names: list[str]) -> None:
    with Answering(document(_KNOWN)) as server:
        assert _offered(f"workspace {typed.replace('URL', f'--url {server.url}')}") == names


def test_the_platform_that_the_environment_names_counts_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Answering(document(_KNOWN)) as server:
        monkeypatch.setenv("FUNCYARD_URL", server.url)
        monkeypatch.setenv("FUNCYARD_ORGANIZATION", "acme")
        assert _offered("workspace run r") == ["report", "resize"]
    assert b"X-Organization-Id: acme" in server.received[0]


@pytest.mark.parametrize(
    "answer", [b"", document([]), document({"error": "x", "message": "y"}, 401)]
)
def test_where_it_does_not_answer_or_refuses_nothing_is_offered_and_nothing_said(
    answer: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with Answering(answer) as server:
        assert _offered(f"workspace run --url {server.url} ") == []
    assert capfd.readouterr() == ("", "")


def test_an_address_that_is_none_offers_nothing() -> None:
    assert _offered("workspace run --url x ") == []
