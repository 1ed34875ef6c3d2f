"""The image of a rollout: a digest that there cannot be is not sent."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from azure.core.credentials_async import AsyncTokenCredential

from funcyard.azure.cloud import PUBLIC
from funcyard.containerapps.rollout.image import resolve
from funcyard.containerapps.rollout.plan import RolloutError

_NOBODY = cast("AsyncTokenCredential", None)  # who brings the digest asks nobody


def _resolved(image: str) -> str:
    return asyncio.run(resolve(image, _NOBODY, PUBLIC)).reference


@pytest.mark.parametrize("digest", [f"sha256:{'b' * 64}", f"sha512:{'0' * 128}"])
def test_a_digest_is_taken_and_the_tag_before_it_left_out(digest: str) -> None:
    assert _resolved(f"some.azurecr.io/orch:v1@{digest}") == f"some.azurecr.io/orch@{digest}"


@pytest.mark.parametrize(
    "digest", [f"sha256:{'b' * 63}", f"sha256:{'B' * 64}", f"sha256:{'b' * 128}", f"md5:{'b' * 32}"]
)
def test_a_digest_that_was_cut_short_is_refused_before_anything_is_sent(digest: str) -> None:
    with pytest.raises(RolloutError, match=f"{digest} is no digest") as refused:
        _resolved(f"some.azurecr.io/orch@{digest}")
    assert refused.value.exit_code == 2
