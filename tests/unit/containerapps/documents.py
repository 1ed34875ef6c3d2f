"""Recorded documents of container apps, with names instead of their placeholders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_RECORDED = Path(__file__).parents[2] / "recorded" / "container-apps.json"
_NAMES = {
    "{subscriptionId}": "00000000-0000-4000-8000-000000000001",
    "{resourceGroup}": "rg-dev",
    "{envResourceGroup}": "rg-dev",
    "{name}": "orch-dev",
    "{otherName}": "other",
    "{envName}": "env-dev",
}


def recorded() -> dict[str, dict[str, Any]]:
    """Return the recorded exchanges by their names."""
    text = _RECORDED.read_text(encoding="utf-8")
    for placeholder, meant in _NAMES.items():
        text = text.replace(placeholder, meant)
    return {one["name"]: one for one in json.loads(text)}


def answered(name: str) -> Any:  # noqa: ANN401 - JSON
    """Return what was answered in a recorded exchange."""
    return recorded()[name]["response_body"]
