"""What a user of the real SDK relies on, over HTTP."""

from __future__ import annotations

import zlib

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.fileshare import (
    ContentSettings,
    NTFSAttributes,
    ShareClient,
    ShareDirectoryClient,
    ShareFileClient,
)
from azure.storage.fileshare.aio import ShareServiceClient as AsyncServiceClient
from tests.integration.emulator.conftest import Files


def _names(directory: ShareClient | ShareDirectoryClient) -> list[str]:
    return [one.name for one in directory.list_directories_and_files()]


def _code(fault: HttpResponseError) -> str:
    code = getattr(fault, "error_code", "")
    return str(getattr(code, "value", code))


def _ranges(file: ShareFileClient) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in file.list_ranges(results_per_page=1)]


def test_what_is_uploaded_comes_back_and_lies_in_the_folder(files: Files) -> None:
    share = files.share("round-trip")
    data = bytes(range(256)) * 40_000  # three ranges
    directory = share.create_directory("Ordner")
    directory.upload_file("Grüße.bin", data, metadata={"Author": "Ada"})

    found = share.get_file_client("Ordner/Grüße.bin")
    assert found.download_file().readall() == data
    assert found.download_file(offset=1000, length=5).readall() == data[1000:1005]
    assert found.get_file_properties().metadata == {"Author": "Ada"}
    assert (files.folder("round-trip") / "Ordner" / "Grüße.bin").read_bytes() == data


async def test_the_asynchronous_client_does_the_same(files: Files) -> None:
    async with AsyncServiceClient(files.url, credential=files.key) as service:
        share = service.get_share_client("asynchronous")
        await share.create_share(quota=2, metadata={"a": "b"})
        directory = await share.create_directory("d")
        file = await directory.upload_file("f.txt", b"hello")
        assert await (await file.download_file()).readall() == b"hello"
        moved = await file.rename_file("d/g.txt")
        assert (await moved.get_file_properties()).size == 5
        assert [one.name async for one in directory.list_directories_and_files()] == ["g.txt"]
        await moved.delete_file()
        await directory.delete_directory()
        assert (await share.get_share_properties()).quota == 2
        await share.delete_share()


def test_a_listing_comes_in_pages_in_order_and_by_prefix(files: Files) -> None:
    share = files.share("pages")
    for name in ("b", "C", "a"):
        share.create_directory(name)
    share.get_directory_client().upload_file("B2", b"12")

    pages = share.list_directories_and_files(results_per_page=2).by_page()
    first = [one.name for one in next(pages)]
    share.create_directory("aa")  # before the place where the next page begins
    rest = [one.name for page in pages for one in page]
    assert (first, sorted(rest)) == (["a", "b"], ["B2", "C"])
    found = list(share.list_directories_and_files(name_starts_with="b", include=["ETag"]))
    assert [(one.name, one.is_directory) for one in found] == [("b", True), ("B2", False)]
    assert getattr(found[1], "size", None) == 2
    assert found[1].etag == share.get_file_client("B2").get_file_properties().etag


def test_names_are_found_without_regard_to_case_and_keep_theirs(files: Files) -> None:
    share = files.share("cases")
    share.create_directory("Docs").upload_file("ReadMe.TXT", b"1")

    assert share.get_file_client("docs/readme.txt").download_file().readall() == b"1"
    with pytest.raises(ResourceExistsError):
        share.create_directory("DOCS")
    share.get_file_client("docs/README.txt").rename_file("docs/readme.md")
    assert _names(share.get_directory_client("dOCS")) == ["readme.md"]
    share.get_file_client("docs/readme.md").rename_file("docs/README.md")
    assert _names(share.get_directory_client("docs")) == ["README.md"]
    share.get_file_client("docs/Readme.md").upload_file(b"new")
    assert _names(share.get_directory_client("docs")) == ["README.md"]


def test_ranges_are_written_cleared_and_told(files: Files) -> None:
    file = files.share("ranges").get_file_client("f")
    file.create_file(4096)
    file.upload_range(b"x" * 512, offset=1024, length=512)
    file.upload_range(b"y" * 512, offset=2048, length=512)
    file.clear_range(1024, 512)

    assert _ranges(file) == [(2048, 2559)]
    assert file.download_file().readall() == bytes(2048) + b"y" * 512 + bytes(1536)
    with pytest.raises(HttpResponseError) as refused:
        file.upload_range(b"z", offset=4096, length=1)
    assert _code(refused.value) == "InvalidRange"
    with pytest.raises(HttpResponseError) as refused:
        file.clear_range(4096, 512)
    assert _code(refused.value) == "InvalidRange"
    file.resize_file(2100)
    assert _ranges(file) == [(2048, 2099)]


