"""The code of every app of a project, ready to be deployed: packed and, where it is new, loaded."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from funcyard.deploy.package import PackageError
from funcyard.errors import FuncyardError
from funcyard.project.deploying.packaging import app_package
from funcyard.project.deploying.settings import loading_settings
from funcyard.project.deploying.stack import Code, code_address
from funcyard.project.deploying.verifying import app_python, functions_in, loading_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from funcyard.deploy.package import Package
    from funcyard.deploy.records import State
    from funcyard.project.spec import Spec


def packed(root: Path, spec: Spec, state: State) -> dict[str, Code]:
    """Return the code of every app, with the functions of what was deployed as it is now.

    Args:
        root: The project's folder.
        spec: Its spec, complete.
        state: What was deployed.

    Raises:
        FuncyardError: An app cannot be packed; all of them are told.
    """
    found: dict[str, Code] = {}
    faults: list[FuncyardError] = []
    for app in spec.function_apps:
        try:
            package = app_package(root, spec, app.name)
        except FuncyardError as fault:
            faults.append(fault)
            continue
        found[app.name] = Code(package, _functions(state, app.name, package))
    _raise_all(faults)
    return found


async def verified(
    root: Path,
    spec: Spec,
    code: Mapping[str, Code],
    given: Mapping[str, str],
    *,
    process: Mapping[str, str],
    say: Callable[[str, str], None],
) -> dict[str, Code]:
    """Return code with its functions; what was not deployed before is loaded to find them.

    Args:
        root: The project's folder.
        spec: Its spec, complete.
        code: Of each app.
        given: What ``.env`` sets.
        process: The process's environment.
        say: Told, by app, what is being done.

    Raises:
        FuncyardError: An app cannot be loaded, has no functions, or its environment cannot be made;
            all of them are told.
    """

    async def one(app: str, own: Code) -> Code | FuncyardError:
        if own.functions:
            return own
        try:
            python = await app_python(root, spec, app, process, partial(say, app))
            say(app, "loading the package as it is shipped")
            environment = loading_environment(process, loading_settings(spec, app, given))
            functions = await functions_in(own.package, app, python, environment)
        except FuncyardError as fault:
            return fault
        return Code(own.package, functions)

    async with asyncio.TaskGroup() as group:
        tasks = {app: group.create_task(one(app, own)) for app, own in code.items()}
    ended = {app: task.result() for app, task in tasks.items()}
    _raise_all([one for one in ended.values() if isinstance(one, FuncyardError)])
    return {app: one for app, one in ended.items() if isinstance(one, Code)}


def _raise_all(faults: list[FuncyardError]) -> None:
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise PackageError("\n".join(fault.message for fault in faults), hint=faults[0].hint)


def _functions(state: State, app: str, package: Package) -> tuple[str, ...]:
    record = state.of_address(code_address(app))
    if record is None or record.inputs.get("content") != package.digest:
        return ()
    told = record.outputs.get("functions")
    return tuple(map(str, told)) if isinstance(told, list) else ()
