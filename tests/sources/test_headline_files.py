import json
import os
import unicodedata
from pathlib import Path

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.sources import csv_file
from gan_pipelines.sources.headline_files import HeadlineReading, read_headline_files


def read(path: Path, column: str = "headline", encoding: str = "utf-8") -> HeadlineReading:
    return read_headline_files(path, column, encoding)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, column: str = "headline", encoding: str = "utf-8") -> str:
    with pytest.raises(UserError) as caught:
        read(path, column, encoding)
    message = str(caught.value)
    assert str(path) in message
    return message


def test_a_column_is_read_in_order_and_what_is_dropped_is_counted(tmp_path: Path) -> None:
    content = (
        'id,headline\n1,Rain falls\n2,\n3,Unknown\n4,"Snow, then ""sun"""\n5,Rain falls\n6,  \n\n7, Unknown \n8,é\n'
    )
    reading = read(write(tmp_path / "a.csv", content))
    assert reading.headlines == ("Rain falls", 'Snow, then "sun"', "Rain falls", "é")
    assert json.loads(json.dumps(reading.report)) == {
        "files": 1,
        "skipped": {"count": 0, "files": []},
        "rows": 9,
        "empty": 3,
        "unknown": 2,
        "duplicates": 1,
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_marks_are_no_text(tmp_path: Path, end: str) -> None:
    content = end.join(["headline", "one", '"two\u2028still two"', "three"])
    expected = ("one", "two\u2028still two", "three")
    assert read(write(tmp_path / "a.csv", content)).headlines == expected
    assert read(write(tmp_path / "b.csv", content.encode("utf-8-sig"))).headlines == expected
    assert read(write(tmp_path / "c.csv", content.encode("utf-16")), encoding="utf-16").headlines == expected


def test_chunks_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "a.csv", '\ufeffid,headline\r\n1,"é\r\nü"\r\n\r\n2,€\r\n')
    for size in range(1, 12):
        monkeypatch.setattr(csv_file, "CHUNK_BYTES", size)
        assert read(file).headlines == ("é\r\nü", "€")


def test_a_folder_gives_its_csv_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", write(tmp_path / "outside.csv", "headline\nsecret\n")
    folder.mkdir()
    for number, name in enumerate(["b.csv", "a.CSV", unicodedata.normalize("NFD", "é.csv"), "f.csv"]):
        write(folder / name, f"headline\n{number}\n")
    write(folder / ".hidden.csv", "headline\nhidden\n")
    write(folder / "notes.txt", "notes")
    (folder / "inside.csv").symlink_to(folder / "b.csv")
    (folder / "out.csv").symlink_to(outside)
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    reading = read(folder)
    assert reading.headlines == ("1", "0", "3", "0", "2")
    assert reading.report["files"] == 5
    assert {problem["file"]: problem["reason"] for problem in reading.report["skipped"]["files"]} == {
        ".hidden.csv": "hidden",
        "folder.csv": "not a regular file",
        "loop.csv": "broken or cyclic link",
        "notes.txt": "no .csv suffix",
        "out.csv": "link to a file outside the folder",
        "pipe.csv": "not a regular file",
    }


def test_paths_without_csv_files_are_refused(tmp_path: Path) -> None:
    assert "found nothing" in refusal(tmp_path / "absent.csv")
    assert "none of the 0 entries" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "found neither a file nor a folder" in refusal(tmp_path / "pipe.csv")
    assert "none of the 1 entries" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"headline\n", "has a header and no rows"),
        (b"headline\ncaf\xc3\xa9\ncaf\xe9\n", "line 3 is not text in 'utf-8': the byte 0xe9"),
        (b"headline\nA caf\xe9", "line 2 is not text in 'utf-8': the byte 0xe9"),
        (b"headline\nb\xc3", "line 2 is not text in 'utf-8': the byte 0xc3"),
        (b"\xff\xfeh\0", "line 1 is not text in 'utf-8': the byte 0xff"),
        (b"headline\none\nt\0wo\n", "line 3 has a NUL character"),
        (b"id,headlines\n1,a\n", "line 1, the header, has no column 'headline'. Did you mean 'headlines'?"),
        (b"\nid,text\n1,a\n", "line 2, the header, has no column 'headline'. Set headlines.text.column to one"),
        (b"id,headline\n1,a\n2\n", "line 3 has 1 fields, but the header has 2"),
        (b'id,headline\n"1\n",Rain, then sun\n', "line 2 has 3 fields, but the header has 2"),
        (b'id,headline\n1,"never closed\n2,next\n', "the field that starts on line 2 are unbalanced"),
        (b'id,headline\n1,"say "hi" now"\n', "the field that starts on line 2 are unbalanced"),
        (b'id,headline\n"1\n2","open\n3,"other"\n', "the field that starts on line 3 are unbalanced"),
        (b'id,headline\n1,5" pipe\n2,"a ""b"",\n\nc",\n3,"open', "line 3 has 3 fields"),
        (b"headline\none\n" + b"x" * 10_000_000, "line 3 has a line of more than 1,048,576 characters"),
        (b"headline\none\n" + b"x" * 131_073 + b"\n", "line 3 has a field of more than 131,072 characters"),
        (b'headline\none\n"' + b"open \n" * 30_000, "the field that starts on line 3 are unbalanced"),
        (b"headline\n\nUnknown\n", "none of the 2 rows of {path} has a headline in the column"),
    ],
)
def test_each_defect_is_told_with_its_line(tmp_path: Path, content: bytes, expected: str) -> None:
    file = write(tmp_path / "bad.csv", content)
    assert expected.format(path=file) in refusal(file)


def test_defects_behind_the_first_chunk_keep_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_byte = write(tmp_path / "byte.csv", b"headline\r\ncaf\xc3\xa9\r\nsun\r\n\xe2\x82\r\n")
    behind_a_split_one = write(tmp_path / "split.csv", b"headline\r\na\r\nb\r\n\xe2\x82\xac\xe9\r\n")
    null = write(tmp_path / "null.csv", b"headline\r\n\r\nsun\r\n\0\r\n")
    for size in range(1, 24):
        monkeypatch.setattr(csv_file, "CHUNK_BYTES", size)
        assert "line 4 is not text in 'utf-8': the byte 0xe9" in refusal(behind_a_split_one)
        assert "line 4 is not text" in refusal(bad_byte)
        assert "byte 0xe2" in refusal(bad_byte)
        assert "line 4 has a NUL" in refusal(null)


def test_other_encodings_are_read_and_missing_marks_told(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", b"headline\ncaf\xe9\n"), encoding="latin-1").headlines == ("café",)
    unmarked = write(tmp_path / "b.csv", "headline\na\n".encode("utf-16-le"))
    assert "line 1 is not text in 'utf-16'" in refusal(unmarked, encoding="utf-16")


def test_more_than_the_largest_size_is_refused_before_reading(tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as stream:
        stream.truncate(2**30 + 1)
    assert "1,073,741,825 bytes; at most 1,073,741,824" in refusal(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "headline\na\n")
    file.chmod(0)
    assert "cannot be read (Permission denied)" in refusal(file)