def test_properties_are_kept_through_a_rename_and_a_copy(files: Files) -> None:
    share = files.share("properties")
    file = share.get_directory_client().upload_file("a.json", b"{}")
    file.set_http_headers(
        ContentSettings(content_type="application/json", cache_control="no-store"),
        file_attributes=NTFSAttributes(hidden=True),
    )
    before = file.get_file_properties()
    moved = file.rename_file("b.json")
    copied = share.get_file_client("c.json")
    assert copied.start_copy_from_url(moved.url)["copy_status"] == "success"

    for found in (moved, copied):
        properties = found.get_file_properties()
        assert properties.content_settings.content_type == "application/json"
        assert properties.content_settings.cache_control == "no-store"
    assert moved.get_file_properties().file_attributes == "Hidden"
    assert moved.get_file_properties().creation_time == before.creation_time
    assert "a.json" not in _names(share)


def test_a_rename_replaces_only_what_it_may(files: Files) -> None:
    share = files.share("renames")
    share.get_directory_client().upload_file("a", b"a")
    share.get_directory_client().upload_file("b", b"b")
    with pytest.raises(ResourceExistsError):
        share.get_file_client("a").rename_file("b")
    share.get_file_client("a").rename_file("b", overwrite=True)
    assert share.get_file_client("b").download_file().readall() == b"a"
    share.create_directory("d").upload_file("inner", b"1")
    share.get_directory_client("d").rename_directory("e")
    assert share.get_file_client("e/inner").download_file().readall() == b"1"
    with pytest.raises(HttpResponseError):
        share.get_directory_client("e").rename_directory("e/f")
    with pytest.raises(ResourceNotFoundError):
        share.get_file_client("b").rename_file("missing/b")


def test_a_lease_of_a_file_keeps_others_out(files: Files) -> None:
    file = files.share("file-lease").get_directory_client().upload_file("f", b"1")
    lease = file.acquire_lease()
    for refused in (file.delete_file, lambda: file.resize_file(5), lambda: file.create_file(1)):
        with pytest.raises(HttpResponseError) as fault:
            refused()
        assert _code(fault.value) == "LeaseIdMissing"
    file.upload_range(b"2", offset=0, length=1, lease=lease)
    assert file.get_file_properties().lease.state == "leased"
    lease.break_lease()
    file.delete_file()


def test_a_lease_of_a_share_keeps_it(files: Files) -> None:
    share = files.share("share-lease")
    lease = share.acquire_lease(lease_duration=15)
    with pytest.raises(HttpResponseError) as fault:
        share.delete_share()
    assert _code(fault.value) == "LeaseIdMissing"
    lease.renew()
    share.delete_share(lease=lease)
    assert not files.folder("share-lease").exists()


def test_a_snapshot_stays_as_it_was(files: Files) -> None:
    share = files.share("snapshots")
    share.create_directory("d").upload_file("f", b"old")
    taken = share.create_snapshot()["snapshot"]
    share.get_file_client("d/f").upload_file(b"new and longer")

    then = files.client().get_share_client("snapshots", snapshot=taken)
    assert then.get_file_client("d/f").download_file().readall() == b"old"
    with pytest.raises(HttpResponseError):
        share.delete_share()
    share.delete_share(delete_snapshots=True)
    share.create_share()
    assert [one.snapshot for one in files.client().list_shares("snap", include_snapshots=True)] == [
        None
    ]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a\\b", "InvalidResourceName"),
        ("what?", "InvalidResourceName"),
        ("NUL", "InvalidResourceName"),
        ("tab\tname", "InvalidResourceName"),
        ("x" * 256, "InvalidResourceName"),
        ("/".join(["d" * 9] * 251), "InvalidFileOrDirectoryPathName"),
    ],
)
def test_names_that_may_not_be_are_refused(files: Files, path: str, code: str) -> None:
    share = files.share(f"names-{zlib.crc32(path.encode())}")
    with pytest.raises(HttpResponseError) as fault:
        share.get_file_client(path).create_file(1)
    assert _code(fault.value) == code


def test_a_full_share_takes_no_more(files: Files) -> None:
    share = files.client().create_share("full", quota=1)
    share.get_file_client("large").create_file(2**30 - 10)
    share.get_file_client("small").create_file(10)
    with pytest.raises(HttpResponseError) as fault:
        share.get_file_client("more").create_file(1)
    assert (fault.value.status_code, _code(fault.value)) == (403, "ShareSizeLimitReached")
    share.get_file_client("large").delete_file()
    share.get_file_client("more").create_file(1)
    assert share.get_share_stats() == 11


def test_errors_say_what_azure_says(files: Files) -> None:
    share = files.share("errors")
    with pytest.raises(ResourceNotFoundError) as fault:
        share.get_file_client("d/f").get_file_properties()
    assert _code(fault.value) == "ParentNotFound"
    share.create_directory("d").create_subdirectory("e")
    with pytest.raises(ResourceExistsError) as exists:
        share.get_directory_client("d").delete_directory()
    assert _code(exists.value) == "DirectoryNotEmpty"
    with pytest.raises(HttpResponseError) as mismatch:
        share.get_file_client("d").create_file(1)
    assert _code(mismatch.value) == "ResourceTypeMismatch"
    with pytest.raises(ResourceNotFoundError) as missing:
        files.client().get_share_client("nothing").get_share_properties()
    assert _code(missing.value) == "ShareNotFound"
