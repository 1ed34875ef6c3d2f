from __future__ import annotations

from funcyard.host.log_levels import LogLevels


def test_without_configuration_information_and_above_is_shown() -> None:
    levels = LogLevels({})

    assert levels.shows("info", "f", users=True)
    assert not levels.shows("debug", "f", users=True)
    assert not levels.wants_debug


def test_the_longest_configured_prefix_decides() -> None:
    levels = LogLevels(
        {
            "default": "warning",
            "Function": "error",
            "Function.chatty": "debug",
            "Function.chatty.User": "none",
        }
    )

    assert levels.shows("warning", "", users=True) is False
    assert levels.shows("error", "other", users=True)
    assert levels.shows("debug", "chatty", users=False)
    assert not levels.shows("error", "chatty", users=True)
    assert levels.wants_debug


def test_the_default_level_counts_where_no_category_is_configured() -> None:
    levels = LogLevels({"default": "warning", "Host.Results": "error"})

    assert not levels.shows("info", "f", users=True)
    assert levels.shows("warning", "f", users=True)
