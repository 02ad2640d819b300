import json
import logging
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_pipelines.errors import UserError
from gan_pipelines.sources import ImageSet, ImagesParameters, image_folder, read_images


def paint(path: Path, level: int = 128) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (16, 16), level).save(path, "PNG")


def read(folder: Path, **others: object) -> tuple[ImageSet, dict]:
    defaults = {"source": "image_folder", "path": str(folder), "size": 8}
    return read_images(ImagesParameters.model_validate(defaults | others))


def levels(images: ImageSet) -> list[int]:
    return images.pixels[:, 0, 0, 0].tolist()


def reasons(listed: dict) -> dict[str, str]:
    return {problem["file"]: problem["reason"] for problem in listed["files"]}


def test_defaults_are_for_photos(tmp_path: Path) -> None:
    paint(tmp_path / "a.png")
    images, report = read(tmp_path, size=None)
    assert images.pixels.shape == (1, 96, 96, 3)
    assert images.labels is None
    assert images.class_names == ()
    assert report["classes"] == {}


def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path: Path) -> None:
    for level, name in enumerate(["b/x.png", "a/deep/y.jpg", "a/z.png", "é/1.png", "C/2.png"]):
        paint(tmp_path / name, 10 * level)
    images, report = read(tmp_path)
    assert images.class_names == ("C", "a", "b", "é")
    assert images.labels is not None
    assert images.labels.tolist() == [0, 1, 1, 2, 3]
    assert levels(images) == [40, 10, 20, 0, 30]
    assert report["classes"] == {"C": 1, "a": 2, "b": 1, "é": 1}


