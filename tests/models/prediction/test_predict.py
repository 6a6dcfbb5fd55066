"""A folder becomes results.csv: whole or absent, in order, in flat memory, and continued after a stop."""

from __future__ import annotations

import csv
import os
import shutil
import threading
import tracemalloc
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.errors import KnownError
from models.events import Notice, Progress
from models.images.settings import ImageSettings, Scaling
from models.prediction.predict import Classified, ClassifyDone, classify


class Brightness:
    """Sure that an image is 'bright' by its mean level, 'dark' otherwise."""

    classes = ("bright", "dark", "none")

    def __init__(self) -> None:
        self.image_settings = ImageSettings(channels=1, max_area=4_096, scaling=Scaling(), max_pixels=10**6)
        self.batches: list[int] = []

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        self.batches.append(len(images))
        bright = np.array([image.mean() for image in images]) / 255
        return np.stack([bright, 1 - bright, 0 * bright], axis=1)


def draw(path: Path, level: int, *, shape: tuple[int, int] = (8, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.full(shape, level, np.uint8))[1].tobytes())


def start(folder: Path, **options):
    options = {"out": folder.parent / "results.csv", "model_hash": "1", "batch_images": 4, "threads": 2} | options
    return classify(folder, options.pop("classifier", Brightness()), **options)


