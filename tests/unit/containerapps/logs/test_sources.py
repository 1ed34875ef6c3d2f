"""Which streams there are: what could not be read is never told as not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.containerapps.observed import NEW, OLD, observed, replica, revision, unread

from funcyard.azure.errors import AzureUnreachableError
from funcyard.containerapps.logs.sources import Wanted, sources_of

_THROTTLED = AzureUnreachableError("too many requests", status=429)
_SEEN = observed(revision(OLD), revision(NEW), old=(replica("old-1"),), new=())


def test_an_app_whose_revisions_could_not_be_read_is_not_told_to_have_no_replica() -> None:
    with pytest.raises(AzureUnreachableError, match="too many requests"):
        sources_of(replace(unread(_SEEN), faults=(_THROTTLED,)), Wanted())


@pytest.mark.parametrize("wanted", [Wanted(OLD), Wanted(OLD, replica="old-1"), Wanted("0000001")])
def test_a_revision_whose_replicas_could_not_be_read_is_not_told_to_have_none(
    wanted: Wanted,
) -> None:
    seen = replace(_SEEN, replicas={NEW: ()}, faults=(_THROTTLED,))
    with pytest.raises(AzureUnreachableError, match="too many requests"):
        sources_of(seen, wanted)
    assert sources_of(seen, Wanted(NEW)) == ()
