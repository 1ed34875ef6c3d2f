"""Resource Manager by documents: what goes on after an answer, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from tests import azure_manager
from tests.azure_manager import Answer, managing

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.errors import AzureFailedError, AzureRefusedError, error_code
from funcyard.azure.manager import Manager

BOX = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Box/boxes/b"
WORK = "/subscriptions/s/providers/Microsoft.Box/operations/1"
V = "2024-01-01"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[azure_manager.Manager]:
    with managing(tmp_path_factory.mktemp("azure"), {}) as answering:
        yield answering


@asynccontextmanager
async def opened(
    azure: azure_manager.Manager, answers: dict[str, Answer]
) -> AsyncIterator[Manager]:
    azure.answers = {
        path.replace(BOX, BOX.lower()).replace(WORK, WORK.lower()): answer
        for path, answer in answers.items()
    }
    azure.asked.clear()
    cloud = cloud_of(azure.settings)
    async with (
        credential(identity_of(azure.settings), cloud) as token,
        Manager(token, cloud) as manager,
    ):
        yield manager


async def test_work_that_a_location_tells_of_goes_on_while_it_answers_202(
    azure: azure_manager.Manager,
) -> None:
    here = azure.settings["AZURE_AUTHORITY_HOST"]
    accepted = Answer(202, None, {"Location": f"{here}{WORK}?api-version={V}", "Retry-After": "17"})
    async with opened(azure, {f"PUT {BOX}": accepted, WORK: accepted}) as manager:
        work = await manager.put(BOX, V, {"location": "westus"})
        assert work is not None
        first = await work.poll()
        azure.answers[WORK.lower()] = Answer(200, {"id": BOX})
        second = await work.poll()

    assert (first.is_done, first.retry_after, second.is_done) == (False, 17.0, True)
    assert azure.asked[0] == f"PUT {BOX}?api-version={V}"
    assert azure.asked[1] == f"{WORK}?api-version={V}"


async def test_work_that_has_a_status_ends_when_that_says_so(azure: azure_manager.Manager) -> None:
    made = Answer(201, {"id": BOX}, {"Azure-AsyncOperation": WORK})
    async with opened(azure, {f"PUT {BOX}": made, WORK: Answer(200, {"status": "Running"})}) as one:
        work = await one.put(BOX, V, {})
        assert work is not None
        assert not (await work.poll()).is_done
        azure.answers[WORK.lower()] = Answer(200, {"status": "Succeeded"})
        assert (await work.poll()).is_done


async def test_work_that_failed_is_an_error_with_azure_s_code(azure: azure_manager.Manager) -> None:
    told = {"status": "Failed", "error": {"code": "QuotaExceeded", "message": "No more."}}
    made = Answer(201, {}, {"Azure-AsyncOperation": WORK})
    async with opened(azure, {f"PUT {BOX}": made, WORK: Answer(200, told)}) as manager:
        work = await manager.put(BOX, V, {})
        assert work is not None
        with pytest.raises(AzureRefusedError, match=r"No more\. \(QuotaExceeded\)") as failed:
            await work.poll()
    assert failed.value.service_code == "QuotaExceeded"


@pytest.mark.parametrize(
    "address", ["https://example.com/op", "http://localhost/op", "//example.com/op"]
)
async def test_the_token_goes_to_no_other_host(azure: azure_manager.Manager, address: str) -> None:
    gone = Answer(202, None, {"Location": address})
    async with opened(azure, {f"DELETE {BOX}": gone}) as manager:
        work = await manager.delete(BOX, V)
        assert work is not None
        with pytest.raises(AzureFailedError, match="for work of its own"):
            await work.poll()
    assert len(azure.asked) == 1


async def test_what_is_not_there_is_none_and_deleting_it_nothing(
    azure: azure_manager.Manager,
) -> None:
    async with opened(azure, {}) as manager:
        assert await manager.get(BOX, V) is None
        assert await manager.delete(BOX, V) is None


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"error": {"code": "AlreadyTaken", "message": "It is taken."}}, "AlreadyTaken"),
        (
            {"Code": "Conflict", "Message": "It is taken.", "Target": None, "Details": []},
            "Conflict",
        ),
        ({"code": 409002, "httpStatusCode": "Conflict", "message": "It is taken."}, "409002"),
        ({"Message": "It is taken."}, ""),
    ],
    ids=["most", "Web", "IoT Hub", "Kudu"],
)
async def test_a_refusal_has_azure_s_words_and_code_in_the_shape_of_each_provider(
    azure: azure_manager.Manager, told: dict[str, object], code: str
) -> None:
    async with opened(azure, {f"PUT {BOX}": Answer(409, told)}) as manager:
        with pytest.raises(ResourceExistsError, match="It is taken") as refused:
            await manager.put(BOX, V, {})
    assert error_code(refused.value) == code


async def test_an_answer_that_is_no_document_is_an_error_of_azure_s(
    azure: azure_manager.Manager,
) -> None:
    async with opened(azure, {BOX: Answer(200, "<html>sign in</html>")}) as manager:
        with pytest.raises(AzureError, match="not JSON"):
            await manager.get(BOX, V)
    async with opened(azure, {BOX: Answer(502, "<html>bad gateway</html>")}) as manager:
        with pytest.raises(HttpResponseError):
            await manager.get(BOX, V)
