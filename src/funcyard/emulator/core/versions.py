"""API versions of the Resource Manager's own operations, the newest first."""

from __future__ import annotations

from typing import Final

RESOURCES: Final = (
    "2025-04-01",
    "2025-03-01",
    "2024-11-01",
    "2024-07-01",
    "2024-03-01",
    "2023-07-01",
    "2022-09-01",
    "2021-04-01",
    "2021-01-01",
    "2020-10-01",
    "2020-06-01",
    "2019-10-01",
    "2019-05-01",
    "2018-05-01",
    "2017-05-10",
    "2016-09-01",
    "2016-02-01",  # by which the SDKs register a provider
)
"""Of groups, resources, tags and providers."""

SUBSCRIPTIONS: Final = (
    "2024-11-01",
    "2022-12-01",
    "2021-01-01",
    "2020-01-01",
    "2019-11-01",
    "2019-06-01",
    "2018-06-01",
    "2016-06-01",
)
"""Of subscriptions, locations and tenants."""
