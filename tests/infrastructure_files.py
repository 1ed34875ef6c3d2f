"""The platform's infrastructure files, evaluated as a deployment of them would be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from funcyard.preflight.infrastructure.reading import Infrastructure
from funcyard.preflight.infrastructure.resources import Resource as Deployed
from funcyard.preflight.infrastructure.value import Value

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "infrastructure"
BICEP: Final = sorted(path.relative_to(ROOT).as_posix() for path in FOLDER.rglob("*.bicep"))
ARM: Final = "infrastructure/azuredeploy.json"
PARAMETERS: Final = ("infrastructure/parameters/dev.json", "infrastructure/parameters/prod.json")
TEMPLATE: Final = json.loads((ROOT / ARM).read_text(encoding="utf-8"))


def deployed(files: list[str], root: Path = ROOT) -> dict[str, Deployed]:
    """What a template deploys, by type and whole name."""
    [deployment] = Infrastructure(root, files).deployments
    found = [resource for resource in deployment.resources if not resource.existing]
    names = {resource.id: resource for resource in deployment.resources}
    return {f"{item.type}: {whole_name(item, names)}": item for item in found}


def choose(root: Path, **values: object) -> None:
    """Lay out the infrastructure in a folder, with values over those of the first parameters."""
    shutil.copytree(FOLDER, root / "infrastructure")
    chosen = root / PARAMETERS[0]
    document = json.loads(chosen.read_text(encoding="utf-8"))
    document["parameters"] |= {name: {"value": value} for name, value in values.items()}
    chosen.write_text(json.dumps(document), encoding="utf-8")


def whole_name(resource: Deployed, names: dict[str, Deployed]) -> str:
    """A name with those of its parents, as an ARM template writes it."""
    own = resource.name.text
    above = names.get(resource.parent)
    if above is None or own.count("/") == resource.type.count("/") - 1:
        return own
    return f"{whole_name(above, names)}/{own}"


def settings(made: dict[str, Deployed]) -> dict[str, Value]:
    """The app's settings by name."""
    [app] = [one for key, one in made.items() if key.startswith("Microsoft.Web/sites:")]
    told = member(app.body, "properties", "siteConfig", "appSettings").data
    assert isinstance(told, tuple)
    return {str(member(one, "name").data): member(one, "value") for one in told}


def member(value: Value, *names: str) -> Value:
    """What lies in a value under names."""
    for name in names:
        assert isinstance(value.data, dict), name
        value = value.data[name]
    return value