def test_both_spellings_of_a_class_are_one(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        paint(tmp_path / unicodedata.normalize(form, "é") / "x.png")
    paint(tmp_path / "f" / "x.png")
    images, _ = read(tmp_path)
    assert images.class_names == ("f", "é")
    assert images.labels is not None
    assert images.labels.tolist() == [0, 1, 1]


def test_one_class_is_no_class(tmp_path: Path) -> None:
    paint(tmp_path / "only" / "x.png")
    images, report = read(tmp_path)
    assert images.labels is None
    assert report["notes"] == ["All images are in one sub-folder, only; they are treated as unlabelled."]


def test_images_in_the_folder_and_below_are_unlabelled(tmp_path: Path) -> None:
    for name in ("cover.png", "a/x.png", "b/y.png"):
        paint(tmp_path / name)
    images, report = read(tmp_path)
    assert len(images) == 3
    assert images.labels is None
    assert "both in the folder itself and in sub-folders" in report["notes"][0]


def test_empty_class_folder_is_noted(tmp_path: Path) -> None:
    for name in ("a/x.png", "b/y.png"):
        paint(tmp_path / name)
    (tmp_path / "c").mkdir()
    images, report = read(tmp_path)
    assert images.class_names == ("a", "b")
    assert report["notes"] == ["No image was read from 1 sub-folders: c."]


def broken_folder(folder: Path) -> Path:
    for number in range(6):
        paint(folder / f"good_{number}.png", number)
    paint(folder / "png_named.jpg", 200)
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("not a picture")
    (folder / "page.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n%%EndComments\nshowpage\n")
    Image.effect_noise((64, 64), 50).save(folder / "half.jpg")
    half = (folder / "half.jpg").read_bytes()
    (folder / "half.jpg").write_bytes(half[: len(half) // 2])
    for name in (".DS_Store", "Thumbs.db", "readme.txt"):
        (folder / name).write_bytes(b"\0\1")
    return folder


def test_each_bad_file_is_listed_once_with_its_reason(tmp_path: Path) -> None:
    images, report = read(broken_folder(tmp_path), max_bad_fraction=0.4)
    assert levels(images) == [0, 1, 2, 3, 4, 5, 200]
    assert report["rejected"]["count"] == 4
    assert reasons(report["rejected"])["empty.jpg"] == "empty file"
    assert "none of JPEG" in reasons(report["rejected"])["text.jpg"]
    assert "none of JPEG" in reasons(report["rejected"])["page.jpg"]
    assert "truncated" in reasons(report["rejected"])["half.jpg"]
    assert sorted(reasons(report["skipped"])) == [".DS_Store", "Thumbs.db", "readme.txt"]
    assert reasons(report["skipped"])[".DS_Store"] == "hidden"
    assert str(tmp_path) not in json.dumps(report | {"path": None})


def test_too_many_bad_files_end_with_their_names_and_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(broken_folder(tmp_path), max_bad_fraction=0.3)
    message = str(caught.value)
    assert "4 of 11 image files" in message
    assert "empty.jpg: empty file; half.jpg: cannot be decoded" in message
    assert "images.max_bad_fraction, now 0.3, to 0.3637 or more" in message
    images, _ = read(tmp_path, max_bad_fraction=0.3637)
    assert len(images) == 7


def test_folder_of_bad_files_alone_is_an_error_whatever_is_allowed(tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / f"{number:03}.png").touch()
    with pytest.raises(UserError, match=r"150 of 150 .*004\.png: empty file; and 145 more.* No image is left"):
        read(tmp_path, max_bad_fraction=0.99)


def test_report_counts_all_and_names_a_hundred(tmp_path: Path) -> None:
    paint(tmp_path / "good.png")
    for number in range(150):
        (tmp_path / f"{number:03}.png").touch()
    _, report = read(tmp_path, max_bad_fraction=0.999)
    assert report["rejected"]["count"] == 150
    assert len(report["rejected"]["files"]) == 100


@pytest.mark.parametrize(
    ("name", "message"),
    [("absent", "found nothing at"), ("file.png", "found a file at"), ("empty", "no image files .* It is empty")],
)
def test_folders_that_cannot_serve(tmp_path: Path, name: str, message: str) -> None:
    paint(tmp_path / "file.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=message):
        read(tmp_path / name)


def test_folder_without_images_names_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "scan.tiff").touch()
    with pytest.raises(UserError, match=r"no image files .* scan\.tiff: no image suffix"):
        read(tmp_path)


def test_links_pipes_and_loops_are_skipped_unopened(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    paint(photos / "real.png", 50)
    paint(tmp_path / "outside" / "secret.png", 99)
    (photos / "inside.png").symlink_to("real.png")
    (photos / "passwd.png").symlink_to("/etc/passwd")
    (photos / "outside.png").symlink_to(tmp_path / "outside" / "secret.png")
    (photos / "album").symlink_to(tmp_path / "outside")
    (photos / "again").symlink_to(photos)
    (photos / "loop.png").symlink_to("loop.png")
    (photos / "gone.png").symlink_to("nowhere.png")
    os.mkfifo(photos / "pipe.png")
    images, report = read(photos)
    assert levels(images) == [50, 50]
    assert reasons(report["skipped"]) == {
        "again": "link to a folder",
        "album": "link to a folder",
        "gone.png": "broken or cyclic link",
        "loop.png": "broken or cyclic link",
        "outside.png": "link to a file outside the folder",
        "passwd.png": "link to a file outside the folder",
        "pipe.png": "not a regular file",
    }


def test_hidden_folders_are_not_entered(tmp_path: Path) -> None:
    paint(tmp_path / "seen.png")
    paint(tmp_path / ".hidden" / "x.png")
    images, report = read(tmp_path)
    assert len(images) == 1
    assert reasons(report["skipped"]) == {".hidden": "hidden"}


def test_unusual_names_load_in_an_order_of_their_own(tmp_path: Path) -> None:
    names = ["-dash.png", "line\nbreak.png", "photo 🍅.png", os.fsdecode(b"\xff.png"), "Z.png", "a.png"]
    spellings = [unicodedata.normalize(form, "é.png") for form in ("NFD", "NFC")]
    for level, name in enumerate([*names, *spellings]):
        paint(tmp_path / "first" / name, level)
    shutil.copytree(tmp_path / "first", tmp_path / "reversed", ignore=lambda _, names: names)
    for name in sorted(os.listdir(tmp_path / "first"), reverse=True):  # noqa: PTH208 - names, not paths, are wanted
        shutil.copy(tmp_path / "first" / name, tmp_path / "reversed" / name)
    images, _ = read(tmp_path / "first")
    again, _ = read(tmp_path / "reversed")
    assert levels(images) == levels(again)
    assert levels(images)[:4] == [0, 4, 3, 5]
    assert sorted(levels(images)) == list(range(8))


def test_unprintable_names_are_escaped_in_reports(tmp_path: Path) -> None:
    paint(tmp_path / "good.png")
    (tmp_path / "line\nbreak.png").touch()
    (tmp_path / os.fsdecode(b"\xff.png")).touch()
    _, report = read(tmp_path, max_bad_fraction=0.9)
    assert sorted(reasons(report["rejected"])) == ["\\udcff.png", "line\\nbreak.png"]
    assert json.dumps(report, ensure_ascii=False).encode()


def test_limit_reads_only_a_seeded_subset(tmp_path: Path) -> None:
    for level in range(20):
        paint(tmp_path / f"{level:02}.png", level)
    images, report = read(tmp_path, limit=5, seed=1)
    assert levels(images) == sorted(set(levels(images)))
    assert (len(images), report["available"]) == (5, 20)
    assert levels(read(tmp_path, limit=5, seed=1)[0]) == levels(images)
    assert levels(read(tmp_path, limit=5, seed=2)[0]) != levels(images)
    _, report = read(tmp_path, limit=21)
    assert report["notes"] == ["images.limit is 21, but the source has only 20 images."]


def test_remarks_are_counted_in_notes(tmp_path: Path) -> None:
    for number in range(4):
        paint(tmp_path / f"{number}.png")
    _, report = read(tmp_path, size=32)
    assert report["notes"] == ["4 images: smaller than images.size; enlarged (0.png, 1.png, 2.png, …)."]


def test_relative_paths_start_from_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paint(tmp_path / "photos" / "a.png", 5)
    monkeypatch.chdir(tmp_path)
    images, report = read(Path("photos"))
    assert levels(images) == [5]
    assert report["path"] == "photos"


def test_progress_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        paint(tmp_path / f"{number}.png")
    monkeypatch.setattr(image_folder, "FILES_PER_LOG_LINE", 2)
    with caplog.at_level(logging.INFO):
        read(tmp_path)
    assert [line for line in caplog.messages if "read," in line] == [
        "2 of 5 image files read, 0 rejected.",
        "4 of 5 image files read, 0 rejected.",
    ]


def test_colour(tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), (255, 0, 0)).save(tmp_path / "red.png")
    assert read(tmp_path)[0].pixels.shape == (1, 8, 8, 3)
    gray = read(tmp_path, colour="gray")[0].pixels
    assert gray.shape == (1, 8, 8, 1)
    np.testing.assert_array_equal(gray, 76)
