"""Settings of the platform: what its code reads, what the page tells, what the deployment sets."""

from __future__ import annotations

import re
from typing import Final

from tests.infrastructure_files import ARM, BICEP, PARAMETERS, ROOT, deployed, settings

_ROOMS: Final = (
    *("workflows", "src/funcyard/workspace", "src/funcyard/workflows"),
    *("src/funcyard/access", "src/funcyard/azure"),
)
_READ: Final = re.compile(
    r'"((?:FUNCYARD|AZURE)_[A-Z_]+|AzureWebJobsStorage|SSL_CERT_FILE|GIT_SSL_CAINFO|(?:HTTPS?|NO)_PROXY)"'
)
_TABLE: Final = re.compile(r"## Settings of the app\n(.*?)\n## ", re.DOTALL)
_NAME: Final = re.compile(r"`([A-Za-z_]+)`")
_IMAGE: Final = re.compile(r"^(?:ENV|   ) ([A-Za-z_]+)=", re.MULTILINE)
_OURS: Final = ("FUNCYARD_", "AzureWebJobsStorage")
_MARK: Final = {"FUNCYARD_HOST", "FUNCYARD_WORKER"}
"""Told by the host and the platform to their own processes."""


def _told() -> dict[str, tuple[str, str]]:
    """What the page tells of each setting: what counts without it, and who sets it in Azure."""
    found = _TABLE.search((ROOT / "docs" / "workspace.md").read_text(encoding="utf-8"))
    assert found is not None
    rows: dict[str, tuple[str, str]] = {}
    for line in found[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            rows |= dict.fromkeys(_NAME.findall(cells[0]), (cells[2], cells[3]))
    return rows


def _read() -> set[str]:
    sources = (path for room in _ROOMS for path in (ROOT / room).rglob("*.py"))
    names = {name for path in sources for name in _READ.findall(path.read_text(encoding="utf-8"))}
    return (names - _MARK) | {"AzureWebJobsStorage__accountName"}


def test_every_setting_that_is_read_is_told_and_no_other() -> None:
    assert set(_told()) == _read()


def test_each_tells_what_counts_without_it_or_that_it_is_needed() -> None:
    assert {name for name, (without, _) in _told().items() if not without} == set()


def test_the_deployment_and_the_image_set_those_that_the_page_says_they_set() -> None:
    told = _told()
    image = (ROOT / "workflows" / "Dockerfile").read_text(encoding="utf-8")
    by_image = {name for name in _IMAGE.findall(image) if name.startswith(_OURS)}
    assert {name for name, (_, by) in told.items() if by == "image"} == by_image
    for files in (BICEP, [ARM]):
        made = settings(deployed([*files, PARAMETERS[1]]))
        by_template = {name for name in made if name.startswith(_OURS)}
        by_template -= {"AzureWebJobsStorage__credential"}  # read by the Functions host alone
        assert {name for name, (_, by) in told.items() if by == "templates"} == by_template


def test_what_is_needed_is_set_in_azure() -> None:
    missing = {
        name
        for name, (without, by) in _told().items()
        if without.startswith("needed") and by not in {"templates", "image"}
    }
    assert missing == set()


def test_an_app_that_streams_is_loaded_by_the_official_worker() -> None:
    for files in (BICEP, [ARM]):
        made = settings(deployed([*files, PARAMETERS[1]]))
        assert made["PYTHON_ENABLE_INIT_INDEXING"].data == "1"


def test_the_app_s_own_list_has_what_the_app_reads_itself() -> None:
    place = ROOT / "src" / "funcyard" / "workspace" / "app_settings.py"
    text = place.read_text(encoding="utf-8")
    docstring, _, code = text.partition('"""\n\nfrom __future__')
    listed = set(re.findall(r"``((?:FUNCYARD_|AzureWebJobs)[A-Za-z_]+)``", docstring))
    assert set(_READ.findall(code)) <= listed
    assert listed - {"FUNCYARD_AUTH", "AzureWebJobsStorage__accountName"} == set(
        _READ.findall(code)
    )
