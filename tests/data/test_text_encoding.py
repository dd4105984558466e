from __future__ import annotations

import gzip

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.data.table import load_table
from labelfeed.data.text_encoding import encoding_of, opened

TEXT = "größe,ort,y\n1,Köln,ja\n2,Zürich,nein\n"
WORDS = [["1", "Köln", "ja"], ["2", "Zürich", "nein"]]


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-8", "utf-32"]
)
def test_any_encoding_is_read_when_it_is_named(tmp_path, encoding, zipped):
    path = tmp_path / ("rows.csv.gz" if zipped else "rows.csv")
    content = TEXT.encode(encoding)
    path.write_bytes(gzip.compress(content) if zipped else content)
    frame, notes = read_frame(path, encoding)
    assert list(frame.columns) == ["größe", "ort", "y"]
    assert frame.to_numpy().tolist() == WORDS
    assert notes == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("given", [None, "latin-1"])
def test_a_byte_order_mark_says_it(tmp_path, encoding, given):
    path = tmp_path / "rows.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read_frame(path, given)[0].to_numpy().tolist() == WORDS


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("latin-1", r"not UTF-8 text \(line 1: byte 0xf6, 'ö' in latin-1\).* --encoding latin-1"),
        ("utf-16-le", "looks like UTF-16 .* --encoding utf-16-le"),
        ("utf-16-be", "looks like UTF-16 .* --encoding utf-16-be"),
    ],
)
def test_the_error_names_the_option(tmp_path, encoding, message):
    path = tmp_path / "rows.csv"
    path.write_bytes(TEXT.encode(encoding))
    with pytest.raises(DataError, match=message):
        read_frame(path)


def test_curly_quotes_are_of_windows(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("a,y\n1,“x”\n2,z\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"line 2: byte 0x93, '“' in cp1252.*--encoding cp1252"):
        read_frame(path)


def test_utf_8_is_never_read_as_something_else(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(TEXT, encoding="utf-8")
    for given in ("latin-1", "utf-16"):
        frame, notes = read_frame(path, given)
        assert frame.to_numpy().tolist() == WORDS
        assert notes == (f"the text is UTF-8 and read so, not as --encoding {given} says",)
    path.write_text("a,y\n1,x\n2,z\n", encoding="ascii")
    assert encoding_of(path, "latin-1") == ("iso8859-1", ())
    assert encoding_of(path, "utf-16")[0] == "utf-8-sig"


def test_what_is_no_encoding(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(TEXT)
    for name in ("latin-99", "base64", ""):
        with pytest.raises(DataError, match="There is no text encoding"):
            read_frame(path, name)
    path.write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(DataError, match=r"not ascii text \(line 1: byte 0xf6\)"):
        read_frame(path, "ascii")


def test_labels_and_separator_are_read_in_it_too(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("größe;ort;krank?\n1,5;Köln;ja\n2,5;Bonn;nein\n".encode("latin-1"))
    data = load_table(path, target="krank?", encoding="latin-1")
    assert data.features["größe"].tolist() == ["1.5", "2.5"]  # decimal commas of a ; file
    with opened(path, "latin-1") as file:
        assert file.readline().startswith("größe")
