"""What happens to every row. The same rows always give the same result, and as many of them.

Cells are cleaned in every file. Columns with a known name are also checked and normalised, and
others derived from them; a file without such columns passes through. A row is never dropped: what
is wrong with it stands in its column ``problems``.

| columns of the file | what is done |
|---|---|
| any | Unicode NFC, white space trimmed and collapsed |
| city, state | "NA" means unknown: emptied; states in capitals |
| country | one name for each country |
| latitude, longitude | checked, six decimals (0.1 m); ``hemisphere`` derived: NE, NW, SE or SW |
| state, country | ``region`` derived: of the US Census Bureau |
"""

import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from data_utils.places import COUNTRIES, REGION_OF_STATE, UNITED_STATES
from data_utils.rows import Row

LIMITS = {"latitude": 90, "longitude": 180}
PROBLEMS = "problems"

_SIX_DECIMALS = Decimal("0.000001")
_UNKNOWN = {"NA", "N/A"}

Record = dict[str, str]


def transform(header: Row, rows: Iterable[Row]) -> tuple[Row, Iterator[Row]]:
    """Return the new header and the transformed rows, in order.

    A derived column that the file already has stays as it is.
    """
    known = set(header)
    derived = []
    if known.issuperset(LIMITS):
        derived.append("hemisphere")
    if {"state", "country"} <= known:
        derived.append("region")
    added = [name for name in [*derived, PROBLEMS] if name not in known]
    return [*header, *added], (_transform_row(header, row, added) for row in rows)


def _transform_row(header: Row, row: Row, added: list[str]) -> Row:
    record = {name: _clean(cell) for name, cell in zip(header, row, strict=True)}
    problems: list[str] = []
    _normalise_places(record)
    for name in LIMITS:
        if name in record:
            record[name] = _coordinate(name, record[name], problems)
    if "hemisphere" in added:
        record["hemisphere"] = _hemisphere(record)
    if "region" in added:
        record["region"] = _region(record, problems)
    if PROBLEMS in added:
        record[PROBLEMS] = "; ".join(problems)
    return list(record.values())


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _normalise_places(record: Record) -> None:
    for name in ("city", "state"):
        if record.get(name) in _UNKNOWN:
            record[name] = ""
    if "state" in record:
        record["state"] = record["state"].upper()
    if "country" in record:
        record["country"] = COUNTRIES.get(record["country"], record["country"])


def _coordinate(name: str, text: str, problems: list[str]) -> str:
    if not text:
        problems.append(f"{name} is missing")
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        problems.append(f"{name} is not a number")
        return text
    if abs(value) > LIMITS[name]:
        problems.append(f"{name} is out of range")
        return text
    return f"{value.quantize(_SIX_DECIMALS):f}"


def _hemisphere(record: Record) -> str:
    try:
        latitude, longitude = (Decimal(record[name]) for name in LIMITS)
    except InvalidOperation:
        return ""
    if not (latitude.is_finite() and longitude.is_finite()):
        return ""
    return ("S" if latitude < 0 else "N") + ("W" if longitude < 0 else "E")


def _region(record: Record, problems: list[str]) -> str:
    state = record["state"]
    if record["country"] != UNITED_STATES or not state:
        return ""
    if state not in REGION_OF_STATE:
        problems.append(f"state {state} is unknown")
    return REGION_OF_STATE.get(state, "")
