from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.host.host_json import HostJsonError, parse, read_host_json

LONG_HOURS = (
    "8: extensions.queues.visibilityTimeout '1.24:00:00' has more than 23 hours: "
    "write days as d.hh:mm:ss"
)


def test_the_smallest_file_gives_the_documented_defaults() -> None:
    host = parse('{"version": "2.0"}')

    assert host.function_timeout == 1800
    assert host.http.route_prefix == "api"
    assert host.queues.max_polling_interval is None
    assert (host.queues.batch_size, host.queues.new_batch_threshold) == (16, 8)
    assert (host.queues.max_dequeue_count, host.queues.visibility_timeout) == (5, 0)
    assert host.queues.message_encoding == "base64"
    assert host.blobs.poison_blob_threshold == 5
    assert host.extension_bundle is None


def test_every_setting_is_read_without_regard_to_case_and_comments_are_allowed() -> None:
    host = parse(
        """{
          // for Azure // and here
          "version": "2.0", /* kept: "http://x" */
          "functionTimeout": "-1",
          "logging": {"logLevel": {"default": "Warning"}},
          "extensionBundle": {"id": "bundle", "version": "[4.*, 5.0.0)"},
          "extensions": {
            "http": {"RoutePrefix": "/v1/", "maxConcurrentRequests": 5,
                     "customHeaders": {"X-Url": "http://x//y"}},
            "Queues": {"maxPollingInterval": "00:00:02", "visibilityTimeout": "00:00:30",
                       "BATCHSIZE": 4, "maxDequeueCount": 2, "messageEncoding": "None"},
            "blobs": {"maxDegreeOfParallelism": 4, "poisonBlobThreshold": 1},
            "serviceBus": {"prefetchCount": 1}
          }
        }"""
    )

    assert host.function_timeout is None
    assert host.log_levels == {"default": "warning"}
    assert host.http.route_prefix == "v1"
    assert host.http.custom_headers == {"X-Url": "http://x//y"}
    assert host.queues.max_polling_interval == 2
    assert host.queues.visibility_timeout == 30
    assert (host.queues.batch_size, host.queues.new_batch_threshold) == (4, 2)
    assert host.queues.message_encoding == "none"
    assert host.blobs.max_degree_of_parallelism == 4
    assert host.raw["extensions"]["serviceBus"] == {"prefetchCount": 1}


def test_every_fault_is_named_at_once_with_its_line() -> None:
    text = """{
  "version": "3.0",
  "functionTimeout": 5,
  "extensions": {
    "queues": {
      "batchSize": 33,
      "newBatchThreshold": true,
      "visibilityTimeout": "1.24:00:00",
      "messageEncoding": "utf8"
    },
    "http": []
  }
}"""
    with pytest.raises(HostJsonError) as caught:
        parse(text, "orders/host.json")

    said = [line.removeprefix("orders/host.json:") for line in caught.value.message.splitlines()]
    assert said == [
        '2: version must be "2.0"',
        '3: functionTimeout must be a duration such as "00:00:05", not 5',
        "6: extensions.queues.batchSize must be from 1 to 32, not 33",
        "7: extensions.queues.newBatchThreshold must be a whole number, not true",
        LONG_HOURS,
        '9: extensions.queues.messageEncoding must be "base64" or "none"',
        "11: extensions.http must be an object",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": "2.0",}', "host.json:1: not JSON"),
        ('{\n"version" 2}', "host.json:2: not JSON"),
        ("[]", "a JSON object is expected"),
        ("[" * 100_000, "not JSON"),
        ("", "not JSON"),
        ('{"version": "2.0", "logging": {"logLevel": {"x": "loud"}}}', "must be one of"),
        ('{"version": "2.0", "functionTimeout": "00:00:00"}', "must be at least 1 second"),
        ('{"version": "2.0", "functionTimeout": "00:00:00.999"}', "must be at least 1 second"),
        ('{"version": "2.0", "extensions": {"queues": {"maxPollingInterval": "00:00:00"}}}', "0.1"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(HostJsonError) as caught:
        parse(text)

    assert said in caught.value.message


def test_a_missing_or_binary_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match="is missing"):
        read_host_json(tmp_path / "host.json")
    (tmp_path / "host.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HostJsonError, match="cannot be read"):
        read_host_json(tmp_path / "host.json")
