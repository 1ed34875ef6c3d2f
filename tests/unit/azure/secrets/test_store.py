"""References to secrets, as tables hold them."""

from __future__ import annotations

import pytest

from funcyard.azure.secrets.store import SecretNameError, SecretRef


def test_a_reference_outlives_a_table() -> None:
    ref = SecretRef("vault", "github-token")
    assert SecretRef.parse(str(ref)) == ref


@pytest.mark.parametrize("text", ["", "vault", "vault:", ":a", "other:a", "vault:a:b", "local:a b"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(SecretNameError):
        SecretRef.parse(text)
