from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.twin.twins import EXAMPLE, GONE, changed, copied, faults, said

from funcyard.twin.config.files import MODELS, NEEDED
from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.json_tree import LONGEST
from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.shaping import MOST_FAULTS


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


def test_the_example_is_sound_and_typed() -> None:
    document = read_twin(EXAMPLE)

    twin = document.twin
    assert document.warnings == ()
    assert [device.id for device in twin.devices] == ["cold-room-1", "cold-room-2", "compressor"]
    assert twin.devices[0].properties[0].init_value == -20.0
    assert [event.action.type for event in twin.events] == ["function", "function", "logic_app"]
    assert twin.flags.return_feedback_to_device
    assert twin.processors == {"cold-room-2"}
    assert twin.hierarchy is not None
    assert [one.name for one in twin.hierarchy.contents_of("dtmi:coldstorage:ColdRoom;1")] == [
        "temperature", "humidity", "doorOpen", "serialNumber",
    ]  # fmt: skip


def test_every_fault_of_every_file_is_told_at_once_with_line_and_column(twin: Path) -> None:
    (twin / "config.json").write_text(
        '{\n  "digital_twin_name": "cold hall",\n  "hot_storage_size_in_days": "7"\n}'
    )
    (twin / "config_providers.json").write_text('{"layer_1_provider": "azure",}')
    (twin / "config_credentials.json").unlink()
    changed(twin, "config_events.json", (1, "action", "functionNane"), "raise-alarm")
    changed(twin, "config_events.json", (0, "action", "feedback", "iotDeviceId"), "cold-room-9")

    with pytest.raises(TwinError) as caught:
        read_twin(twin)

    assert caught.value.message == (
        f"7 faults in {twin}:\n"
        "  config.json:1:1: cold_storage_size_in_days: is missing\n"
        '  config.json:2:24: digital_twin_name: "cold hall" is not taken '
        "(1 to 30 letters, digits, hyphens and underscores)\n"
        '  config.json:3:31: hot_storage_size_in_days: expected a whole number, found "7"\n'
        "  config_providers.json:1:29: not JSON: a comma before } (take it away)\n"
        "  config_credentials.json: is missing\n"
        "  config_events.json:11:24: [0].action.feedback.iotDeviceId: there is no device "
        "cold-room-9 (devices: cold-room-1, cold-room-2, compressor)\n"
        "  config_events.json:24:7: [1].action.functionNane: unknown field "
        "(did you mean functionName?)"
    )


def test_what_is_cut_out_for_a_fault_causes_no_other(twin: Path) -> None:
    changed(twin, "config_iot_devices.json", (0, "id"), "cold room")

    assert faults(twin) == [
        (
            'config_iot_devices.json: [0].id: "cold room" is not taken '
            "(1 to 64 letters, digits, hyphens and underscores, no mark first)"
        )
    ]


def test_a_fault_behind_what_is_cut_out_is_told_at_its_own_place(twin: Path) -> None:
    """Who reads [2] looks at the third event, also where the first has a fault of its own."""
    changed(twin, "config_events.json", (0, "action", "type"), "lambda")
    changed(twin, "config_events.json", (2, "condition"), "compressor.nope == INTEGER(1)")

    with pytest.raises(TwinError) as caught:
        read_twin(twin)

    assert caught.value.message == (
        f"2 faults in {twin}:\n"
        "  config_events.json:5:15: [0].action.type: lambda is AWS's (write function)\n"
        "  config_events.json:27:19: [2].condition: compressor has no property nope "
        "(it has powerWatts, starts, state, ratedWatts)"
    )


@pytest.mark.parametrize("file", sorted(NEEDED))
def test_what_is_needed_is_missed(twin: Path, file: str) -> None:
    (twin / file).unlink()

    assert f"{file}: is missing" in faults(twin)


@pytest.mark.parametrize(
    "file", sorted(set(MODELS) - NEEDED - {"twin_hierarchy/azure_hierarchy.json"})
)
def test_the_others_may_be_left_out(twin: Path, file: str) -> None:
    (twin / file).unlink(missing_ok=True)

    assert read_twin(twin).warnings == ()


@pytest.mark.parametrize("file", MODELS)
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"7", b"null", b'"', b"\xff", b"\x00"])
def test_no_content_of_a_file_is_more_than_a_fault(twin: Path, file: str, content: bytes) -> None:
    (twin / file).write_bytes(content)
    found = _told(twin)

    assert not found or file in "".join(found)


