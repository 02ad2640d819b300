import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_pipelines.sources import split_images
from tests.sources.captioned import birds, coco, pictures, read, refusal, write
from tests.sources.pictures import array, reasons

LANCZOS = Image.Resampling.LANCZOS


def test_a_table_has_a_line_for_each_caption(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "deep/b.png")
    write(
        tmp_path / "captions.csv", 'file_name,caption\ndeep/b.png,"Red,  ripe"\n\na.png,one\ndeep/b.png,"two\nlines"\n'
    )
    images, report = read(tmp_path)
    assert images.captions == (("one",), ("Red, ripe", "two lines"))
    np.testing.assert_array_equal(images.pixels, [array(tmp_path / name) for name in ("a.png", "deep/b.png")])
    assert report["captions"] == {"count": 3, "words": 5, "longest": 2}
    assert report["skipped"] == {"count": 0, "files": []}
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.csv", "file_name,text,width\na.png,one,16\nb.png,two,16\n"),
        ("captions.txt", "image,caption\nb.png,two\na.png,one\n"),
        ("list.csv", "id,caption,file_name\r\n1,one,./a.png\r\n2,two,b.png\r\n"),
        ("captions.csv", b"\xef\xbb\xbffile_name,caption\na.png,one\nb.png,two\n"),
    ],
)
def test_tables_of_other_data_sets(tmp_path: Path, name: str, content: str) -> None:
    pictures(tmp_path, "a.png", "b.png")
    write(tmp_path / name, content)
    write(tmp_path / "sizes.csv", b"size\n\xff\n")
    assert read(tmp_path)[0].captions == (("one",), ("two",))


def test_flickr8k_has_pictures_in_a_folder_beside_the_table(tmp_path: Path) -> None:
    pictures(tmp_path, "Images/1_a.jpg", "Images/2_b.jpg")
    write(tmp_path / "captions.txt", 'image,caption\n1_a.jpg,"A dog , a cat ."\n1_a.jpg,A dog .\n2_b.jpg,A tree .\n')
    images, report = read(tmp_path)
    assert images.captions == (("A dog , a cat .", "A dog ."), ("A tree .",))
    assert report["captions"] == {"count": 3, "words": 4, "longest": 4}


def test_each_folder_may_have_its_metadata_and_its_part(tmp_path: Path) -> None:
    pictures(tmp_path, "train/1.png", "train/2.png", "test/1.png")
    write(tmp_path / "train/metadata.csv", "file_name,text\n1.png,first\n2.png,second\n")
    write(tmp_path / "test/metadata.csv", "file_name,text\n1.png,third\n")
    images, report = read(tmp_path)
    assert images.captions == (("third",), ("first",), ("second",))
    assert images.is_heldout is not None
    assert images.is_heldout.tolist() == [True, False, False]
    assert images.labels is None
    assert report["notes"] == []


def test_a_text_beside_each_picture_has_a_caption_a_line(tmp_path: Path) -> None:
    pictures(tmp_path, "x/a.b.png", "y/a.b.jpg", "y/c.png")
    write(tmp_path / "x/a.b.txt", "one\r\n\r\ntwo\r\n")
    write(tmp_path / "y/a.b.txt", b"\xef\xbb\xbfthree")
    write(tmp_path / "y/c.TXT", "four\n")
    write(tmp_path / "licence.txt", "not in a folder of pictures")
    images, report = read(tmp_path)
    assert images.captions == (("one", "two"), ("three",), ("four",))
    assert images.class_names == ("x", "y")
    assert list(reasons(report["skipped"])) == ["licence.txt"]


def test_cub_has_texts_in_folders_of_the_same_classes(tmp_path: Path) -> None:
    names = ["001.Albatross/Albatross_0001_1", "002.Auk/Auk_0001_7", "002.Auk/Auk_0002_8"]
    pictures(tmp_path, *(f"CUB_200_2011/images/{name}.jpg" for name in names))
    write(tmp_path / "CUB_200_2011/images.txt", "1 001.Albatross/Albatross_0001_1.jpg\n")
    write(tmp_path / "CUB_200_2011/attributes/certainties.txt", "1 not visible\n")
    for name in names:
        write(tmp_path / f"text_c10/{name}.txt", f"a bird of {name}\nit has wings\n")
    images, report = read(tmp_path)
    assert images.captions == tuple((f"a bird of {name}", "it has wings") for name in names)
    assert images.class_names == ("001.Albatross", "002.Auk")
    assert images.labels is not None
    assert images.labels.tolist() == [0, 1, 1]
    assert report["notes"] == []
    assert read(tmp_path / "CUB_200_2011/images", tmp_path / "text_c10")[0].captions == images.captions


def test_birds_are_cropped_as_published(tmp_path: Path) -> None:
    birds(tmp_path, "2 10.0 12.0 8.0 4.0\n1 5.0 6.0 4.0 2.0\n")
    images, report = read(tmp_path, size=8)
    # Squares of 1.5 times the longer side around (7, 7) and (14, 14); of the second, a part is outside the picture.
    expected = [array(tmp_path / f"CUB/images/{name}.png") for name in ("a/1", "b/2 x")]
    crops = [Image.fromarray(expected[0][4:10, 4:10]), Image.fromarray(expected[1][8:16, 8:16])]
    np.testing.assert_array_equal(images.pixels, [np.asarray(crop.resize((8, 8), LANCZOS)) for crop in crops])
    assert report["notes"][0].startswith("Each picture is cropped to a square of 1.5 times")
    assert "enlarged (CUB/images/a/1.png)" in report["notes"][1]


