"""What an execution gives back and what its code may do to its process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.integration.workflows.platform import HEAD, QUICK, Platform, text_of, until

from funcyard.workflows.engine import Engine
from funcyard.workflows.errors import EngineBusyError, NoSuchWorkflowError, ParametersError
from funcyard.workflows.executions.model import Status
from funcyard.workflows.limits import PoolLimits, WorkerLimits

CODE = (
    HEAD
    + """
import asyncio, contextlib, logging, os, socket, subprocess, sys, threading, time
SYNC = {"execution_mode": "sync"}

@workflow(**SYNC)
@param("name", required=True)
@param("times", type="int", default=1)
def greet(context, name, times):
    context.logger.info("greeting %s", name)
    return [f"Hello {name}"] * times

@workflow(**SYNC)
async def asynchronous(context):
    await asyncio.sleep(0.01)
    return context.organization

@workflow(**SYNC)
def raises():
    inner()

def inner():
    raise ValueError("no such thing")

@workflow(**SYNC)
def exits():
    sys.exit(3)

@workflow(**SYNC)
def hard_exit():
    print("last words", flush=True)
    os._exit(0)

@workflow(**SYNC)
def segfaults():
    import ctypes
    ctypes.string_at(0)

@workflow(**SYNC)
def eats():
    held = []
    while True:
        held.append(bytearray(1 << 20))

@workflow(timeout_seconds=0.5, **SYNC)
def loops():
    try:
        while True:
            pass
    finally:
        print("cleaned up")

@workflow(timeout_seconds=0.5, **SYNC)
def stubborn():
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass

@workflow(**SYNC)
def prints_a_lot():
    for number in range(200_000):
        print("line", number)
    print("x" * 100_000)

@workflow(**SYNC)
def unserializable():
    return {"lock": object()}

@workflow(**SYNC)
def not_a_number():
    return float("nan")

@workflow(**SYNC)
def too_large():
    return "x" * 3_000_000

@workflow(**SYNC)
def large():
    return "x" * 500_000

@workflow(**SYNC)
def forks():
    if os.fork() == 0:
        print("from the child")
        return "child"
    os.wait()
    return "parent"

@workflow(**SYNC)
def leaves_a_child():
    child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    return child.pid

@workflow(**SYNC)
def leaves_a_daemon():
    script = "sleep 1000 >/dev/null & echo $!"
    done = subprocess.run(["setsid", "sh", "-c", script], stdout=subprocess.PIPE, text=True)
    return int(done.stdout)

@workflow(**SYNC)
def leaves_a_thread():
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return os.getpid()

@workflow(**SYNC)
def process():
    return os.getpid()

@workflow(**SYNC)
def environment():
    return dict(os.environ)

@workflow(**SYNC)
def folder(context):
    import tempfile
    made = tempfile.mkdtemp()
    os.environ["LEFT"] = "behind"
    return [os.getcwd(), made, str(context.folder), __file__]

@workflow(**SYNC)
def partly(context):
    context.report_error("two of ten failed")
    return 8

@workflow(execution_mode="sync", timeout_seconds=100)
def hangs_up():
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            socket.socket(fileno=descriptor).shutdown(socket.SHUT_RDWR)
    time.sleep(90)

@workflow(**SYNC)
def closes_descriptors():
    os.closerange(3, 4096)
    return 1

@workflow(**SYNC)
def often(context):
    for number in range(20_000):
        context.report_error(f"{number} \N{SNOWMAN} failed")
    return 1

@workflow(**SYNC)
@param("fails", type="bool", default=False)
def halves(context, fails):
    context.report_error("\\udcff")
    print("\\ud83d alone")
    if fails:
        raise ValueError("\\udcff")
    return {"\\udcff": ["\\ud800", "\\U0001f600"]}

@workflow(**SYNC)
def speaks(context):
    logging.getLogger("mine").warning("logged")
    print("printed")
    print("complained", file=sys.stderr)
    subprocess.run(["echo", "by a child"])
    sys.stdout.write("no end")

