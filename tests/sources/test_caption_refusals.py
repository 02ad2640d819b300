from pathlib import Path

import pytest
from pydantic import ValidationError

from gan_pipelines.sources import CaptionedImagesParameters, caption_files
from tests.sources.captioned import birds, coco, pictures, read, refusal, write


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ("1 1 1 4 4\n", "no box for 1 of 2 pictures, such as CUB/images/b/2 x.png"),
        ("1 1 1 4 4\n2 1 1 4\n", "line 2 has 4 fields instead of 5"),
        ("1 1 1 4 4\n\n2 1 1 4 4 4\n", "line 3 has no numbers"),
        ("1 1 1 4 x\n", "line 1 has no numbers"),
        ("1 1 1 4 nan\n", "line 1 has a box without area"),
        ("1 1 1 0 4\n", "line 1 has a box without area"),
        ("1 100 1 4 4\n2 1 1 4 4\n", "CUB/images/a/1.png: 16x16 pixels, and its box is outside"),
    ],
)
def test_boxes_that_cannot_be_used_are_told(tmp_path: Path, boxes: str, expected: str) -> None:
    file = birds(tmp_path, boxes)
    message = refusal(tmp_path)
    assert expected in message
    assert str(file) in message or "is outside" in message


BAD_TABLES = {
    "no_such_column": ("image_name,caption\na.png,x\n", "line 1, the header, is 'image_name,caption'"),
    "two_columns_of_names": ("file_name,image,caption\na,a,x\n", "need one column file_name or image, and one caption"),
    "empty_file": ("", "the file is empty"),
    "no_rows": ("file_name,caption\n", "1 of 1 pictures below"),
    "empty_caption": ("file_name,caption\na.png, \n", "line 2: the caption is empty"),
    "no_name": ("file_name,caption\na.png,x\n ,y\n", "line 3 names no picture"),
    "caption_without_picture": ("file_name,caption\na.png,x\nb.png,y\n", "1 of 2 captions are without picture"),
    "out_of_the_folder": ("file_name,caption\n../a.png,x\n", "line 2: the path '../a.png' leaves the folder"),
    "out_of_the_folder_backwards": ("file_name,caption\nb\\..\\a.png,x\n", "leaves the folder"),
    "absolute": ("file_name,caption\na.png,x\n/etc/passwd,x\n", "line 3: the path '/etc/passwd' leaves the folder"),
    "drive": ("file_name,caption\nC:\\a.png,x\n", "leaves the folder"),
    "fields": ("file_name,caption\na.png,x, and y\n", "line 2 has 3 fields, but the header has 2"),
    "quotes": ('file_name,caption\na.png,"x\n', "the quotes of the field that starts on line 2 are unbalanced"),
    "latin_1": (b"file_name,caption\na.png,caf\xe9\n", "line 2 is not text in 'utf-8': the byte 0xe9"),
    "utf_16": ("file_name,caption\na.png,x\n".encode("utf-16"), "line 1 is not text in 'utf-8': the byte 0xff"),
    "nul": ("file_name,caption\na.png,x\0\n", "line 2 has a NUL character"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_each_defect_of_a_table_is_told_with_its_file_and_line(tmp_path: Path, case: str) -> None:
    content, expected = BAD_TABLES[case]
    table = write(pictures(tmp_path, "a.png") / "captions.csv", content)
    message = refusal(tmp_path)
    assert expected in message
    assert str(table) in message or "pictures below" in message


BAD_JSON = {
    "no_json": ('{"images": [\n}', "line 2 is not JSON"),
    "deep": ("[" * 100_000, "cannot be read"),
    "no_object": ("[]", "no list `images`"),
    "no_list": ('{"images": {}, "annotations": []}', "no list `images`"),
    "instances": (
        '{"images": [], "annotations": [{"image_id": 1, "bbox": []}]}',
        "annotations[0] lacks a whole number",
    ),
    "id": ('{"images": [{"id": "1", "file_name": "a.png"}], "annotations": []}', "images[0] lacks a whole number `id`"),
    "bool": ('{"images": [{"id": true, "file_name": "a.png"}], "annotations": []}', "images[0] lacks a whole number"),
    "twice": (
        '{"images": [{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}], "annotations": []}',
        "images[1] has the id 1, as an image before it",
    ),
    "empty": (coco({1: "a.png"}, [(1, "x"), (1, " ")]), "annotations[1]: the caption is empty"),
    "unknown": (coco({1: "a.png"}, [(1, "x"), (2, "y")]), "annotations[1] is a caption without picture"),
    "outside": (coco({1: "../a.png"}, [(1, "x")]), "annotations[0]: the path '../a.png' leaves the folder"),
    "half": (coco({1: "a.png"}, [(1, "\ud800")]), "annotations[0]: the caption has one half of a surrogate pair"),
    "encoding": (b'{\n"a": "caf\xe9"}', "line 2 is not text in 'utf-8': the byte 0xe9"),
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_each_defect_of_coco_is_told_with_its_file_and_place(tmp_path: Path, case: str) -> None:
    content, expected = BAD_JSON[case]
    file = write(pictures(tmp_path, "a.png") / "captions.json", content)
    message = refusal(tmp_path)
    assert expected in message
    assert str(file) in message


BAD_TEXTS = {
    "empty": ("\n \n", "b.txt: the caption is empty"),
    "latin_1": (b"x\r\rcaf\xe9", "b.txt: line 3 is not text in 'utf-8': the byte 0xe9 (unexpected end of data)"),
    "utf_16": ("x".encode("utf-16"), "b.txt: line 1 is not text in 'utf-8'"),
    "nul": ("x\ny\0", "b.txt: line 2 has a NUL character"),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_each_defect_of_a_text_is_told(tmp_path: Path, case: str) -> None:
    content, expected = BAD_TEXTS[case]
    pictures(tmp_path, "a.png", "b.png")
    write(tmp_path / "a.txt", "fine")
    write(tmp_path / "b.txt", content)
    assert expected in refusal(tmp_path)


def test_pictures_without_caption_and_captions_without_picture_are_named(tmp_path: Path) -> None:
    pictures(tmp_path, *(f"{number}.png" for number in range(9)))
    text = write(tmp_path / "0.txt", "x")
    message = refusal(tmp_path)
    assert "8 of 9 pictures" in message
    assert "1.png; 2.png; 3.png; 4.png; 5.png; and 3 more. Add a caption for each" in message
    other = write(tmp_path / "x.txt", "y")
    assert f"1 of 2 captions are without picture below {tmp_path}: 'x' ({other}, line 1)" in refusal(tmp_path)
    text.unlink()
    assert "has no captions. They are read from a CSV file with the columns file_name,caption" in refusal(tmp_path)


def test_a_caption_of_several_pictures_is_refused(tmp_path: Path) -> None:
    pictures(tmp_path, "x/a.png", "y/a.png")
    table = write(tmp_path / "captions.csv", "file_name,caption\nx/a.png,one\na.png,two\n")
    assert f"{table}: line 3: 'a.png' may be x/a.png; y/a.png below {tmp_path}" in refusal(tmp_path)
    table.unlink()
    pictures(tmp_path, "x/a.jpg")
    write(tmp_path / "x/a.txt", "one")
    assert "'x/a' may be x/a.jpg; x/a.png" in refusal(tmp_path)


def test_two_layouts_at_once_are_refused(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    write(tmp_path / "captions.csv", "file_name,caption\na.png,one\n")
    chosen = write(tmp_path / "metadata.csv", "file_name,text\na.png,two\n")
    write(tmp_path / "a.txt", "three")
    write(tmp_path / "text_c10/x/a.txt", "four")
    write(tmp_path / "captions_val.json", coco({1: "a.png"}, [(1, "five")]))
    message = refusal(tmp_path)
    assert "in 5 layouts: captions.csv and metadata.csv and captions_val.json and text_c10/x/a.txt and a.txt" in message
    assert read(tmp_path, chosen)[0].captions == (("two",),)


def test_paths_that_cannot_serve_are_refused(tmp_path: Path) -> None:
    root = pictures(tmp_path / "photos", "a.png")
    (tmp_path / "empty").mkdir()
    assert "images.captions.path: found nothing at" in refusal(root, tmp_path / "absent.csv")
    assert "ends in '.xlsx'; expected a table in .csv or .txt" in refusal(root, write(tmp_path / "a.xlsx", "x"))
    assert "has no captions" in refusal(root, tmp_path / "empty")
    assert "images.path: no image files" in refusal(tmp_path / "empty")


def test_links_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    root = pictures(tmp_path / "photos", "a.png")
    secret = write(tmp_path / "secret.csv", "file_name,caption\na.png,secret\n")
    (root / "captions.csv").symlink_to(secret)
    assert "has no captions" in refusal(root)


def test_files_too_large_are_refused_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures(tmp_path, "a.png")
    table = write(tmp_path / "captions.csv", "file_name,caption\na.png,one\n")
    monkeypatch.setattr(caption_files, "MAXIMUM_BYTES", 20)
    assert f"{table}: 28 bytes; at most 20 are allowed" in refusal(tmp_path)
    table.unlink()
    write(tmp_path / "captions.json", coco({1: "a.png"}, [(1, "five")]))
    assert "at most 20 are allowed" in refusal(tmp_path)
    (tmp_path / "captions.json").unlink()
    write(tmp_path / "a.txt", "x" * 30)
    monkeypatch.setattr(caption_files, "MAXIMUM_TEXT_BYTES", 20)
    assert "30 bytes; at most 20 are allowed" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"source": "image_folder"}, "needs `path`"),
        ({"path": "x"}, "'captioned_fruit' is generated and reads no files, but `path` is 'x'"),
        ({"captions": {"path": "x"}}, "but `captions.path` is 'x'"),
        ({"source": "digits"}, "Input should be 'captioned_fruit' or 'image_folder'"),
    ],
)
def test_combinations_without_sense_are_refused(section: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CaptionedImagesParameters.model_validate(section)