def test_classes_listed_for_the_test_are_held_out(tmp_path: Path) -> None:
    names = ["001.Albatross/1", "002.Auk/2", "002.Auk/3", "003.Crow/4"]
    pictures(tmp_path, *(f"images/{name}.jpg" for name in names))
    for name in names:
        write(tmp_path / f"text_c10/{name}.txt", "a bird\n")
    classes = write(tmp_path / "testclasses.txt", "002.Auk\n009.Absent\n")
    images, _ = read(tmp_path)
    assert images.is_heldout is not None
    assert images.is_heldout.tolist() == [False, True, True, False]
    write(classes, "Auk\n")
    assert "testclasses.txt: none of its lines is a class, such as 001.Albatross" in refusal(tmp_path)
    classes.unlink()
    assert read(tmp_path)[0].is_heldout is None


def test_oxford_has_classes_among_the_texts_only(tmp_path: Path) -> None:
    pictures(tmp_path, "jpg/image_00001.jpg", "jpg/image_00002.jpg", "jpg/image_00003.jpg")
    for name in ("class_00077/image_00001", "class_00002/image_00002", "class_00077/image_00003"):
        write(tmp_path / f"text_c10/{name}.txt", f"{name[-1]} petals\n")
    images, _ = read(tmp_path)
    assert images.captions == (("1 petals",), ("2 petals",), ("3 petals",))
    assert images.class_names == ("class_00002", "class_00077")
    assert images.labels is not None
    assert images.labels.tolist() == [1, 0, 1]


def test_coco_has_a_file_for_each_part(tmp_path: Path) -> None:
    pictures(tmp_path, "train2017/007.jpg", "train2017/008.jpg", "val2017/009.jpg")
    train = coco({7: "007.jpg", 8: "008.jpg"}, [(8, "A cat."), (7, "A dog."), (7, " A brown\ndog. ")])
    write(tmp_path / "annotations/captions_train2017.json", train)
    write(tmp_path / "annotations/captions_val2017.json", coco({9: "009.jpg"}, [(9, "A boat.")]))
    write(tmp_path / "annotations/instances_val2017.json", "{}")
    images, report = read(tmp_path)
    assert images.captions == (("A dog.", "A brown dog."), ("A cat.",), ("A boat.",))
    assert images.is_heldout is not None
    assert images.is_heldout.tolist() == [False, False, True]
    assert report["captions"] == {"count": 4, "words": 5, "longest": 3}
    only, _ = read(tmp_path / "train2017", tmp_path / "annotations/captions_train2017.json")
    assert only.captions == images.captions[:2]


def test_captions_may_lie_elsewhere(tmp_path: Path) -> None:
    root = pictures(tmp_path / "photos", "a.png", "b.png")
    for name in ("a", "b"):
        write(tmp_path / f"texts/{name}.txt", f"caption of {name}\n")
    table = write(tmp_path / "any.txt", "image,caption\na.png,one\nb.png,two\n")
    assert read(root, tmp_path / "texts")[0].captions == (("caption of a",), ("caption of b",))
    assert read(root, table)[0].captions == (("one",), ("two",))


def test_names_in_both_spellings_of_unicode_are_one(tmp_path: Path) -> None:
    decomposed, composed = (unicodedata.normalize(form, "é.png") for form in ("NFD", "NFC"))
    pictures(tmp_path / "a", decomposed)
    write(tmp_path / "a/captions.csv", f"file_name,caption\n{composed},accent\n")
    pictures(tmp_path / "b", composed)
    write(tmp_path / "b" / unicodedata.normalize("NFD", "é.txt"), "accent\n")
    assert read(tmp_path / "a")[0].captions == read(tmp_path / "b")[0].captions == (("accent",),)


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_rejected_pictures_and_limits_take_their_captions_along(tmp_path: Path, storage: str) -> None:
    names = [f"{number}.png" for number in range(9)]
    pictures(tmp_path, *names)
    write(tmp_path / "3.png", b"no picture")
    write(tmp_path / "captions.csv", "\n".join(["file_name,caption", *(f"{name},text of {name}" for name in names)]))
    images, report = read(tmp_path, max_bad_fraction=0.5, storage=storage)
    assert images.captions == tuple((f"text of {name}",) for name in names if name != "3.png")
    assert list(reasons(report["rejected"])) == ["3.png"]
    some, _ = read(tmp_path, max_bad_fraction=0.5, limit=4, seed=1, storage=storage)
    by_pixels = dict(zip([picture.tobytes() for picture in np.asarray(images.pixels)], images.captions, strict=True))
    assert some.captions == tuple(by_pixels[picture.tobytes()] for picture in np.asarray(some.pixels))
    training, heldout, _ = split_images(images, 0.3, seed=0)
    assert sorted(training.captions + heldout.captions) == sorted(images.captions)
    for part in (training, heldout):
        assert part.captions == tuple(by_pixels[picture.tobytes()] for picture in np.asarray(part.pixels))