def finish(folder: Path, **options) -> ClassifyDone:
    return list(start(folder, **options))[-1]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Ten images, dark to bright, two of them in a sub-folder."""
    for i in range(10):
        draw(tmp_path / "images" / ("b" if i in (4, 5) else "") / f"{i}.png", level=255 * i // 9)
    return tmp_path / "images"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results.csv"


def leftovers(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.glob("results.csv.*"))


def stop_after(batches: int, folder: Path, **options) -> None:
    events = start(folder, **options)
    assert len(list(islice((event for event in events if isinstance(event, Classified)), batches))) == batches
    events.close()


def test_one_row_a_file_in_the_order_of_the_folder(images, out):
    done = finish(images)
    assert [row["path"] for row in rows(out)] == [*(f"{i}.png" for i in (0, 1, 2, 3, 6, 7, 8, 9)), "b/4.png", "b/5.png"]
    assert [row["label"] for row in rows(out)] == [*["dark"] * 4, *["bright"] * 4, "dark", "bright"]
    assert (done.images, done.errors, done.labels) == (10, 0, {"bright": 5, "dark": 5, "none": 0})
    assert leftovers(out) == []


def test_images_of_any_size_have_their_rows_in_order(tmp_path, out):
    for i, shape in enumerate([(8, 8), (100, 20), (1, 700), (8, 8)]):
        draw(tmp_path / "images" / f"{i}.png", level=255 * (i % 2), shape=shape)
    finish(tmp_path / "images")
    assert [row["label"] for row in rows(out)] == ["dark", "bright", "dark", "bright"]


def test_batches_of_large_images_are_smaller(images, monkeypatch):
    monkeypatch.setattr("models.images.decoded_batches.BATCH_BYTES", 3 * 4_096)
    classifier = Brightness()
    finish(images, classifier=classifier)
    assert classifier.batches == [3, 3, 3, 1]


def test_columns_of_a_row(tmp_path, out):
    draw(tmp_path / "images/x.png", level=51)
    finish(tmp_path / "images")
    assert list(rows(out)[0].items()) == [
        ("path", "x.png"),
        ("label", "dark"),
        ("confidence", "0.8"),
        ("second_label", "bright"),
        ("second_confidence", "0.2"),
        ("needs_review", "false"),
        ("error", ""),
    ]


@pytest.mark.parametrize(
    ("review_below", "flags"), [(0.8, ["false", "true"]), (0.81, ["true", "true"]), (0, ["false"] * 2)]
)
def test_what_is_below_the_threshold_needs_review(tmp_path, out, review_below, flags):
    draw(tmp_path / "images/1.png", level=51)
    draw(tmp_path / "images/2.png", level=127)
    done = finish(tmp_path / "images", review_below=review_below)
    assert [row["needs_review"] for row in rows(out)] == flags
    assert done.needs_review == flags.count("true")


def test_events_tell_every_row_and_how_far_it_is(images):
    events = list(start(images))
    told = [result.path for event in events if isinstance(event, Classified) for result in event.results]
    assert len(told) == 10
    progress = [
        (event.done, event.total) for event in events if isinstance(event, Progress) and event.stage == "classify"
    ]
    assert progress == [(4, 10), (8, 10), (10, 10)]


def test_files_that_cannot_be_used_have_their_reason(images, out):
    (images / "empty.png").write_bytes(b"")
    (images / "text.jpg").write_text("no image", encoding="utf-8")
    (images / "folder.png").mkdir()
    (images / "huge.bmp").write_bytes(cv2.imencode(".bmp", np.zeros((1001, 1000), np.uint8))[1].tobytes())
    done = finish(images)
    errors = {row["path"]: row["error"] for row in rows(out) if row["error"]}
    assert set(errors) == {"empty.png", "text.jpg", "folder.png", "huge.bmp"}
    assert (errors["empty.png"], errors["folder.png"]) == ("is empty", "is a folder")
    assert (done.images, done.errors) == (14, 4)
    assert all(row["label"] == "" and row["needs_review"] == "true" for row in rows(out) if row["error"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
def test_a_pipe_is_refused_and_not_waited_for(images, out):
    os.mkfifo(images / "x.png")
    assert finish(images).errors == 1
    assert rows(out)[-1]["error"] == "is no regular file"


@pytest.mark.skipif(os.name == "nt", reason="Windows forbids these names")
def test_strange_names_come_back(tmp_path, out):
    names = ["=1+1.png", 'a,b"c.png', "new\nline.png", "ünï.png", "\r.png", "-x.png"]
    for name in names:
        draw(tmp_path / "images" / name, level=0)
    finish(tmp_path / "images")
    assert sorted(row["path"].removeprefix("./") for row in rows(out)) == sorted(names)
    assert all((tmp_path / "images" / row["path"]).is_file() for row in rows(out))


def test_a_name_that_is_no_unicode_is_escaped(tmp_path, out):
    name = os.fsdecode(b"\xff.png")
    try:
        draw(tmp_path / "images" / name, level=0)
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    finish(tmp_path / "images")
    assert rows(out)[0]["path"] == r"\udcff.png"


def test_a_folder_without_a_readable_image_gives_rows_too(tmp_path, out):
    (tmp_path / "images").mkdir()
    (tmp_path / "images/x.png").write_bytes(b"")
    classifier = Brightness()
    assert finish(tmp_path / "images", classifier=classifier).errors == 1
    assert classifier.batches == []


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_stopped_and_continued_equals_uninterrupted(images, out, batches):
    finish(images, out=out.with_name("whole.csv"))
    stop_after(batches, images)
    assert not out.exists()
    classifier = Brightness()
    done = finish(images, classifier=classifier)
    assert out.read_bytes() == out.with_name("whole.csv").read_bytes()
    assert (done.images, sum(done.labels.values())) == (10, 10)
    assert sum(classifier.batches) == max(0, 10 - 4 * batches)


@pytest.mark.parametrize("cut", [1, 7, 30, 200, 10_000])
def test_a_torn_row_is_done_again(images, out, cut):
    finish(images, out=out.with_name("whole.csv"))
    stop_after(2, images)
    partial = out.with_name("results.csv.partial")
    partial.write_bytes(partial.read_bytes()[:-cut])
    finish(images)
    assert out.read_bytes() == out.with_name("whole.csv").read_bytes()


@pytest.mark.parametrize("changed", [{"model_hash": "2"}, {"review_below": 0.9}, {"sort_into": Path("sorted")}])
def test_another_model_or_setting_starts_anew(images, tmp_path, monkeypatch, changed):
    monkeypatch.chdir(tmp_path)
    stop_after(1, images)
    classifier = Brightness()
    events = list(start(images, classifier=classifier, **changed))
    assert any(isinstance(event, Notice) and "starting anew" in event.text for event in events)
    assert sum(classifier.batches) == 10


def test_an_image_added_meanwhile_gets_its_row(images, out):
    stop_after(1, images)
    draw(images / "00.png", level=0)
    assert finish(images).images == 11
    assert [row["path"] for row in rows(out)].count("00.png") == 1


def test_the_old_results_stay_until_the_new_ones_are_whole(images, out):
    out.write_text("old", encoding="utf-8")
    stop_after(2, images)
    assert out.read_text(encoding="utf-8") == "old"
    finish(images)
    assert len(rows(out)) == 10


def test_a_stopped_job_leaves_no_thread(images):
    before = threading.active_count()
    stop_after(1, images)
    assert threading.active_count() == before


@pytest.mark.parametrize("failing_call", [1, 2, 3])
def test_a_full_disk_is_told_and_continued_after(images, out, monkeypatch, failing_call):
    finish(images, out=out.with_name("whole.csv"))
    calls = iter(range(1, 100))

    def write_some(file, data):
        if next(calls) == failing_call:
            file.write(data[:50])
            raise OSError(28, "No space left on device")
        file.write(data)

    with monkeypatch.context() as patch:
        patch.setattr("models.prediction.partial_results._write_all", write_some)
        with pytest.raises(KnownError, match=r"The disk is full: .*results\.csv .*again"):
            finish(images)
    assert not out.exists()
    finish(images)
    assert out.read_bytes() == out.with_name("whole.csv").read_bytes()


def test_results_that_another_program_holds_are_kept(images, out, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", refuse)
        patch.setattr("models.prediction.partial_results.write_atomically", lambda path, data: path.write_bytes(data))
        with pytest.raises(KnownError, match="close it in other programs"):
            finish(images)
    classifier = Brightness()
    assert finish(images, classifier=classifier).images == 10
    assert classifier.batches == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing/results.csv", "no folder"), ("images", "is a folder"), ("images/0.png", "like an image")],
)
def test_results_that_have_no_place_are_refused(images, tmp_path, name, words):
    before = (images / "0.png").read_bytes()
    with pytest.raises(KnownError, match=words):
        finish(images, out=tmp_path / name)
    assert (images / "0.png").read_bytes() == before


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_images_is_refused(tmp_path, out, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(KnownError, match=f"{name}.*(no such folder|no images)"):
        finish(tmp_path / name)
    assert not out.exists()
    assert leftovers(out) == []


def test_copies_are_sorted_and_sources_untouched(images, tmp_path):
    (images / "empty.png").write_bytes(b"")
    before = {path: path.stat().st_mtime_ns for path in images.rglob("*")}
    finish(images, sort_into=tmp_path / "sorted")
    copies = {path.relative_to(tmp_path / "sorted").as_posix() for path in (tmp_path / "sorted").rglob("*.png")}
    assert copies == {
        *(f"dark/{i}.png" for i in (0, 1, 2, 3)),
        *(f"bright/{i}.png" for i in (6, 7, 8, 9)),
        "needs review/4.png",
        "needs review/5.png",
    }
    assert {path: path.stat().st_mtime_ns for path in images.rglob("*")} == before


def test_copies_are_not_doubled_by_a_continued_job(images, tmp_path):
    stop_after(1, images, sort_into=tmp_path / "sorted")
    partial = tmp_path / "results.csv.partial"
    partial.write_bytes(partial.read_bytes()[:-5])
    finish(images, sort_into=tmp_path / "sorted")
    assert len(list((tmp_path / "sorted").rglob("*.*"))) == 10


def peak_bytes(folder: Path) -> int:
    tracemalloc.start()
    for _ in start(folder, classifier=Brightness(), batch_images=32):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_folder(tmp_path):
    for folder, count in (("few", 200), ("many", 2000)):
        draw(tmp_path / folder / "0/0.png", level=0, shape=(48, 48))
        for i in range(1, count):
            (tmp_path / folder / str(i // 100)).mkdir(exist_ok=True)
            shutil.copyfile(tmp_path / folder / "0/0.png", tmp_path / folder / str(i // 100) / f"{i}.png")
    few = peak_bytes(tmp_path / "few")
    assert peak_bytes(tmp_path / "many") < few + 150_000  # the pixels alone of 1,800 more would be 4 MB
