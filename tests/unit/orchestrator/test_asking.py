"""Questions whose answers are handed on, so that who asks again asks only what was not answered."""

from __future__ import annotations

from azure.core.exceptions import HttpResponseError, ServiceRequestError

from funcyard.azure.errors import AzureRefusedError
from funcyard.orchestrator.asking import Questions


async def test_what_was_answered_is_not_asked_again() -> None:
    asked: list[str] = []

    async def answering() -> list[str]:
        asked.append("once")
        return ["x"]

    first = Questions()
    assert await first.ask("which", answering) == ["x"]
    assert await first.ask("which", answering) == ["x"]
    assert await Questions(first.answers).ask("which", answering) == ["x"]
    assert asked == ["once"]


async def test_a_question_that_fails_is_unknown_and_is_no_answer() -> None:
    async def unreached() -> list[str]:
        raise ServiceRequestError("no route")

    async def refused() -> list[str]:
        raise AzureRefusedError("no", status=403)

    questions = Questions()

    assert await questions.ask("a", unreached) is None
    assert await questions.ask("b", refused) is None
    assert questions.answers == {}
    assert [(one["what"], one["later"]) for one in questions.unknown] == [("a", True), ("b", False)]
    assert "no route" in questions.unknown[0]["error"]["message"]


async def test_the_pause_that_azure_asks_for_is_kept() -> None:
    class _Response:
        status_code = 429
        reason = "Too Many Requests"
        headers = {"Retry-After": "17"}  # noqa: RUF012 - as a transport has them

    async def busy() -> list[str]:
        fault = HttpResponseError("busy")
        fault.status_code, fault.response = 429, _Response()  # type: ignore[assignment]
        raise fault

    questions = Questions()
    await questions.ask("a", busy)

    assert (questions.unknown[0]["later"], questions.unknown[0]["retry_after"]) == (True, 17)


async def test_what_found_nothing_is_told_apart_from_what_was_not_asked() -> None:
    questions = Questions({"list": [], "there": True, "gone": False, "some": ["x"]})

    assert questions.nothing() == {"list": [], "gone": False}
