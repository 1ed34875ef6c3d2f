"""The account's file service: its metrics and CORS settings, kept and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from funcyard.emulator.files import xml
from funcyard.emulator.files.call import Answer
from funcyard.emulator.files.errors import StorageError

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call

_OFF = (
    "<Version>1.0</Version><Enabled>false</Enabled>"
    "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>"
)
_DEFAULT = (
    "<StorageServiceProperties>"
    f"<HourMetrics>{_OFF}</HourMetrics><MinuteMetrics>{_OFF}</MinuteMetrics><Cors />"
    "<ProtocolSettings><SMB><Multichannel><Enabled>false</Enabled></Multichannel></SMB>"
    "</ProtocolSettings>"
    "</StorageServiceProperties>"
)
_MOST_RULES: Final = 5
_LONGEST_RETENTION: Final = 365
_RULE: Final = (
    "AllowedOrigins",
    "AllowedMethods",
    "MaxAgeInSeconds",
    "ExposedHeaders",
    "AllowedHeaders",
)


def properties(call: Call) -> Answer:
    """Get File Service Properties."""
    kept = call.store.database.service_properties(call.address.account) or _DEFAULT
    return Answer(200, {"Content-Type": "application/xml"}, xml.document(kept))


def set_properties(call: Call) -> Answer:
    """Set File Service Properties; a part that is not named stays as it is."""
    given = xml.parse(call.document)
    if given.tag != "StorageServiceProperties":
        raise StorageError("InvalidXmlDocument")
    database, account = call.store.database, call.address.account
    kept = ET.fromstring(database.service_properties(account) or _DEFAULT)  # noqa: S314 - ours
    for part in given:
        check = _CHECKS.get(part.tag)
        if check is None:
            raise StorageError("UnsupportedXmlNode", XmlNodeName=part.tag)
        check(part)
        old = kept.find(part.tag)
        if old is not None:
            index = list(kept).index(old)
            kept.remove(old)
            kept.insert(index, part)
    with database.transaction():
        database.set_service_properties(account, ET.tostring(kept, encoding="unicode"))
    return Answer(202)


def _check_metrics(part: ET.Element) -> None:
    enabled = _flag(part, "Enabled")
    if enabled and part.find("IncludeAPIs") is None:
        raise StorageError("MissingRequiredXmlNode", XmlNodeName="IncludeAPIs")
    retention = part.find("RetentionPolicy")
    if retention is None:
        return
    days = xml.child_text(retention, "Days")
    if _flag(retention, "Enabled"):
        if days is None:
            raise StorageError("MissingRequiredXmlNode", XmlNodeName="Days")
        if not days.isdigit() or not 1 <= int(days[:4]) <= _LONGEST_RETENTION:
            raise StorageError("InvalidXmlNodeValue", XmlNodeName="Days", XmlNodeValue=days)


def _check_rules(part: ET.Element) -> None:
    rules = list(part)
    if len(rules) > _MOST_RULES:
        raise StorageError("InvalidXmlDocument")
    for rule in rules:
        for name in _RULE:
            if rule.find(name) is None:
                raise StorageError("MissingRequiredXmlNode", XmlNodeName=name)
        age = xml.child_text(rule, "MaxAgeInSeconds") or ""
        if not age.isdigit():
            raise StorageError(
                "InvalidXmlNodeValue", XmlNodeName="MaxAgeInSeconds", XmlNodeValue=age
            )


def _check_protocols(part: ET.Element) -> None:
    """Take SMB's multichannel, on or off: there is no SMB here that it could change."""
    for node in part.iter():
        if node.tag not in {"ProtocolSettings", "SMB", "Multichannel", "Enabled"}:
            raise StorageError("UnsupportedXmlNode", XmlNodeName=node.tag)
    channels = part.find("./*/Multichannel")
    if channels is not None:
        _flag(channels, "Enabled")


def _flag(parent: ET.Element, name: str) -> bool:
    value = xml.child_text(parent, name)
    if value is None:
        raise StorageError("MissingRequiredXmlNode", XmlNodeName=name)
    if value.lower() not in {"true", "false"}:
        raise StorageError("InvalidXmlNodeValue", XmlNodeName=name, XmlNodeValue=value)
    return value.lower() == "true"


_CHECKS: Final = {
    "HourMetrics": _check_metrics,
    "MinuteMetrics": _check_metrics,
    "Cors": _check_rules,
    "ProtocolSettings": _check_protocols,
}
