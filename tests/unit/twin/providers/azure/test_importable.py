"""What is said to be importable in an app is what its requirements install."""

from __future__ import annotations

import re
from importlib import metadata, util
from pathlib import Path

import funcyard.twin.providers.azure.azure_functions as functions
from funcyard.twin.providers.azure.importable import MODULES, can_import

_REQUIREMENTS = Path(functions.__file__).parent / "requirements.txt"


def _required() -> set[str]:
    return set(re.findall(r"(?m)^([a-z0-9-]+)==", _REQUIREMENTS.read_text("utf-8")))


def test_every_package_that_an_app_installs_is_known_and_no_other() -> None:
    assert MODULES.keys() == _required()


def test_packages_have_the_modules_that_they_are_known_for() -> None:
    here = {one.name.lower().replace("_", "-") for one in metadata.distributions()}
    looked_at = {module for name in MODULES.keys() & here for module in MODULES[name]}

    assert {"aiohttp", "attr", "azure.functions", "azure.storage.blob"} <= looked_at
    assert [module for module in sorted(looked_at) if util.find_spec(module) is None] == []


def test_an_app_has_a_whole_module_and_not_one_that_begins_like_it() -> None:
    assert can_import("requests.adapters")
    assert not can_import("requests_cache")
    assert not can_import("azure.storage.blobs")
