"""The states of a lease, on a clock of the test's own."""

from __future__ import annotations

import pytest

from funcyard.emulator.files import leases
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.times import TICKS

ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def _at(seconds: float) -> int:
    return int(seconds * TICKS)


def test_a_lease_with_an_end_ends_and_is_renewed_before_or_after() -> None:
    lease = leases.acquire(Lease(), _at(0), ONE, 15)
    assert leases.state(lease, _at(14.9)) == "leased"
    assert leases.state(lease, _at(15)) == "expired"
    assert leases.state(leases.renew(lease, _at(20), ONE), _at(34)) == "leased"


def test_a_lease_for_good_has_no_end() -> None:
    lease = leases.acquire(Lease(), 0, ONE, leases.FOREVER)
    assert leases.headers(lease, _at(10**9)) == {
        "x-ms-lease-status": "locked",
        "x-ms-lease-state": "leased",
        "x-ms-lease-duration": "infinite",
    }


def test_only_its_holder_acquires_it_again() -> None:
    lease = leases.acquire(Lease(), 0, ONE, 15)
    assert leases.acquire(lease, 0, ONE, 60).duration == 60
    with pytest.raises(StorageError, match="LeaseAlreadyPresent"):
        leases.acquire(lease, 0, TWO, 15)
    assert leases.acquire(lease, _at(15), TWO, 15).id == TWO


def test_a_break_lasts_no_longer_than_the_lease_would() -> None:
    lease = leases.acquire(Lease(), 0, ONE, 15)
    breaking, wait = leases.break_(lease, _at(5), 60)
    assert wait == 10
    assert leases.state(breaking, _at(14)) == "breaking"
    assert leases.state(breaking, _at(15)) == "broken"
    with pytest.raises(StorageError, match="LeaseIsBreakingAndCannotBeAcquired"):
        leases.acquire(breaking, _at(14), ONE, 15)
    with pytest.raises(StorageError, match="LeaseIsBrokenAndCannotBeRenewed"):
        leases.renew(breaking, _at(14), ONE)
    assert leases.acquire(breaking, _at(15), TWO, 15).id == TWO


def test_a_lease_for_good_is_broken_at_once_unless_a_while_is_given() -> None:
    lease = leases.acquire(Lease(), 0, ONE, leases.FOREVER)
    assert leases.state(leases.break_(lease, 0, None)[0], 0) == "broken"
    assert leases.break_(lease, 0, 30)[1] == 30


def test_a_changed_lease_answers_to_its_new_id_only() -> None:
    lease = leases.change(leases.acquire(Lease(), 0, ONE, 15), 0, ONE, TWO)
    with pytest.raises(StorageError, match="LeaseIdMismatchWithFileOperation"):
        leases.check(lease, 0, ONE, "File", writes=True)
    leases.check(lease, 0, TWO, "File", writes=True)
    with pytest.raises(StorageError, match="LeaseIdMismatchWithLeaseOperation"):
        leases.release(lease, ONE)
    assert leases.state(leases.release(lease, TWO), 0) == "available"


@pytest.mark.parametrize(
    ("given", "writes", "code"),
    [(None, True, "LeaseIdMissing"), (TWO, False, "LeaseIdMismatchWithShareOperation")],
)
def test_a_leased_share_wants_its_id(given: str | None, writes: bool, code: str) -> None:  # noqa: FBT001
    lease = leases.acquire(Lease(), 0, ONE, 15)
    with pytest.raises(StorageError, match=code):
        leases.check(lease, 0, given, "Share", writes=writes)
    leases.check(lease, 0, None, "Share", writes=False)
    with pytest.raises(StorageError, match="LeaseNotPresentWithShareOperation"):
        leases.check(lease, _at(15), ONE, "Share", writes=True)