def test_what_is_no_file_of_the_twin_is_not_read(twin: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    (twin / "config.json").rename(outside)
    (twin / "config.json").symlink_to(outside)
    (twin / "config_events.json").unlink()
    os.mkfifo(twin / "config_events.json")
    (twin / "config_providers.json").write_bytes(b" " * (LONGEST + 1))
    (twin / "config_optimization.json").unlink()
    (twin / "config_optimization.json").symlink_to("config_optimization.json")
    (twin / "config_credentials.json").write_bytes(b'{\n"\xff')

    assert faults(twin) == [
        "config.json: lies outside of the twin's folder, or is a link that leaves it",
        "config_providers.json: larger than 1024 KiB",
        "config_credentials.json: not UTF-8 text: byte 0xff",
        "config_optimization.json: cannot be read: a loop",
        "config_events.json: cannot be read: is no regular file",
    ]


def test_of_very_many_faults_the_first_are_told(twin: Path) -> None:
    (twin / "config_events.json").write_text(json.dumps([7] * 5000))

    found = faults(twin)
    assert len(found) == MOST_FAULTS + 1
    assert "config_events.json: 4900 more faults of this file" in found


def test_a_folder_with_none_of_the_files_is_no_twin(tmp_path: Path) -> None:
    assert faults(tmp_path) == [
        (
            f"{tmp_path}: there is no digital twin here: none of its files "
            "(`funcyard twin schema` lists them)"
        )
    ]


def test_a_twin_that_no_process_could_be_told_of_is_refused(twin: Path) -> None:
    condition = "cold-room-1.temperature > DOUBLE(1)" + " " * 1500
    event = {"condition": condition, "action": {"type": "logic_app"}}
    changed(twin, "config_events.json", (), [event] * 90)

    assert "a process takes no setting of more than 131,053" in faults(twin)[0]


def test_a_twin_has_as_many_devices_as_its_files_can_name(twin: Path) -> None:
    names = [f"compressor-{number}" for number in range(1500)]
    known = {"name": "powerWatts", "dataType": "DOUBLE"}
    nodes = [
        {"$dtId": name, "$metadata": {"$model": "dtmi:coldstorage:Compressor;1"}} for name in names
    ]
    _extend(twin / "config_iot_devices.json", [{"id": one, "properties": [known]} for one in names])
    _extend(twin / "twin_hierarchy/azure_hierarchy.json", nodes, "twins")

    assert len(read_twin(twin).twin.devices) == 1503


def _extend(path: Path, more: list[Any], name: str | None = None) -> None:
    whole = json.loads(path.read_text("utf-8"))
    (whole if name is None else whole[name]).extend(more)
    path.write_text(json.dumps(whole), "utf-8")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: there is no such folder"]


def test_a_file_called_nearly_like_one_of_a_twin_is_a_warning(twin: Path) -> None:
    (twin / "config_event.json").write_text("[]")

    assert said(read_twin(twin).warnings) == [
        "config_event.json: is not read (did you mean config_events.json?)"
    ]


def test_a_secret_that_stands_in_a_file_is_refused_and_not_shown(twin: Path) -> None:
    secret = "8Q~hunter2.hunter2"  # noqa: S105 - no secret of anybody's
    azure = {
        "azure_subscription_id": secret,
        "azure_region": "westeurope",
        "azure_tenant_id": "env:TENANT",
        "azure_client_id": [secret],
        "azure_client_secret": secret,
    }
    changed(twin, "config_credentials.json", ("azure",), azure)
    changed_to = {"connections": {"aws_l1_to_azure_l2": {"url": secret, "token": secret}}}
    (twin / "config_inter_cloud.json").write_text(json.dumps(changed_to))

    found = faults(twin)
    assert len(found) == 5
    assert secret not in "".join(found)
    assert (
        "config_credentials.json: azure.azure_client_secret: what stands here is not taken "
        "(env:NAME only: a secret is never written here)"
    ) in found


def test_credentials_of_another_cloud_hide_no_fault_beside_them(twin: Path) -> None:
    credentials = {
        "aws": {"aws_access_key_id": "AKIAHUNTER2"},
        "azure": {"azure_subscription_id": "abc", "azure_region": "westeurope", "region": "x"},
        "google": {},
    }
    changed(twin, "config_credentials.json", (), credentials)

    with pytest.raises(TwinError) as caught:
        read_twin(twin)
    places = [(one.line, one.path) for one in caught.value.findings]
    assert places == [
        (2, "aws"),
        (6, "azure.azure_subscription_id"),
        (8, "azure.region"),
        (10, "google"),
    ]
    assert "HUNTER2" not in caught.value.message


def _told(folder: Path) -> list[str]:
    """Return what is said of a twin, whether it is sound or not."""
    try:
        return said(read_twin(folder).warnings)
    except TwinError as fault:
        return said(fault.findings)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def _changes(draw: st.DrawFn) -> tuple[str, tuple[str | int, ...], Any]:
    files = [one for one in MODELS if (EXAMPLE / one).exists()]
    file = draw(st.sampled_from(files))
    at: Any = json.loads((EXAMPLE / file).read_text("utf-8"))
    path: list[str | int] = []
    while isinstance(at, (dict, list)) and at and (not path or draw(st.booleans())):
        step = draw(st.sampled_from([*at] if isinstance(at, dict) else [*range(len(at))]))
        path.append(step)
        at = at[step]
    return file, tuple(path), draw(_JSON | st.just(GONE))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=_changes())
def test_no_change_of_a_twin_is_more_than_faults(
    tmp_path_factory: pytest.TempPathFactory, change: tuple[str, tuple[str | int, ...], Any]
) -> None:
    folder = copied(tmp_path_factory.mktemp("changed"))
    changed(folder, *change)

    assert all(_told(folder))
