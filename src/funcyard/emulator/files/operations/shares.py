"""Shares: created, deleted, their properties, metadata, stored access policies and size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import leases, names, times, xml
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.records import Share
from funcyard.emulator.files.store.steps import Step
from funcyard.emulator.files.store.usage import usage_of

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call

LARGEST_QUOTA: Final = 102_400
_TIERS: Final = {"transactionoptimized": "TransactionOptimized", "hot": "Hot", "cool": "Cool"}
_MOST_POLICIES: Final = 5
_LONGEST_IDENTIFIER: Final = 64
_OTHER_KINDS: Final = (
    "x-ms-root-squash",
    "x-ms-enable-snapshot-virtual-directory-access",
    "x-ms-share-paid-bursting-enabled",
    "x-ms-share-paid-bursting-max-iops",
    "x-ms-share-paid-bursting-max-bandwidth-mibps",
    "x-ms-share-provisioned-iops",
    "x-ms-share-provisioned-bandwidth-mibps",
    "x-ms-enable-smb-directory-lease",
)
"""Of premium accounts and NFS shares, which are not supported."""


def create(call: Call) -> Answer:
    """Create Share."""
    store, address = call.store, call.address
    name = address.share or ""
    protocols = call.request.header("x-ms-enabled-protocols")
    if protocols is not None and protocols.upper() != "SMB":
        call.refuse("x-ms-enabled-protocols")
    share = Share(address.account, name, store.now())
    _apply_settings(call, share)
    share.metadata = names.check_metadata(call.request.metadata)
    if store.share(address.account, name) is not None:
        raise StorageError("ShareAlreadyExists")
    change = Change(Step("make-share", store.root(share)))
    if left := store.database.share(address.account, name):  # its folder was removed
        change.drop_share(left.number)
    change.put_share(share)
    store.journal.make(change)
    return Answer(201, changed_headers(share.changed))


def properties(call: Call) -> Answer:
    """Get Share Properties, and Get Share Metadata."""
    share = call.share()
    now = call.store.now()
    leases.check(share.lease, now, call.lease, "Share", writes=False)
    headers = {
        **changed_headers(share.changed),
        **{f"x-ms-meta-{name}": value for name, value in share.metadata.items()},
        "x-ms-share-quota": str(share.quota),
        "x-ms-access-tier": share.tier,
        "x-ms-access-tier-change-time": times.rfc1123(share.tier_changed or share.changed),
        "x-ms-enabled-protocols": "SMB",
        **leases.headers(share.lease, now),
    }
    return Answer(200, headers)


def set_properties(call: Call) -> Answer:
    """Set Share Properties: quota and access tier."""
    share = _writable(call)
    _apply_settings(call, share)
    return _changed(call, share)


def set_metadata(call: Call) -> Answer:
    """Set Share Metadata."""
    share = _writable(call)
    share.metadata = names.check_metadata(call.request.metadata)
    return _changed(call, share)


def delete(call: Call) -> Answer:
    """Delete Share, with its snapshots where that is asked for; or one snapshot."""
    store = call.store
    share = call.share()
    now = store.now()
    leases.check(share.lease, now, call.lease, "Share", writes=True)
    which = (call.request.header("x-ms-delete-snapshots") or "").lower()
    if which not in {"", "include", "include-leased"}:
        raise bad_header("x-ms-delete-snapshots", which)
    if share.snapshot:
        if which:
            raise bad_header("x-ms-delete-snapshots", which)
        _drop(call, share)
        return Answer(202)
    snapshots = [
        one for one in store.shares(share.account) if one.name == share.name and one.snapshot
    ]
    if snapshots and not which:
        raise StorageError("ShareHasSnapshots")
    if which == "include" and any(leases.is_locked(one.lease, now) for one in snapshots):
        raise StorageError("LeaseIdMissing")
    for one in [*snapshots, share]:
        _drop(call, one)
    return Answer(202)


def statistics(call: Call) -> Answer:
    """Get Share Stats."""
    share = call.share()
    leases.check(share.lease, call.store.now(), call.lease, "Share", writes=False)
    used = usage_of(call.store.folder(share))
    body = xml.document(xml.element("ShareStats", xml.text("ShareUsageBytes", used)))
    headers = {"Content-Type": "application/xml", **changed_headers(share.changed)}
    return Answer(200, headers, body)


def policies(call: Call) -> Answer:
    """Get Share ACL."""
    share = call.share()
    leases.check(share.lease, call.store.now(), call.lease, "Share", writes=False)
    identifiers = "".join(
        xml.element(
            "SignedIdentifier",
            xml.text("Id", identifier)
            + xml.element(
                "AccessPolicy", "".join(xml.text(name, value) for name, value in policy.items())
            ),
        )
        for identifier, policy in share.policies.items()
    )
    body = xml.document(xml.element("SignedIdentifiers", identifiers))
    headers = {"Content-Type": "application/xml", **changed_headers(share.changed)}
    return Answer(200, headers, body)


def set_policies(call: Call) -> Answer:
    """Set Share ACL."""
    share = _writable(call)
    share.policies = _parse_policies(call.document) if call.document else {}
    return _changed(call, share)


def _parse_policies(body: bytes) -> dict[str, dict[str, str]]:
    root = xml.parse(body)
    if root.tag != "SignedIdentifiers":
        raise StorageError("InvalidXmlDocument")
    found: dict[str, dict[str, str]] = {}
    for one in root:
        identifier = xml.child_text(one, "Id")
        if identifier is None:
            raise StorageError("MissingRequiredXmlNode", XmlNodeName="Id")
        if len(identifier) > _LONGEST_IDENTIFIER or identifier in found:
            raise StorageError("InvalidXmlNodeValue", XmlNodeName="Id", XmlNodeValue=identifier)
        policy = one.find("AccessPolicy")
        values: dict[str, str] = {}
        for name in ("Start", "Expiry", "Permission"):
            value = xml.child_text(policy, name) if policy is not None else None
            if value is None:
                continue
            if name == "Permission":
                wrong = not set(value) <= set("rcwdl")
            else:
                wrong = times.parse_iso(value) is None
            if wrong:
                raise StorageError("InvalidXmlNodeValue", XmlNodeName=name, XmlNodeValue=value)
            values[name] = value
        found[identifier] = values
    if len(found) > _MOST_POLICIES:
        raise StorageError("InvalidXmlDocument")
    return found


def _apply_settings(call: Call, share: Share) -> None:
    call.refuse(*_OTHER_KINDS)
    quota = call.request.number("x-ms-share-quota")
    if quota is not None:
        if not 1 <= quota <= LARGEST_QUOTA:
            raise bad_header("x-ms-share-quota", str(quota))
        share.quota = quota
    tier = call.request.header("x-ms-access-tier")
    if tier is not None:
        if tier.lower() not in _TIERS:
            raise bad_header("x-ms-access-tier", tier)
        share.tier, share.tier_changed = _TIERS[tier.lower()], call.store.now()


def _writable(call: Call) -> Share:
    share = call.share()
    leases.check(share.lease, call.store.now(), call.lease, "Share", writes=True)
    return share


def _changed(call: Call, share: Share) -> Answer:
    share.changed = call.store.now()
    change = Change()
    change.put_share(share)
    call.store.journal.make(change)
    return Answer(200, changed_headers(share.changed))


def _drop(call: Call, share: Share) -> None:
    step = Step("drop-share", call.store.root(share), staged=f"{share.number}-{share.changed}")
    change = Change(step)
    change.drop_share(share.number)
    call.store.journal.make(change)
