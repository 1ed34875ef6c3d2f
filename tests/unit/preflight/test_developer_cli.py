"""Services of the Azure Developer CLI: which folders they deploy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import write

from funcyard.preflight.developer_cli import Service, services
from funcyard.preflight.tree import Tree

TEXT = """\
name: shop
services:
  api:
    project: ./src/api
    host: function
    docker: { path: ../Dockerfile }
  web:
    project: ../web
    host: appservice
  data:
    host: postgres
"""


def test_the_services_of_each_project_are_told_with_their_folders(tmp_path: Path) -> None:
    write(tmp_path, {"shop/azure.yaml": TEXT, "azure.yml": "services: { a: { project: . } }"})

    told = list(services(tmp_path, Tree(tmp_path)))

    assert told == [
        Service("azure.yml", "a", "."),
        Service("shop/azure.yaml", "api", "shop/src/api", {"path": "../Dockerfile"}),
        Service("shop/azure.yaml", "web", "web"),
    ]
    assert [service.folder for service in told] == ["", "shop", "shop"]


@pytest.mark.parametrize(
    "text",
    ["services: [", "services: []", "services: { a: 7 }", "services: { a: { project: 7 } }", ""],
)
def test_a_file_that_is_no_project_has_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"azure.yaml": text})

    assert list(services(tmp_path, Tree(tmp_path))) == []
