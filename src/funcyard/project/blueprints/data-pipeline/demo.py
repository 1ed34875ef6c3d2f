"""Sends the sample data through the running pipeline and checks that all of it arrives, once.

``funcyard up --demo`` runs it beside the started project, with the project's folder in
``FUNCYARD_PROJECT``, its apps in ``FUNCYARD_APPS`` (JSON: ``[{"name": …, "url": …}]``) and the
storage account in ``AzureWebJobsStorage``. Progress goes to standard error; the table, or with
``--json`` one JSON document, to standard output. Exit code 0 when every check holds, else 1.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import AzureError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

FILE = "airports.csv"
HOPS = ("process", "deliver", "load")
COLUMNS = ("chunk", "rows in", "rows out", "new", "changed", *HOPS)
TIMEOUT = 120.0
PAUSE = 0.2

Json = dict[str, Any]


class DemoError(Exception):
    """The demo cannot go on; its text says why, and ``status`` what an app answered, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Demo:
    """The running project, as the demo sees it: two apps and a storage account."""

    def __init__(self, environment: dict[str, str]) -> None:
        try:
            apps = {app["name"]: app["url"] for app in json.loads(environment["FUNCYARD_APPS"])}
            self.source = Path(environment["FUNCYARD_PROJECT"], "sample-data", FILE).read_bytes()
            self.orchestrator = apps["orchestrator"].rstrip("/")
            self.loader = apps["loader"].rstrip("/")
            connection = environment["AzureWebJobsStorage"]
        except KeyError as fault:
            raise DemoError(f"{fault.args[0]} is missing: start me with `up --demo`") from fault
        self.blobs = BlobServiceClient.from_connection_string(connection)
        self.tables = TableServiceClient.from_connection_string(connection)
        self.started = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line of progress."""
        sys.stderr.write(f"{time.monotonic() - self.started:6.1f} s  {text}\n")
        sys.stderr.flush()

    def run(self) -> Json:
        """Upload, announce, wait and return the report."""
        rows = list(csv.reader(io.StringIO(self.source.decode("utf-8"), newline="")))[1:]
        before = self.published()
        if before:
            self.say(f"{FILE} is loaded already, {before['rows']} rows: it goes through again")
        self.blobs.get_blob_client("raw", FILE).upload_blob(self.source, overwrite=True)
        self.say(f"uploaded {FILE} to raw: {len(rows)} rows")
        announced = self.call(f"{self.orchestrator}/api/orchestrate", {"filename": FILE})
        self.say(f"announced it: job {announced['job']}")
        self.wait_until_completed(announced["status"], announced["job"])
        hops = self.wait_until_settled(announced["job"])
        return self.report(rows, before, hops)

    def wait_until_completed(self, link: str, job: str) -> None:
        """Follow the status that the announcement linked to until every chunk is loaded."""
        said = ""
        while True:
            status = self.call(link)
            if status["job"] != job:
                raise DemoError(f"{FILE} was announced again meanwhile, by somebody else")
            now = f"{status['status']}: {status['chunks_loaded']} of {status['chunks']} chunks"
            if now != said:
                self.say(now)
                said = now
            if status["status"] == "completed":
                return
            reason = "; ".join(status["errors"])
            if status["status"] == "failed" and not status["chunks"]:
                raise DemoError(f"{FILE} was refused: {reason}")
            self.pause(f"the pipeline stands at {now}. {reason}".strip())

    def wait_until_settled(self, job: str) -> dict[str, list[Json]]:
        """Return the job's entries in AuditLog by hop, once every hop has recorded its end."""
        while True:
            found = defaultdict(list)
            audit = self.tables.get_table_client("AuditLog").query_entities(
                "PartitionKey eq @file and job eq @job", parameters={"file": FILE, "job": job}
            )
            for entry in audit:
                found[entry["hop"]].append(dict(entry))
            ended = [
                {entry["chunk"] for entry in found[hop] if entry["status"] == "ok"} for hop in HOPS
            ]
            expected = set(range(1, max((e["chunks"] for e in found["split"]), default=0) + 1))
            left = [
                name
                for container in ("queued", "processed")
                for name in self.blobs.get_container_client(container).list_blob_names(
                    name_starts_with=f"{FILE}/"
                )
            ]
            if expected and not left and all(chunks == expected for chunks in ended):
                return found
            self.pause(f"hops without an end in AuditLog, or blobs left behind: {left}")

    def report(
        self, rows: list[list[str]], before: Json | None, hops: dict[str, list[Json]]
    ) -> Json:
        """Return every chunk, the totals, and each check with what was found."""
        after = self.published()
        if not after:
            raise DemoError(f"the loader does not know {FILE}")
        chunks = [_chunk(number, hops) for number in sorted({e["chunk"] for e in hops["load"]})]
        totals = {key: sum(chunk[key] for chunk in chunks) for key in chunks[0] if key != "chunk"}
        spans = [(chunk["first_row"], chunk["last_row"]) for chunk in after["chunks"]]
        gapless = [1, *(last + 1 for _, last in spans)] == [
            *(first for first, _ in spans),
            len(rows) + 1,
        ]
        found = {
            "rows split": (len(rows), hops["split"][-1]["rows_out"]),
            "rows transformed": (len(rows), totals["rows_in"]),
            "rows out": (len(rows), totals["rows_out"]),
            "rows in the external system": (len(rows), after["rows"]),
            "distinct rows in the external system": (len(rows), after["distinct_rows"]),
            "rows numbered without a gap": (True, gapless),
            "rows in `loaded` that equal the input's": (
                len(rows),
                self.equal_rows(rows, after["version"]),
            ),
        }
        if before and before["version"] == after["version"]:
            found["rows added to those of an earlier run"] = (0, after["rows"] - before["rows"])
        checks = [
            {"check": name, "expected": expected, "found": value, "ok": expected == value}
            for name, (expected, value) in found.items()
        ]
        return {
            "file": FILE,
            "version": after["version"],
            "loaded_before": bool(before),
            "seconds": {hop: hops[hop][-1]["seconds"] for hop in ("announce", "split")},
            "chunks": chunks,
            "totals": totals,
            "checks": checks,
            "ok": all(check["ok"] for check in checks),
        }

    def equal_rows(self, rows: list[list[str]], version: str) -> int:
        """Count the rows of the chunks in ``loaded`` whose code stands in the same input row."""
        container = self.blobs.get_container_client("loaded")
        loaded: list[str] = []
        for name in sorted(container.list_blob_names(name_starts_with=f"{FILE}/{version}/")):
            text = container.download_blob(name, encoding="utf-8").readall()
            loaded += [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
        same = sum(code == row[0] for code, row in zip(loaded, rows, strict=False))
        return same - abs(len(loaded) - len(rows))

    def published(self) -> Json | None:
        """Return what the external system holds of the file, or None."""
        try:
            return self.call(f"{self.loader}/api/loaded/{quote(FILE)}")
        except DemoError as fault:
            if fault.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def call(self, url: str, body: Json | None = None) -> Json:
        """Return an app's JSON answer."""
        data = json.dumps(body).encode() if body else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers)  # noqa: S310 - an address `up` gave
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as response:
                answer: Json = json.load(response)
        except urllib.error.HTTPError as fault:
            with fault:
                said = fault.read(500).decode(errors="replace")
            raise DemoError(f"{url} answered {fault.code}: {said}", fault.code) from fault
        return answer

    def pause(self, where: str) -> None:
        """Wait a moment, or give up when the time is over."""
        if time.monotonic() - self.started > TIMEOUT:
            raise DemoError(f"not done after {TIMEOUT:.0f} s: {where}")
        time.sleep(PAUSE)


