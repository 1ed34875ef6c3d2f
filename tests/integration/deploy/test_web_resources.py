"""Function apps in the local Azure: plan, site, settings and code deployed, and how they fail."""

from __future__ import annotations

import json
import ssl
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.web import WebSiteManagementClient
from tests import local_azure
from tests.integration.deploy.web_stack import WebStack, package
from tests.local_azure import LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.errors import AzureAuthenticationError
from funcyard.deploy.apply import Report, deploy, plan
from funcyard.deploy.check import Absent, Drifted, Present, Undecided, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Limits
from funcyard.deploy.events import Stage
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Given
from funcyard.deploy.resources import app_code
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.host_key import HostKey
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resume import resume
from funcyard.errors import REFUSED

_VERSION = "2024-11-01"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """A local Azure whose work takes next to no time."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


@pytest.fixture
async def stack(reach: Reach, tmp_path: Path) -> AsyncIterator[WebStack]:
    made = WebStack(reach, tmp_path / "state")
    yield made
    await _good(destroy(made.engine))


async def _good(run: Any) -> Report:  # noqa: ANN401 - a coroutine of any kind
    report: Report | None = await run
    assert report is not None
    assert report.failures() == {}
    return report


def _call(azure: LocalAzure, url: str, key: str) -> Any:  # noqa: ANN401 - JSON
    request = urllib.request.Request(url, headers={"x-functions-key": key})
    trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=azure.ca))
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting)
    with direct.open(request, timeout=30) as answer:
        return json.load(answer)


def _settings(azure: LocalAzure, stack: WebStack) -> dict[str, str]:
    web: Any = azure.client(WebSiteManagementClient)
    found: dict[str, str] = web.web_apps.list_application_settings(
        stack.name, stack.name
    ).properties
    return found


def _set(azure: LocalAzure, stack: WebStack, settings: dict[str, str]) -> None:
    web: Any = azure.client(WebSiteManagementClient)
    web.web_apps.update_application_settings(stack.name, stack.name, {"properties": settings})


async def _outputs(stack: WebStack, graph: Graph[Reach]) -> dict[str, Any]:
    state = (await stack.engine.store.read()).state
    return {one.address: one.outputs for one in state.records.values()} | {"graph": graph}


async def test_an_app_is_deployed_answers_and_is_deployed_again_without_a_write(
    azure: LocalAzure, stack: WebStack, tmp_path: Path
) -> None:
    graph = stack.graph(account=True)
    await _good(deploy(stack.engine, graph))

    url = (await _outputs(stack, graph))["app"]["url"]
    code = graph.resources["app.code"]
    keys = await code.secrets(stack.engine.cloud, frozenset({"key", "master_key"}))
    assert _call(azure, f"{url}/api/tell", keys["key"]) == {"WHO": "first", "GIVEN": "hunter2"}
    assert _call(azure, f"{url}/api/tell", keys["master_key"])["WHO"] == "first"
    found: Any = azure.client(WebSiteManagementClient).web_apps.get(stack.name, stack.name)
    assert (found.properties.https_only, found.identity.type) == (True, "UserAssigned")

    again = await plan(stack.engine, stack.graph(account=True))
    assert again.counts() == {Action.NONE: 7}
    assert set((await check(stack.engine, graph)).values()) == {Present()}
    state = "".join(path.read_text() for path in (tmp_path / "state").iterdir())
    assert "hunter2" not in state
    assert "AccountKey=" not in state


async def test_a_setting_changed_behind_its_back_is_told_without_secrets_and_mended(
    azure: LocalAzure, stack: WebStack
) -> None:
    await _good(deploy(stack.engine, stack.graph(account=True, settings={"EXTRA": "1"})))
    _set(azure, stack, {"WHO": "nobody", "GIVEN": "stolen", "ADDED_BY_AZURE": "7", "EXTRA": "1"})

    drifted = (await check(stack.engine, stack.graph(account=True)))["app.settings"]
    assert isinstance(drifted, Drifted)
    told = [str(one) for one in drifted.differences]
    assert told == [
        "WHO: 'nobody' → 'first'",
        "GIVEN: (secret) → (secret)",
        "AzureWebJobsStorage: (none) → (secret)",
        "EXTRA: '1' → (none)",
    ]

    report = await _good(deploy(stack.engine, stack.graph(account=True)))
    assert sorted(result.what for result in report.results.values()).count("update") == 1
    found = _settings(azure, stack)
    assert found.pop("AzureWebJobsStorage").startswith("DefaultEndpointsProtocol=")
    assert found == {"WHO": "first", "GIVEN": "hunter2", "ADDED_BY_AZURE": "7"}

    changed = stack.graph(account=True, given="another")

    planned = await plan(stack.engine, changed)
    assert planned.counts() == {Action.NONE: 6, Action.UPDATE: 1}
    await _good(deploy(stack.engine, changed))
    assert _settings(azure, stack)["GIVEN"] == "another"


async def test_changed_code_alone_is_handed_over_and_its_functions_answer(stack: WebStack) -> None:
    await _good(deploy(stack.engine, stack.graph()))
    changed = stack.graph(code=package("say"), functions=("say",))

    assert (await plan(stack.engine, changed)).counts() == {Action.NONE: 5, Action.UPDATE: 1}
    await _good(deploy(stack.engine, changed))
    assert (await _outputs(stack, changed))["app.code"] == {"functions": ["say"]}
    assert (await plan(stack.engine, changed)).counts() == {Action.NONE: 6}


async def test_what_cannot_be_built_is_told_with_kudus_log_and_resumed_once_mended(
    stack: WebStack,
) -> None:
    wrong = stack.graph(code=package(requirements="azure-functions==0.0.0.1\n"))
    report = await deploy(stack.engine, wrong)
    assert report is not None
    failure = report.failures()["app.code"]
    assert failure.code == "code-failed"
    assert "the package could not be built:\n" in failure.message
    assert "azure-functions==0.0.0.1" in failure.message

    await _good(resume(stack.engine, stack.graph()))
    assert set((await check(stack.engine, stack.graph())).values()) == {Present()}


async def test_code_whose_functions_do_not_answer_is_not_taken_for_deployed_the_next_time(
    stack: WebStack,
) -> None:
    wrong = stack.graph(functions=("tell", "more"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_code, "_LOOKS", 1)
        for _ in range(2):
            report = await deploy(stack.engine, wrong)
            assert report is not None
            assert "instead of more, tell" in report.failures()["app.code"].message
    told = (await check(stack.engine, wrong))["app.code"]
    assert told == Undecided("its last change was not seen to end")

    await _good(resume(stack.engine, stack.graph()))
    assert (await check(stack.engine, stack.graph()))["app.code"] == Present()


async def test_a_site_that_is_gone_meanwhile_is_made_again_with_settings_and_code(
    azure: LocalAzure, stack: WebStack
) -> None:
    await _good(deploy(stack.engine, stack.graph()))
    assert azure.call("DELETE", stack.site, version=_VERSION)[0] == 200

    checked = await check(stack.engine, stack.graph())
    absent = {address for address, one in checked.items() if one == Absent()}
    assert absent == {"app", "app.settings", "app.code"}
    planned = await plan(stack.engine, stack.graph())
    assert planned.counts() == {Action.NONE: 3, Action.CREATE: 3}
    await _good(deploy(stack.engine, stack.graph()))
    assert set((await check(stack.engine, stack.graph())).values()) == {Present()}


async def test_an_azure_that_throttles_fails_and_loses_answers_is_waited_for(
    tmp_path: Path,
) -> None:
    faults = ("--faults", "throttle=0.1,error=0.1,lost=0.1", "--seed", "5")
    service = local_azure.start(tmp_path / "kept", "--scale", "1000", *faults)
    settings = service.settings
    try:
        async with reached(identity_of(settings), cloud_of(settings)) as reach:
            stack = WebStack(reach, tmp_path / "state")
            stack.engine.limits = Limits(first_pause=0.05, longest_pause=1.0)
            await _good(deploy(stack.engine, stack.graph(account=True)))
            assert (await plan(stack.engine, stack.graph(account=True))).counts() == {
                Action.NONE: 7
            }
            await _good(destroy(stack.engine))
    finally:
        service.end()
    assert {one.address for one in stack.events if one.stage is Stage.RETRYING} & {
        "plan",
        "app",
        "app.settings",
        "app.code",
    }


async def test_who_may_not_sign_in_is_told_so(azure: LocalAzure, tmp_path: Path) -> None:
    settings = azure.settings | {"AZURE_CLIENT_SECRET": "another"}
    async with reached(identity_of(settings), cloud_of(settings)) as stranger:
        stack = WebStack(stranger, tmp_path / "state")
        with pytest.raises(AzureAuthenticationError) as refused:
            await plan(stack.engine, stack.graph().part(["group"]))
    assert refused.value.exit_code == REFUSED


async def test_a_site_of_anothers_is_refused_and_left_alone(
    azure: LocalAzure, stack: WebStack, reach: Reach, tmp_path: Path
) -> None:
    other = WebStack(reach, tmp_path / "other")
    body = {"location": "westeurope", "kind": "functionapp,linux", "properties": {"reserved": True}}
    azure.resources().resource_groups.create_or_update(other.name, {"location": "westeurope"})
    path = stack.site.replace(f"resourceGroups/{stack.name}", f"resourceGroups/{other.name}")
    assert azure.call("PUT", path, body, _VERSION)[0] == 200

    report = await deploy(stack.engine, stack.graph())
    assert report is not None
    assert "already exists" in report.failures()["app"].message
    assert report.blocked() == ("app.settings", "app.code")
    assert azure.call("GET", path, version=_VERSION)[2].keys().isdisjoint({"tags"})
    azure.call("DELETE", path, version=_VERSION)


async def test_a_key_of_ones_own_opens_every_function_and_is_replaced(
    azure: LocalAzure, stack: WebStack
) -> None:
    def graph(value: str) -> Graph[Reach]:
        parts = stack.graph()
        app, code = parts.resources["app"], parts.resources["app.code"]
        assert isinstance(app, FunctionApp)
        assert isinstance(code, AppCode)
        key = HostKey.of("app.key", app, code, "caller", Given("test:key", value))
        return Graph([*parts, key])

    await _good(deploy(stack.engine, graph("one")))
    url = (await _outputs(stack, graph("one")))["app"]["url"]
    assert _call(azure, f"{url}/api/tell", "one")["WHO"] == "first"
    assert (await plan(stack.engine, graph("one"))).counts() == {Action.NONE: 7}
    assert "one" not in json.dumps((await stack.engine.store.read()).state.as_json())

    changed = await plan(stack.engine, graph("two"))
    assert changed.counts() == {Action.NONE: 6, Action.UPDATE: 1}
    await _good(deploy(stack.engine, graph("two")))
    assert (await check(stack.engine, graph("two")))["app.key"] == Present()
    assert isinstance((await check(stack.engine, graph("one")))["app.key"], Drifted)
