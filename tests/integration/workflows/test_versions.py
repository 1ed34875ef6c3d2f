"""What a version holds, what is wrong with it, and that a new one takes over at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.workflows.platform import HEAD, Platform, until

from funcyard.workflows import installed
from funcyard.workflows.engine import Engine
from funcyard.workflows.errors import NoSuchWorkflowError, ProviderError
from funcyard.workflows.executions.model import Status
from funcyard.workflows.limits import WorkerLimits
from funcyard.workflows.registry import Registry


async def found(made: Platform, engine: Engine, files: dict[str, str]) -> Registry:
    made.versions.publish(made.org, files)
    registry = await engine.published(made.org)
    assert registry is not None
    return registry


def simple(name: str, result: object = None) -> str:
    return f"{HEAD}@workflow(execution_mode='sync')\ndef {name}(): return {result!r}\n"


async def test_files_are_found_wherever_they_are_and_hidden_ones_are_not(made: Platform) -> None:
    engine = await made.engine()
    registry = await found(
        made,
        engine,
        {
            "top.py": simple("top"),
            "deep/er/one.py": simple("deep"),
            "with-hyphen/2 spaces.v1.py": simple("odd"),
            "email.py": simple("called_like_the_library"),
            "json/tool.py": simple("below_a_library_name"),
            "_private.py": simple("private"),
            "_folder/one.py": simple("private_too"),
            ".packages/lib.py": simple("installed"),
            "__init__.py": simple("init"),
            "notes.txt": "",
        },
    )

    assert sorted(registry.workflows) == [
        *("below_a_library_name", "called_like_the_library", "deep", "odd", "top"),
    ]
    assert registry.faults == ()
    assert registry.workflows["deep"].place.file == "deep/er/one.py"
    assert registry.workflows["deep"].place.line == 2
    for name in registry.workflows:
        assert (await made.run(engine, name)).status is Status.SUCCESS


async def test_files_import_each_other_each_once(made: Platform) -> None:
    engine = await made.engine()
    counted = "import builtins\nbuiltins.loads = getattr(builtins, 'loads', 0) + 1\n"
    registry = await found(
        made,
        engine,
        {
            "shared/tools.py": counted + "import json\nSAID = json.dumps(['hello'])\n",
            "shared/more.py": "from .tools import SAID\n",
            "_hidden.py": "HIDDEN = 'hidden'\n",
            "jobs/use.py": HEAD
            + "import builtins\nfrom shared.tools import SAID\nimport shared.more\n"
            + "from _hidden import HIDDEN\n"
            + "@workflow()\ndef use(): return [SAID, HIDDEN, builtins.loads]\n",
        },
    )

    assert registry.faults == ()
    assert await made.value(engine, "use") == ['["hello"]', "hidden", 1]


async def test_every_broken_file_is_told_with_its_line_and_takes_nothing_from_others(
    made: Platform,
) -> None:
    engine = await made.engine()
    registry = await found(
        made,
        engine,
        {
            "good.py": simple("good"),
            "syntax.py": "x = 1\ndef broken(:\n",
            "missing.py": "\nimport not_installed_here\n",
            "raises.py": "\n\nraise RuntimeError('at import')\n",
            "leaves.py": "import sys\nsys.exit(1)\n",
            "declares.py": f"{HEAD}\n@workflow(timeout_seconds=9999)\ndef w(): ...\n",
            "asks.py": f"{HEAD}@workflow()\n@param('a', data_provider='nobody')\ndef a(a): ...\n",
        },
    )

    assert {(fault.file, fault.line, fault.kind) for fault in registry.faults} == {
        ("syntax.py", 2, "SyntaxError"),
        ("missing.py", 2, "ModuleNotFoundError"),
        ("raises.py", 3, "RuntimeError"),
        ("leaves.py", 2, "SystemExit"),
        ("declares.py", 3, "DeclarationError"),
        ("asks.py", 2, "NoSuchProvider"),
    }
    told = next(fault for fault in registry.faults if fault.file == "raises.py")
    assert f'File "/workspace/orgs/{made.org}/raises.py", line 3' in told.traceback
    assert (await made.run(engine, "good")).status is Status.SUCCESS


async def test_a_file_that_kills_the_process_is_told_and_the_others_run(made: Platform) -> None:
    engine = await made.engine()
    registry = await found(
        made,
        engine,
        {"good.py": simple("good"), "kills.py": "import os\nos._exit(7)\n"},
    )

    assert [(fault.file, fault.kind) for fault in registry.faults] == [("kills.py", "WorkerDied")]
    assert "exit code 7" in registry.faults[0].message
    assert (await made.run(engine, "good")).status is Status.SUCCESS


async def test_a_file_that_takes_all_the_time_is_told(made: Platform) -> None:
    engine = await made.engine(workers=replace(WorkerLimits(), load_seconds=0.5))
    registry = await found(
        made,
        engine,
        {
            "a_good.py": simple("good"),
            "slow.py": "import time\ntime.sleep(60)\n",
            "z_after.py": simple("after"),
        },
    )

    assert [(fault.file, fault.line, fault.kind) for fault in registry.faults] == [
        ("slow.py", 2, "TooSlow"),
        ("z_after.py", 0, "NotLoaded"),
    ]
    assert (await made.run(engine, "good")).status is Status.SUCCESS


async def test_a_name_that_two_files_declare_is_nobodys(made: Platform) -> None:
    engine = await made.engine()
    registry = await found(
        made, engine, {"one.py": simple("same"), "two.py": simple("same"), "x.py": simple("x")}
    )

    assert list(registry.workflows) == ["x"]
    assert [fault.file for fault in registry.faults] == ["one.py", "two.py"]
    assert {fault.message for fault in registry.faults} == {
        "one.py:2 and two.py:2 declare the workflow same: rename one"
    }


async def test_a_new_version_runs_from_the_next_execution_on_and_the_old_one_finishes(
    made: Platform,
) -> None:
    engine = await made.engine()
    mark = made.root / "mark"
    old = made.publish(
        f"{HEAD}import pathlib, time\n@workflow()\n@param('mark')\n@param('wait', type='bool')\n"
        "def w(context, mark, wait):\n"
        "    pathlib.Path(mark).touch()\n"
        "    time.sleep(1 if wait else 0)\n"
        "    import late\n    return ['old', late.VALUE, context.version]\n"
    )
    folder, _ = await made.versions.materialise(made.org, old)
    (folder / "late.py").write_text("VALUE = 'of the old version'\n")
    running = asyncio.create_task(made.value(engine, "w", mark=str(mark), wait=True))

    async def begun() -> bool:
        return mark.exists()

    await until(begun)
    new = made.publish(
        f"{HEAD}@workflow()\n@param('mark')\n@param('wait')\ndef w(**_): return 'new'\n"
    )

    assert await made.value(engine, "w") == "new"
    assert await running == ["old", "of the old version", old]
    assert old != new


async def test_what_was_found_once_is_known_to_other_engines(made: Platform) -> None:
    first, second = await made.engine(), await made.engine()
    version = made.publish(simple("known", "as it was"))
    await first.published(made.org)
    folder, _ = await made.versions.materialise(made.org, version)
    (folder / "later.py").write_text(simple("never_looked_at"))

    registry = await second.published(made.org)

    assert registry is not None
    assert list(registry.workflows) == ["known"]
    assert await made.value(second, "known") == "as it was"


async def test_an_organisations_own_workflow_wins_over_everybodys(made: Platform) -> None:
    engine = await made.engine()
    both = "@workflow()\ndef pid(): import os; return os.getpid()\n"
    made.versions.publish(
        "GLOBAL", {"all.py": simple("shared", "everybody's") + both + simple("same", "global")}
    )
    made.publish(simple("same", "own"))

    assert await made.value(engine, "same") == "own"
    assert await made.value(engine, "shared") == "everybody's"
    assert [one.scope for one in await engine.registries(made.org)] == [made.org, "GLOBAL"]
    other = await engine.execute("other", "pid", {}, caller="a", mode="sync")
    assert int(await engine.executions.result("other", other.id) or 0) != await made.value(
        engine, "pid"
    )
    with pytest.raises(NoSuchWorkflowError):
        await engine.workflow("GLOBAL", "nowhere")


async def test_two_organisations_never_meet_in_a_process(made: Platform) -> None:
    engine = await made.engine()
    code = (
        f"{HEAD}import os\nSEEN = []\n@workflow()\n@param('mine')\n"
        "def remember(mine):\n    SEEN.append(mine)\n    print(mine)\n"
        "    return [os.getpid(), SEEN]\n"
    )
    organizations = [made.org, f"{made.org}b"]
    for organization in organizations:
        made.versions.publish(organization, {"all.py": code})

    async def ask(organization: str) -> tuple[str, str, str]:
        run = await engine.execute(
            organization, "remember", {"mine": organization}, caller="a", mode="sync"
        )
        part = await engine.executions.logs(organization, run.id)
        result = await engine.executions.result(organization, run.id)
        return organization, str(result), str(part.entries)

    answers = await asyncio.gather(*(ask(one) for one in organizations * 10))

    pids: dict[str, set[str]] = {}
    for organization, result, logged in answers:
        other = next(one for one in organizations if one != organization)
        assert f'"{other}"' not in result
        assert f"'{other}'" not in logged
        pids.setdefault(organization, set()).add(result.split(",")[0])
    assert not set.intersection(*pids.values())


PROVIDERS = f"""{HEAD}
import pathlib

