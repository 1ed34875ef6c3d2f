"""What the app's settings mean, and which of them cannot be meant."""

from __future__ import annotations

import os
import pwd
from datetime import timedelta

import pytest

from funcyard.workspace import app_settings

NOBODY = pwd.getpwnam("nobody")


def _worker_user(named: str) -> int | None:
    return app_settings.Settings.of({"FUNCYARD_WORKER_USER": named}).worker_user


@pytest.mark.parametrize("named", ["nobody", str(NOBODY.pw_uid)])
def test_root_may_have_workflows_run_as_somebody_else(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert _worker_user(named) == NOBODY.pw_uid


def test_what_workers_may_take_is_as_it_is_said() -> None:
    usual = app_settings.Settings.of({})
    assert (usual.workers, usual.organization_workers, usual.worker_memory) == (8, 4, 1 << 30)
    told = app_settings.Settings.of(
        {
            "FUNCYARD_WORKERS": "2",
            "FUNCYARD_ORGANIZATION_WORKERS": "1",
            "FUNCYARD_WORKER_MEMORY_MB": "2048",
        }
    )
    assert (told.workers, told.organization_workers, told.worker_memory) == (2, 1, 2 << 30)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FUNCYARD_WORKERS", "0"),
        ("FUNCYARD_WORKERS", "many"),
        ("FUNCYARD_ORGANIZATION_WORKERS", "1001"),
        ("FUNCYARD_WORKER_MEMORY_MB", "255"),
    ],
)
def test_workers_that_could_not_run_are_refused(name: str, value: str) -> None:
    with pytest.raises(app_settings.SettingsError, match=name):
        app_settings.Settings.of({name: value})


def test_workflows_run_as_the_app_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    assert _worker_user("") is None
    assert _worker_user("nobody") is None  # it is the app's own


@pytest.mark.parametrize("named", ["root", "0", "nobody at all", "-1", "99999999999999"])
def test_nobody_that_workflows_can_run_as_is_refused(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(app_settings.SettingsError, match="FUNCYARD_WORKER_USER"):
        _worker_user(named)


def test_how_long_things_are_kept_can_be_said() -> None:
    usual = app_settings.Settings.of({})
    assert (usual.keep_executions, usual.keep_syncs) == (timedelta(days=90), timedelta(days=90))
    assert usual.keep_content == timedelta(hours=1)
    told = app_settings.Settings.of(
        {
            "FUNCYARD_KEEP_EXECUTIONS_DAYS": "7",
            "FUNCYARD_KEEP_SYNCS_DAYS": "36500",
            "FUNCYARD_KEEP_CONTENT_HOURS": "24",
        }
    )
    assert (told.keep_executions, told.keep_content) == (timedelta(days=7), timedelta(days=1))


@pytest.mark.parametrize("name", ["EXECUTIONS_DAYS", "SYNCS_DAYS", "CONTENT_HOURS"])
@pytest.mark.parametrize("told", ["0", "-1", "1.5", "x", "36501", "\u0661", " 7"])
def test_a_time_that_cannot_be_meant_is_refused(name: str, told: str) -> None:
    with pytest.raises(app_settings.SettingsError, match=f"FUNCYARD_KEEP_{name}"):
        app_settings.Settings.of({f"FUNCYARD_KEEP_{name}": told})


def test_who_is_not_root_can_run_nothing_as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    with pytest.raises(app_settings.SettingsError, match="only root"):
        _worker_user("1")
