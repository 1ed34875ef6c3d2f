"""Prints what was found."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from tests.bench.soak.setting import Setting


def print_figures(setting: Setting, kills: int, seconds: float) -> None:
    """Print the figures of a soak in which every promise held."""
    soak, met = setting.soak, setting.spoiling.met
    told, pusher, revocations = soak.told, soak.pusher, soak.revocations
    _line("kills (-9)", kills, f"in {seconds:,.0f} s")
    _line("requests", setting.spoiling.requests, f"spoiled {met.total():,}")
    _counted(met)
    _line("pushes", len(pusher.commits))
    _line("deliveries answered", len(pusher.accepted), f"not {pusher.refused:,}")
    _line("tokens revoked", len(revocations.times))
    _seconds("until that was told", revocations.told)
    _seconds("from the new token until what was pushed was there", revocations.resumed)
    _line("versions, each whole", soak.proved, f"told of {len(told.versions):,}")
    _line("versions kept, every content", soak.kept)
    _line("views brought right", sum(judge.repaired for judge in soak.versions))
    for what, counted in (
        ("syncs and executions", soak.ended),
        ("tries that failed", told.faults),
        ("views left behind", told.behind),
    ):
        _line(what, counted.total())
        _counted(counted)
    watched = len(soak.jobs.endings) + len(soak.executions.endings)
    _line("ended, once each", watched)
    print("half-published, lost, hanging, wrongly shown or told, left running: 0")


def _line(what: str, count: int, rest: str = "") -> None:
    print(f"{what:<30} {count:>8,}   {rest}".rstrip())


def _counted(counted: Counter[str]) -> None:
    for what, count in sorted(counted.items()):
        print(f"  {what:<66} {count:>6,}")


def _seconds(what: str, times: list[float]) -> None:
    if times:
        print(f"  {what:<66} {median(times):>6.1f} s, at most {max(times):.1f} s")
