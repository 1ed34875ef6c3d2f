import pytest
from data_utils.errors import InputError
from data_utils.names import ChunkName, chunk_name, file_name

CHUNK = "airports.csv/0123456789abcdef/00007.csv"


@pytest.mark.parametrize("name", ["airports.csv", "a", "_x", "two words - 2.csv", "x" * 128])
def test_file_name_is_accepted(name: str) -> None:
    assert file_name(name) == name
    assert chunk_name(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "../x",
        "a/b",
        "a\\b",
        "a ",
        "a.",
        "x\n",
        "x?",
        "x#",
        "ü.csv",
        "x" * 129,
    ],
)
def test_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no file name"):
        file_name(name)


def test_chunk_name_is_read_as_it_is_written() -> None:
    parts = chunk_name(CHUNK)
    assert parts == ChunkName("airports.csv", "0123456789abcdef", 7)
    assert str(parts) == CHUNK


@pytest.mark.parametrize(
    "name",
    [
        CHUNK.replace("00007", "7"),
        CHUNK.replace("00007", "000007"),
        CHUNK.replace("00007", "00000"),
        CHUNK.replace("00007", "\u0660\u0660\u0660\u0660\u0667"),
        CHUNK.replace("abcdef", "ABCDEF"),
        CHUNK.replace("airports.csv", ".."),
        f"x/{CHUNK}",
        f"{CHUNK}/x",
    ],
)
def test_there_is_one_way_to_name_a_chunk(name: str) -> None:
    with pytest.raises(InputError):
        chunk_name(name)
