"""What the function apps of a twin are shipped with, an app for each layer in each cloud.

    the contract's table ─ which functions ─→ their modules, what they import, what registers them
    the twin's folder ─ code of its owner ─→ processors/DEVICE/, event_actions/FUNCTION/

Equal twins make equal packages. No setting and no secret is in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import funcyard.twin
from funcyard.deploy.package import Package, gathered
from funcyard.twin.boundaries import receivers_in
from funcyard.twin.config.clouds import provider_of
from funcyard.twin.config.files import PROCESSORS
from funcyard.twin.contract.functions import Function, function
from funcyard.twin.contract.graph import GraphRoute, graph_route
from funcyard.twin.describing import describe
from funcyard.twin.providers.azure.azure_functions.shared import user_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.twin import Twin

_TWIN: Final = Path(funcyard.twin.__file__).parent
_FUNCTIONS: Final = _TWIN / "providers" / "azure" / "azure_functions"
_ROOT: Final = "funcyard/__init__.py"
_SHIPPED: Final = (
    "__init__.py",
    "contract/*.py",
    "providers/__init__.py",
    "providers/azure/__init__.py",
    "providers/azure/azure_functions/__init__.py",
    "providers/azure/azure_functions/shared/*.py",
    "rules/*.py",
)
"""What every function imports, below ``funcyard.twin``."""

_WRITTEN: Final = '''"""The functions of {layer} that the twin consists of."""

import azure.functions as func

{imports}
from funcyard.twin.providers.azure.azure_functions.shared.registering import register

app = func.FunctionApp()
register(
    app,
    "{layer}",
    {{
{modules}
    }},
)
'''


@dataclass(frozen=True, slots=True)
class AppPackage:
    """What a function app is shipped with.

    Attributes:
        package: Its files.
        functions: The functions in it, from the contract.
    """

    package: Package
    functions: tuple[Function, ...]


def app_package(twin: Twin, layer: str, cloud: str) -> AppPackage | None:
    """Return what the app of a layer in a cloud is shipped with, None where it has none there.

    Args:
        twin: Whose.
        layer: ``l0`` to ``l4``.
        cloud: The name of the cloud in the slots.

    Raises:
        PackageError: Code of the twin's owner cannot be read, or is a link.
    """
    held = functions_in(twin, layer, cloud)
    if not held:
        return None
    files = {
        "function_app.py": _registration(layer, held).encode(),
        "host.json": (_FUNCTIONS / "app-host.json").read_bytes(),
        "requirements.txt": (_FUNCTIONS / "requirements.txt").read_bytes(),
        _ROOT: b'"""What the functions of a twin import of Funcyard."""\n',
        **{_path_of(path): path.read_bytes() for path in _shipped()},
        **{f"{_module(one)}.py": _source(one) for one in held},
    }
    for to, folder in _code_of_owner(twin, held):
        code = gathered(folder, is_ignored=lambda _path: False)
        files |= {f"{to}/{path}": content for path, content in code.items()}
    return AppPackage(Package(files), held)


def functions_in(twin: Twin, layer: str, cloud: str) -> tuple[Function, ...]:
    """Return the functions of a layer's app in a cloud, in the order of their names."""
    if provider_of(cloud) != "azure":
        return ()
    names = sorted(set(_CHOSEN[layer](twin, cloud)))
    return tuple(function(name, layer) for name in names)


def _l0(twin: Twin, cloud: str) -> Iterator[str]:
    for boundary in receivers_in(twin.providers, cloud):
        yield from (one.name for one in boundary.functions)


def _l1(twin: Twin, cloud: str) -> Iterator[str]:
    if twin.providers.layer_1_provider == cloud:
        yield "dispatcher"
        if twin.providers.layer_2_provider != cloud:
            yield "connector"


def _l2(twin: Twin, cloud: str) -> Iterator[str]:
    if twin.providers.layer_2_provider != cloud:
        return
    yield from ("default-processor", "persister")
    if twin.processors:
        yield "processor_wrapper"
    if twin.flags.use_event_checking:
        yield "event-checker"
        if any(one.action.feedback for one in twin.events):
            yield "event-feedback"
        if any(True for _ in _actions(twin)):
            yield "event-action"


def _l3(twin: Twin, cloud: str) -> Iterator[str]:
    if twin.providers.layer_3_hot_provider == cloud:
        yield from ("hot-reader", "hot-reader-last-entry", "hot-to-cold-mover")
    if twin.providers.layer_3_cold_provider == cloud:
        yield "cold-to-archive-mover"


def _l4(twin: Twin, cloud: str) -> Iterator[str]:
    if twin.providers.layer_4_provider != cloud:
        return
    yield from ("digital-twin-data-connector", "digital-twin-data-connector-last-entry")
    if graph_route(describe(twin), has_processor=False) is GraphRoute.EVENTS:
        yield "adt-updater"


_CHOSEN: Final = {"l0": _l0, "l1": _l1, "l2": _l2, "l3": _l3, "l4": _l4}


def _registration(layer: str, held: tuple[Function, ...]) -> str:
    imports = "\n".join(f"import {_module(one)}" for one in held)
    modules = "\n".join(f'        "{one.name}": {_module(one)},' for one in held)
    return _WRITTEN.format(layer=layer, imports=imports, modules=modules)


def _module(one: Function) -> str:
    return one.name.replace("-", "_")


def _source(one: Function) -> bytes:
    return (_FUNCTIONS / one.name / f"{_module(one)}.py").read_bytes()


def _shipped() -> Iterator[Path]:
    for pattern in _SHIPPED:
        yield from _TWIN.glob(pattern)


def _path_of(path: Path) -> str:
    return f"funcyard/twin/{path.relative_to(_TWIN).as_posix()}"


def _code_of_owner(twin: Twin, held: tuple[Function, ...]) -> Iterator[tuple[str, Path]]:
    """Yield each folder of the owner's code with where it is put in the app."""
    names = {one.name for one in held}
    if "processor_wrapper" in names:
        for device in sorted(twin.processors):
            yield f"{user_folders.PROCESSORS}/{device}", twin.folder / PROCESSORS / device
    if "event-action" in names:
        for called, folder in sorted(set(_actions(twin))):
            yield f"{user_folders.ACTIONS}/{called}", twin.folder / folder


def _actions(twin: Twin) -> Iterator[tuple[str, str]]:
    """Yield the function of each event that is deployed with the twin, and its folder."""
    for event in twin.events:
        action = event.action
        if action.auto_deploy and action.function_name and action.path_to_code:
            yield action.function_name, action.path_to_code
