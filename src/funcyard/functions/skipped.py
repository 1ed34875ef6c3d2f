"""The folders of an app that hold none of its own code."""

from __future__ import annotations

SKIPPED = frozenset({".venv", "venv", ".python_packages", "node_modules", "__pycache__", ".git"})
"""Environments, packages, caches: never walked into."""
