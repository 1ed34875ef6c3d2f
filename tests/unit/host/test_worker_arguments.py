from __future__ import annotations

import pytest

from funcyard.host.worker_arguments import WorkerArgumentsError, debugger_settings

NAME = "languageWorkers__python__arguments"


def test_the_arguments_of_a_debug_image_make_the_worker_listen() -> None:
    assert debugger_settings({NAME: "-m debugpy --listen 0.0.0.0:5678"}) == {
        "ENABLE_DEBUGGING": "true",
        "DEBUG_WAIT": "false",
        "FUNCYARD_DEBUG_ADDRESS": "0.0.0.0",  # noqa: S104 - compared, not bound
        "FUNCYARD_DEBUG_PORT": "5678",
    }


def test_waiting_for_the_client_is_understood_and_a_bare_port_means_loopback() -> None:
    found = debugger_settings({NAME.upper(): "-m debugpy --listen 5678 --wait-for-client"})
    assert (found["DEBUG_WAIT"], found["FUNCYARD_DEBUG_ADDRESS"]) == ("true", "127.0.0.1")


@pytest.mark.parametrize("settings", [{}, {NAME: ""}])
def test_without_arguments_nothing_listens(settings: dict[str, str]) -> None:
    assert debugger_settings(settings) == {}


@pytest.mark.parametrize(
    "text",
    [
        "-X dev",
        "-m debugpy",
        "-m pdb --listen 5678",
        "-m debugpy --listen here:there",
        "-m debugpy --listen 0.0.0.0:70000",
        "-m debugpy --connect 127.0.0.1:5678",
        "-m debugpy --listen '5678",
        "-h",
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(text: str) -> None:
    with pytest.raises(WorkerArgumentsError, match=NAME) as caught:
        debugger_settings({NAME: text})
    assert caught.value.hint