@data_provider(cache_ttl_seconds=300)
@param("count_in")
def lists(context, count_in):
    with pathlib.Path(count_in).open("a") as file:
        file.write("x")
    return [{{"label": context.organization, "value": 1}}]

@data_provider(cache_ttl_seconds=0)
@param("count_in")
def fresh(count_in):
    return lists(None, count_in) if False else [len(pathlib.Path(count_in).read_text())]

@data_provider()
def fails():
    raise LookupError("no list today")

@data_provider()
def no_list():
    return {{}}
"""


async def test_a_provider_is_asked_once_for_as_long_as_its_answer_is_good(made: Platform) -> None:
    engine = await made.engine()
    made.publish(PROVIDERS)
    count = made.root / "count"

    async def ask() -> list[object]:
        return await engine.options(made.org, "lists", {"count_in": str(count)}, caller="a")

    answers = await asyncio.gather(*(ask() for _ in range(5)))

    assert answers == [[{"label": made.org, "value": 1}]] * 5
    assert count.read_text() == "x"
    count.write_text("xx")
    given = {"count_in": str(count)}
    assert await engine.options(made.org, "fresh", given, caller="a") == [2]
    count.write_text("xxx")
    assert await engine.options(made.org, "fresh", given, caller="a") == [3]


@pytest.mark.parametrize(
    ("name", "told"), [("fails", "LookupError: no list today"), ("no_list", "return a list")]
)
async def test_a_provider_that_fails_says_why(made: Platform, name: str, told: str) -> None:
    engine = await made.engine()
    made.publish(PROVIDERS)

    with pytest.raises(ProviderError, match=told):
        await engine.options(made.org, name, {}, caller="a")


async def test_packages_installed_beside_the_files_in_the_view_count_from_the_next_start_on(
    made: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in no version: what is installed, upgraded or removed counts in every one."""
    view = made.root / "view"
    packages = view / ".packages"
    view.mkdir()
    made.publish(f"{HEAD}import bought\n@workflow()\ndef use(): return bought.BOUGHT\n")
    materialise = made.versions.materialise

    async def with_that_view(scope: str, version: str) -> tuple[Path, str]:
        return (await materialise(scope, version))[0], str(view)

    monkeypatch.setattr(made.versions, "materialise", with_that_view)
    monkeypatch.setattr(installed, "_LOOK_SECONDS", 0)
    engine = await made.engine()
    (missing,) = (await engine.registries(made.org))[0].faults
    assert missing.message == "No module named 'bought'"

    packages.mkdir()
    for bought in ("first", "second"):
        (view / "new.py").write_text(f"BOUGHT = {bought!r}\n")
        (view / "new.py").replace(packages / "bought.py")
        assert await made.value(engine, "use") == bought
        assert await made.value(engine, "use") == bought
    (packages / "bought.py").unlink()
    (gone,) = (await engine.registries(made.org))[0].faults
    assert gone == missing
