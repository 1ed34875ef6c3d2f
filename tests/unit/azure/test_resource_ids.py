"""Ids of resources, as people paste them."""

from __future__ import annotations

import pytest

from funcyard.azure.resource_ids import ResourceId, ResourceIdError, read_resource_id

_ID = "0d3f2f6c-7c1f-4d63-9b7f-6e1f0c9b3d11"
_KIND = "Microsoft.App/containerApps"
_APP = f"/subscriptions/{_ID}/resourceGroups/rg.(1)/providers/Microsoft.App/containerApps/orders"


@pytest.mark.parametrize("text", [_APP, _APP.lower(), _APP.upper(), f"{_APP}/"])
def test_case_does_not_matter(text: str) -> None:
    found = read_resource_id(text, _KIND)
    assert (found.subscription.lower(), found.group.lower(), found.name.lower()) == (
        _ID,
        "rg.(1)",
        "orders",
    )
    assert found.type == _KIND


def test_an_id_is_written_as_it_was_read() -> None:
    assert str(read_resource_id(_APP, _KIND)) == _APP
    assert str(ResourceId(_ID, "rg.(1)", _KIND, "orders")) == _APP


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/subscriptions/x/resourceGroups/rg/providers/Microsoft.App/containerApps/orders",
        f"/subscriptions/{_ID}/resourceGroups/rg",
        f"{_APP}/revisions/one",
        f"{_APP}?api-version=1",
        f"{_APP}\n",
    ],
)
def test_what_is_no_id_is_refused_with_its_shape(text: str) -> None:
    with pytest.raises(ResourceIdError) as refused:
        read_resource_id(text, _KIND)
    assert "containerApps/NAME" in str(refused.value.hint)


def test_another_type_is_named() -> None:
    site = _APP.replace(_KIND, "Microsoft.Web/sites")
    with pytest.raises(ResourceIdError, match=r"id of a Microsoft\.Web/sites"):
        read_resource_id(site, _KIND)