@workflow(**SYNC)
def reads_standard_input():
    return sys.stdin.read()

@workflow(**SYNC)
def spoils_the_channel():
    for descriptor in range(3, 4096):
        try:
            os.write(descriptor, b"\\xff" * 64)
        except OSError:
            pass
    time.sleep(5)
"""
)

WORKERS = WorkerLimits(memory_bytes=400 << 20, longest_result=2_000_000, longest_log=100_000)


@pytest.fixture
async def engine(made: Platform) -> Engine:
    made.publish(CODE)
    return await made.engine(workers=replace(WORKERS, kill_seconds=0.5))


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_result_is_what_the_function_returned(made: Platform, engine: Engine) -> None:
    assert await made.value(engine, "greet", name="Ada", times="2") == ["Hello Ada"] * 2
    assert await made.value(engine, "asynchronous") == made.org


async def test_a_large_result_is_kept_whole(made: Platform, engine: Engine) -> None:
    assert await made.value(engine, "large") == "x" * 500_000


async def test_parameters_that_do_not_fit_are_all_told_and_nothing_runs(
    made: Platform, engine: Engine
) -> None:
    with pytest.raises(ParametersError) as raised:
        await made.run(engine, "greet", times="often", extra=1)

    assert [name for name, _ in raised.value.faults] == ["name", "times", "extra"]
    assert (await engine.executions.page(made.org)).executions == []


async def test_a_workflow_that_is_not_there_is_said_to_be_missing(
    made: Platform, engine: Engine
) -> None:
    with pytest.raises(NoSuchWorkflowError):
        await made.run(engine, "nowhere")


async def test_an_exception_is_told_with_the_lines_that_a_person_edits(
    made: Platform, engine: Engine
) -> None:
    execution = await made.run(engine, "raises")

    assert execution.status is Status.FAILED
    assert execution.failure is not None
    assert (execution.failure.kind, execution.failure.message) == ("ValueError", "no such thing")
    lines = execution.failure.traceback.splitlines()
    assert lines[1].startswith(f'  File "/workspace/orgs/{made.org}/jobs/all.py", line ')
    assert lines[2] == "    inner()"
    assert "funcyard" not in execution.failure.traceback


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("exits", "SystemExit", Status.FAILED),
        ("hard_exit", "WorkerDied", Status.FAILED),
        ("segfaults", "WorkerDied", Status.FAILED),
        ("hangs_up", "WorkerDied", Status.FAILED),
        ("closes_descriptors", "WorkerDied", Status.FAILED),
        ("eats", "MemoryLimit", Status.FAILED),
        ("loops", "Timeout", Status.TIMEOUT),
        ("stubborn", "Timeout", Status.TIMEOUT),
        ("unserializable", "ResultNotSerializable", Status.FAILED),
        ("not_a_number", "ResultNotSerializable", Status.FAILED),
        ("too_large", "ResultTooLarge", Status.FAILED),
        ("spoils_the_channel", "WorkerDied", Status.FAILED),
    ],
)
async def test_an_end_that_is_no_result_is_told_by_its_cause_and_harms_no_other(
    made: Platform, engine: Engine, name: str, kind: str, status: Status
) -> None:
    execution = await made.run(engine, name)

    assert execution.failure is not None
    assert (execution.failure.kind, execution.status) == (kind, status)
    assert await made.value(engine, "greet", name="next") == ["Hello next"]


async def test_what_was_said_before_a_crash_is_kept(made: Platform, engine: Engine) -> None:
    execution = await made.run(engine, "hard_exit")

    assert "last words" in await text_of(engine, execution)


async def test_code_whose_time_is_up_may_clean_up(made: Platform, engine: Engine) -> None:
    execution = await made.run(engine, "loops")

    assert "cleaned up" in await text_of(engine, execution)


async def test_a_log_that_never_ends_is_cut_and_says_so(made: Platform, engine: Engine) -> None:
    execution = await made.run(engine, "prints_a_lot")

    text = await text_of(engine, execution)
    assert text.startswith("line 0\nline 1\n")
    assert len(text) < 110_000
    assert "more lines were left out" in text


async def test_everything_that_is_said_is_in_the_log_with_its_source(
    made: Platform, engine: Engine
) -> None:
    execution = await made.run(engine, "speaks")

    part = await engine.executions.logs(made.org, execution.id)
    said = {(entry["source"], entry["level"], entry["text"]) for entry in part.entries}
    assert said == {
        ("mine", "warning", "logged"),
        ("stdout", "info", "printed"),
        ("stderr", "error", "complained"),
        ("output", "info", "by a child"),
        ("stdout", "info", "no end"),
    }
    assert part.over


async def test_a_forked_child_does_not_answer_for_its_parent(
    made: Platform, engine: Engine
) -> None:
    execution = await made.run(engine, "forks")

    assert await engine.executions.result(made.org, execution.id) == '"parent"'
    assert "from the child" in await text_of(engine, execution)


@pytest.mark.parametrize("name", ["leaves_a_child", "leaves_a_daemon"])
async def test_nothing_that_was_started_outlives_its_execution(
    made: Platform, engine: Engine, name: str
) -> None:
    pid = await made.value(engine, name)

    async def gone() -> bool:
        return not alive(pid)

    await until(gone)


async def test_a_process_with_leftover_threads_serves_no_other_execution(
    made: Platform, engine: Engine
) -> None:
    first = await made.value(engine, "leaves_a_thread")

    assert await made.value(engine, "process") != first


async def test_a_clean_process_is_used_again(made: Platform, engine: Engine) -> None:
    assert await made.value(engine, "process") == await made.value(engine, "process")


async def test_no_variable_of_the_platform_is_seen(
    made: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", "a-secret-connection")
    monkeypatch.setenv("IDENTITY_HEADER", "a-secret-header")
    made.publish(CODE)
    engine = await made.engine(workers=WorkerLimits(environment={"REGION": "north"}))

    seen = await made.value(engine, "environment")

    assert seen["REGION"] == "north"
    assert set(seen) == {"PATH", "LANG", "TZ", "HOME", "TMPDIR", "REGION", "FUNCYARD_WORKER"}
    assert "secret" not in str(seen)


async def test_code_that_runs_as_somebody_else_cannot_read_what_the_engine_knows(
    made: Platform,
) -> None:
    """Only root can give a process to another user; anybody can give it to themselves."""
    is_root = os.geteuid() == 0
    made.root.chmod(0o755)
    made.publish(
        f"{HEAD}import os, pathlib\n@workflow()\ndef looks():\n"
        "    try:\n"
        "        read = bool(pathlib.Path(f'/proc/{os.getppid()}/environ').read_bytes())\n"
        "    except PermissionError:\n"
        "        read = False\n"
        "    pathlib.Path('own').write_text('may write here')\n"
        "    return [os.getuid(), os.getgid(), read]\n"
    )
    interpreter = Path("/usr/bin/python3") if is_root else Path(sys.executable)
    limits = WorkerLimits(interpreter=interpreter, user=65534 if is_root else None)
    engine = await made.engine(workers=limits)

    uid, gid, read = await made.value(engine, "looks")

    assert (uid, gid) == ((65534, 65534) if is_root else (os.getuid(), os.getgid()))
    assert read is not is_root


async def test_every_execution_has_a_folder_of_its_own_that_is_gone_afterwards(
    made: Platform,
    engine: Engine,
) -> None:
    first = await made.value(engine, "folder")
    second = await made.value(engine, "folder")

    assert first[1].startswith(first[0])
    assert first[0] != second[0]
    assert not await asyncio.to_thread(Path(first[0]).is_dir)
    assert first[3] == f"{first[2]}/jobs/all.py"


async def test_variables_that_code_sets_are_gone_for_the_next(
    made: Platform, engine: Engine
) -> None:
    await made.value(engine, "folder")

    assert "LEFT" not in await made.value(engine, "environment")


async def test_code_that_reports_failed_parts_completes_with_errors(
    made: Platform, engine: Engine
) -> None:
    execution = await made.run(engine, "partly")

    assert execution.status is Status.COMPLETED_WITH_ERRORS
    assert execution.notes == ("two of ten failed",)
    assert await engine.executions.result(made.org, execution.id) == "8"


async def test_code_that_reports_many_failed_parts_is_told_as_it_ended(
    made: Platform, engine: Engine
) -> None:
    execution = await made.run(engine, "often")

    assert execution.status is Status.COMPLETED_WITH_ERRORS
    assert execution.notes[0] == "0 \N{SNOWMAN} failed"
    assert execution.notes[-1] == "19,950 more, which the log has"


async def test_halves_of_characters_are_replaced_wherever_code_gives_them(
    made: Platform, engine: Engine
) -> None:
    good, bad = await made.run(engine, "halves"), await made.run(engine, "halves", fails="true")

    assert json.loads(await engine.executions.result(made.org, good.id) or "") == {
        "\N{REPLACEMENT CHARACTER}": ["\N{REPLACEMENT CHARACTER}", "\N{GRINNING FACE}"]
    }
    assert good.notes == ("\N{REPLACEMENT CHARACTER}",)
    assert bad.failure is not None
    assert bad.failure.message == "\N{REPLACEMENT CHARACTER}"
    part = await engine.executions.logs(made.org, good.id)
    json.dumps(part.entries, ensure_ascii=False).encode()


async def test_standard_input_is_closed(made: Platform, engine: Engine) -> None:
    assert await made.value(engine, "reads_standard_input") == ""


async def test_a_caller_waits_for_a_worker_for_a_time_and_no_longer(made: Platform) -> None:
    made.publish(f"{HEAD}import time\n@workflow()\ndef naps(): time.sleep(30)\n")
    engine = await made.engine(pool=PoolLimits(workers=1, patience_seconds=0.3))
    first = asyncio.create_task(engine.execute(made.org, "naps", {}, caller="a", mode="sync"))

    async def runs() -> bool:
        return bool((await engine.executions.page(made.org, status=Status.RUNNING)).executions)

    await until(runs)
    with pytest.raises(EngineBusyError):
        await engine.execute(made.org, "naps", {}, caller="b", mode="sync")

    page = await engine.executions.page(made.org)
    assert [one.caller for one in page.executions] == ["a"]
    await engine.cancel(made.org, page.executions[0].id, "c")
    assert (await first).status is Status.CANCELLED


async def test_processes_and_folders_are_gone_when_the_engine_is_closed(made: Platform) -> None:
    made.publish(CODE)
    engine = await made.engine(limits=QUICK)
    pid = await made.value(engine, "process")
    assert alive(pid)

    await engine.close()

    assert not alive(pid)
    assert [path.name for path in (made.root / "scratch").iterdir()] == ["compiled"]


async def test_an_engine_that_is_closed_refuses_instead_of_keeping_a_caller_waiting(
    made: Platform,
) -> None:
    made.publish(f"{HEAD}import time\n@workflow()\ndef naps(): time.sleep(60)\n")
    engine = await made.engine(pool=PoolLimits(workers=1))
    first = asyncio.create_task(made.run(engine, "naps"))

    async def runs() -> bool:
        return bool((await engine.executions.page(made.org, status=Status.RUNNING)).executions)

    await until(runs)
    second = asyncio.create_task(made.run(engine, "naps"))
    await asyncio.sleep(0.2)
    await engine.close()

    over = await first
    assert over.failure is not None
    assert (over.status, over.failure.kind) == (Status.FAILED, "EngineStopped")
    with pytest.raises(EngineBusyError):
        await second
    with pytest.raises(EngineBusyError):
        await made.run(engine, "naps")