def _chunk(number: int, hops: dict[str, list[Json]]) -> Json:
    """Return one chunk's line: of hops that were repeated, the last that went well."""
    of_chunk = {
        hop: [e for e in hops[hop] if e["chunk"] == number and e["status"] == "ok"] for hop in HOPS
    }
    return {
        "chunk": number,
        "rows_in": of_chunk["process"][-1]["rows_in"],
        "rows_out": of_chunk["load"][-1]["rows_out"],
        "new": sum(entry["rows_new"] for entry in of_chunk["load"]),
        "changed": sum(entry["rows_changed"] for entry in of_chunk["load"]),
        **{hop: round(of_chunk[hop][-1]["seconds"], 3) for hop in HOPS},
    }


def table(report: Json) -> str:
    """Return the report for a person."""
    lines: list[tuple[str, ...]] = [COLUMNS]
    for chunk in [*report["chunks"], {"chunk": "total", **report["totals"]}]:
        counts = [str(chunk[key]) for key in ("chunk", "rows_in", "rows_out", "new", "changed")]
        lines.append((*counts, *(f"{chunk[hop] * 1000:.0f} ms" for hop in HOPS)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    ]
    rule = "-" * len(text[0])
    seconds = {hop: f"{value * 1000:.0f} ms" for hop, value in report["seconds"].items()}
    checks = [
        f"{'ok' if check['ok'] else 'WRONG':5}  {check['check']}: {check['found']}"
        + ("" if check["ok"] else f", expected {check['expected']}")
        for check in report["checks"]
    ]
    return "\n".join(
        [
            f"{report['file']}  announce {seconds['announce']}, split {seconds['split']}",
            "",
            *(text[0], rule, *text[1:-1], rule, text[-1]),
            "",
            *checks,
        ]
    )


def main() -> int:
    """Run the demo and return the exit code."""
    parser = argparse.ArgumentParser(description="Send the sample data through the pipeline.")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    as_json = parser.parse_args().json
    try:
        report = Demo(dict(os.environ)).run()
    except (DemoError, AzureError, OSError, ValueError) as fault:
        sys.stderr.write(f"the demo failed: {fault}\n")
        report = {"file": FILE, "ok": False, "reason": str(fault)}
        if not as_json:
            return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write((json.dumps(report) if as_json else table(report)) + "\n")
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
