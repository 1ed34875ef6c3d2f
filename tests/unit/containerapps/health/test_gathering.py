"""What is not known where Azure told only part of an app."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.containerapps.observed import NEW, observed, replica, revision, unread

from funcyard.azure.errors import AzureUnreachableError
from funcyard.containerapps.environment import Environment
from funcyard.containerapps.health.gathering import faults_of

_FAULT = AzureUnreachableError("no answer")


def test_without_its_revisions_nothing_is_known_of_replicas_either() -> None:
    seen = replace(unread(observed()), environment=Environment("", "env"), faults=(_FAULT,))
    assert faults_of(seen) == {"revisions": _FAULT, "replicas": _FAULT}


def test_replicas_of_one_revision_that_could_not_be_read_are_not_known() -> None:
    seen = replace(observed(revision(NEW)), environment=Environment("", "env"), faults=(_FAULT,))
    assert faults_of(seen) == {"replicas": _FAULT}


def test_what_was_read_is_known() -> None:
    seen = observed(revision(NEW), new=(replica("a"),))
    assert faults_of(seen) == {}
