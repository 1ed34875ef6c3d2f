"""List Shares: by name, in pages, with their metadata and snapshots where asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import leases, times, xml
from funcyard.emulator.files.call import Answer
from funcyard.emulator.files.errors import bad_query
from funcyard.emulator.files.paging import page_of

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Share

_INCLUDED: Final = frozenset({"metadata", "snapshots", "deleted"})


def list_shares(call: Call) -> Answer:
    """List Shares."""
    query = call.request.query
    include = {one.strip().lower() for one in query.get("include", "").split(",")} - {""}
    if not include <= _INCLUDED:
        raise bad_query("include", query["include"])
    prefix = query.get("prefix", "")
    found = [
        share
        for share in call.store.shares(call.address.account)
        if share.name.startswith(prefix) and (not share.snapshot or "snapshots" in include)
    ]
    page = page_of(query, found, lambda share: (share.name, share.snapshot or "~"))
    now = call.store.now()
    shares = "".join(_share(share, now, metadata="metadata" in include) for share in page.items)
    body = xml.element(
        "EnumerationResults",
        xml.text("Prefix", query.get("prefix"))
        + xml.text("Marker", query.get("marker"))
        + xml.text("MaxResults", query.get("maxresults"))
        + xml.element("Shares", shares)
        + xml.text("NextMarker", page.next_marker),
        ServiceEndpoint=call.address.endpoint,
    )
    return Answer(200, {"Content-Type": "application/xml"}, xml.document(body))


def _share(share: Share, now: int, *, metadata: bool) -> str:
    lease = leases.headers(share.lease, now)
    properties = (
        xml.text("Last-Modified", times.rfc1123(share.changed))
        + xml.text("Etag", times.etag(share.changed))
        + xml.text("Quota", share.quota)
        + xml.text("AccessTier", share.tier)
        + xml.text("AccessTierChangeTime", times.rfc1123(share.tier_changed or share.changed))
        + xml.text("LeaseStatus", lease["x-ms-lease-status"])
        + xml.text("LeaseState", lease["x-ms-lease-state"])
        + xml.text("LeaseDuration", lease.get("x-ms-lease-duration"))
        + xml.text("EnabledProtocols", "SMB")
    )
    pairs = "".join(xml.text(name, value) for name, value in share.metadata.items())
    return xml.element(
        "Share",
        xml.text("Name", share.name)
        + xml.text("Snapshot", share.snapshot or None)
        + xml.element("Properties", properties)
        + xml.element("Metadata", pairs if metadata else None),
    )
