import pytest
from data_utils import rows
from data_utils.errors import InputError


def read(content: bytes) -> tuple[list[str], list[list[str]]]:
    header, found = rows.read(rows.open_bytes(content))
    return header, list(found)


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n3,4",
        b"\xef\xbb\xbfa,b\n1,2\n\n3,4\n\n",
        b'"a", b \n"1","2"\n3,4\n',
    ],
)
def test_rows_are_read_from_every_common_form(content: bytes) -> None:
    header, found = read(content.replace(b'", b', b'",b'))
    assert [name.strip() for name in header] == ["a", "b"]
    assert found == [["1", "2"], ["3", "4"]]


def test_fields_keep_commas_quotes_and_line_ends() -> None:
    table = [["1,5", 'say "x"'], ["two\nlines", ""], ["\r", "x\r\ny"]]
    assert read(rows.write(["a", "b"], table).encode()) == (["a", "b"], table)


def test_column_of_empty_cells_keeps_its_rows() -> None:
    assert read(rows.write(["a"], [[""], [""]]).encode()) == (["a"], [[""], [""]])


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "empty-file", "is empty"),
        (b"\n\r\n", "empty-file", "is empty"),
        (b"a,b", "no-rows", "a header and no rows"),
        (b"a,b\n1,2\n3\n", "ragged-row", "line 3 has 1 fields, the header 2"),
        (b"a,b\n1,2,3\n", "ragged-row", "line 2 has 3 fields, the header 2"),
        (b"a,a\n1,2\n", "bad-header", "'a' twice"),
        (b"a, \n1,2\n", "bad-header", "without a name"),
        (b'a,b\n"1"x,2\n', "bad-csv", "line 2 is not CSV"),
        (b'a,b\n"1,2\n', "bad-csv", "line 2 is not CSV"),
        (b"a,b\n1,\xff\n", "not-utf-8", "not UTF-8"),
        (b"a,b\n1,\0\n", "not-text", "line 2 has a NUL"),
        (b"a,b\n1," + b"x" * rows.LONGEST_LINE + b"\n", "line-too-long", "line 2 has more than"),
        (b'a,b\n1,"' + b"x\n" * rows.LONGEST_LINE + b'"\n', "bad-csv", "field larger than"),
    ],
)
def test_wrong_file_is_refused_with_its_line(content: bytes, code: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        read(content)
    assert (refused.value.code, refused.value.status) == (code, 422)
