from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from tests.unit.preflight.given import INTERPRETER

from funcyard.preflight.packages.distributions import provider_of
from funcyard.preflight.packages.imports import imports_of

INSTALLED = replace(
    INTERPRETER,
    modules={
        "azure": ("azure-core", "azure-functions", "azure-storage-blob"),
        "azure.core": ("azure-core",),
        "azure.functions": ("azure-functions",),
        "azure.storage.blob": ("azure-storage-blob",),
        "yaml": ("PyYAML",),
        "zope": ("zope.event", "zope.interface"),
        "zope.interface": ("zope.interface",),
    },
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import yaml", ("pyyaml",)),
        ("from azure.storage.blob.aio import BlobClient", ("azure-storage-blob",)),
        ("from azure.storage import blob", ("azure-storage-blob",)),
        ("import azure.functions as func", ("azure-functions",)),
        ("from azure import functions", ("azure-functions",)),
        ("import azure.core.exceptions", ("azure-core",)),
        ("from zope.interface import Interface", ("zope-interface",)),
    ],
)
def test_what_is_installed_says_what_provides_a_module(text: str, names: tuple[str, ...]) -> None:
    (found,) = imports_of(ast.parse(text))
    provider = provider_of(found, INSTALLED)

    assert provider is not None
    assert (provider.names, provider.installed) == (names, True)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("import cv2", "opencv-python"),
        ("from PIL import Image", "pillow"),
        ("from azure.servicebus import ServiceBusClient", "azure-servicebus"),
        ("import azure.durable_functions as df", "azure-functions-durable"),
        ("from azure.mgmt.web.models import Site", "azure-mgmt-web"),
        ("from azure.mgmt import compute", "azure-mgmt"),
        ("from google.cloud import storage", "google-cloud-storage"),
        ("from google.protobuf import message", "protobuf"),
        ("import google.cloud.vision", "google-cloud-vision"),
        ("import some_thing.inner", "some-thing"),
    ],
)
def test_else_a_table_or_the_name_says_it(text: str, first: str) -> None:
    (found,) = imports_of(ast.parse(text))
    provider = provider_of(found, INTERPRETER)

    assert provider is not None
    assert provider.names[0] == first
    assert not provider.installed


def test_of_a_namespace_every_part_of_the_name_may_be_the_distribution() -> None:
    (found,) = imports_of(ast.parse("from azure.mgmt import compute"))
    provider = provider_of(found, INTERPRETER)

    assert provider is not None
    assert "azure-mgmt-compute" in provider.names


@pytest.mark.parametrize("text", ["import json", "import azure", "import xml.etree"])
def test_the_standard_library_and_a_bare_namespace_need_nothing(text: str) -> None:
    (found,) = imports_of(ast.parse(text))

    assert provider_of(found, INTERPRETER) is None
