from __future__ import annotations

import pytest

from funcyard.errors import UsageError
from funcyard.twin.providers.azure.naming import Names
from funcyard.twin.providers.registry import ProviderNotThereYetError, UnknownProviderError, get


@pytest.mark.parametrize("name", ["azure", "azure:plant"])
def test_azure_works(name: str) -> None:
    provider = get(name)

    names = [one.name for one in provider.resource_names("hall", "sub")]
    assert provider.name == "azure"
    assert names == [name for _, name in Names("hall", "sub").all()]


def test_every_twin_gets_a_provider_of_its_own() -> None:
    assert get("azure") is not get("azure")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("aws", "Amazon Web Services is not deployed to yet"),
        ("aws:two", "Amazon Web Services is not deployed to yet"),
        ("google", "Google Cloud is not deployed to yet"),
        ("gcp", "Google Cloud is not deployed to yet"),
    ],
)
def test_what_is_not_there_yet_says_so(name: str, said: str) -> None:
    with pytest.raises(ProviderNotThereYetError) as caught:
        get(name)

    assert (caught.value.message, caught.value.hint) == (said, "deployed to: azure")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("azur", "did you mean azure?"),
        ("ibm", "one of azure, aws, google"),
        ("", "one of azure, aws, google"),
    ],
)
def test_what_nobody_knows_is_refused(name: str, hint: str) -> None:
    with pytest.raises(UnknownProviderError) as caught:
        get(name)

    assert caught.value.hint == hint
    assert isinstance(caught.value, UsageError)
