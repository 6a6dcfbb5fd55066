"""Importing folders: what is taken, skipped, linked again, listed as unreadable."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.project import importing as importing_module
from models.errors import KnownError
from models.events import Notice, Progress


def test_counts_every_image_once(imported, importing, steel, picture):
    shutil.copy(steel / "crazing" / "0.png", steel / "patches" / "copy.png")
    finished = importing(imported, steel)
    assert (finished.images, finished.paths, finished.duplicates, finished.new_images) == (12, 13, 1, 0)
    ((image, paths),) = imported.duplicates()
    assert image.id == 1
    assert paths == [steel / "crazing" / "0.png", steel / "patches" / "copy.png"]


def test_records_size_and_mode(project, importing, picture, tmp_path):
    picture(tmp_path / "mixed" / "a.png", seed=1, shape=(10, 20))
    picture(tmp_path / "mixed" / "b.png", seed=2, shape=(30, 20, 3))
    importing(project, tmp_path / "mixed")
    assert [(image.width, image.height, image.mode) for image in project.images()] == [
        (20, 10, "grey"),
        (20, 30, "colour"),
    ]


def test_reports_progress_and_ends_once(project, steel, monkeypatch):
    monkeypatch.setattr(importing_module, "BATCH_FILES", 5)
    *events, last = project.import_folders([steel])
    done = [event.done for event in events if isinstance(event, Progress) and event.stage == "import"]
    assert done == [0, 5, 10, 12]
    assert last.images == 12


def test_closing_keeps_whole_batches_and_the_next_import_goes_on(project, importing, steel, monkeypatch):
    monkeypatch.setattr(importing_module, "BATCH_FILES", 5)
    events = project.import_folders([steel])
    for event in events:
        if event == Progress("import", 5, 12):
            events.close()
    assert len(project.images()) == 5
    assert project.image_settings.channels == 1
    assert importing(project, steel).new_images == 7


def test_unchanged_files_are_not_read_again(imported, importing, steel, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("inspector.project.file_reading.read_bytes", refuse)
    assert importing(imported, steel).images == 12


def test_changed_file_is_another_image(imported, importing, steel, picture):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    picture(steel / "crazing" / "0.png", seed=77, shape=(14, 14))
    assert importing(imported, steel).new_images == 1
    assert [image.id for image in imported.images()] == [*range(2, 13), 13]
    assert imported.labels() == {}


def test_image_that_is_found_again_has_its_label_back(imported, importing, steel, picture):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    picture(steel / "crazing" / "0.png", seed=77)
    importing(imported, steel)
    picture(steel / "back.png", seed=0)
    importing(imported, steel)
    assert imported.labels() == {1: "crazing"}
    assert imported.image_path(1) == steel / "back.png"


def test_moved_folder_is_linked_again(imported, importing, steel, tmp_path):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    steel.rename(tmp_path / "moved")
    finished = importing(imported, tmp_path / "moved")
    assert (finished.images, finished.paths, finished.duplicates, finished.new_images) == (12, 12, 0, 0)
    assert imported.images()[0].path == tmp_path / "moved" / "crazing" / "0.png"
    assert imported.labels() == {1: "crazing"}
    assert len(imported.paths(1)) == 2


def test_unreadable_files_are_listed_with_reasons(project, steel):
    (steel / "empty.png").touch()
    (steel / "text.png").write_text("no image", encoding="utf-8")
    (steel / "folder.png").mkdir()
    events = list(project.import_folders([steel]))
    assert next(event.text for event in events if isinstance(event, Notice)).startswith("3 files can't be read")
    assert [file.path.name for file in project.unreadable()] == ["empty.png", "folder.png", "text.png"]
    assert all(file.reason for file in project.unreadable())
    assert project.summary()["images"] == 12


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.timeout(20)
def test_pipe_named_like_an_image_does_not_block(project, importing, steel):
    os.mkfifo(steel / "pipe.png")
    assert importing(project, steel).unreadable == 1


def test_repaired_file_leaves_the_list_and_a_broken_one_enters_it(imported, importing, steel, picture):
    good = (steel / "crazing" / "0.png").read_bytes()
    (steel / "crazing" / "0.png").write_bytes(good[:40])
    assert importing(imported, steel).unreadable == 1
    assert 1 not in {image.id for image in imported.images()}
    (steel / "crazing" / "0.png").write_bytes(good)
    finished = importing(imported, steel)
    assert (finished.unreadable, finished.images, finished.new_images) == (0, 12, 0)


def test_pixel_limit_of_the_project_counts(project, importing, steel, picture):
    project.set_setting("max_pixels", 400)
    picture(steel / "large.png", seed=1, shape=(21, 20))
    assert importing(project, steel).unreadable == 1
    project.set_setting("max_pixels", 420)
    assert importing(project, steel).unreadable == 0


def test_overlapping_folders_count_each_file_once(project, importing, steel):
    assert importing(project, steel, steel / "crazing", steel).paths == 12


@pytest.mark.parametrize("name", ["missing", "empty", "notes", "broken"])
def test_refuses_folders_without_images(project, tmp_path, name):
    for folder, file in (("empty", None), ("notes", "a.txt"), ("broken", "a.png")):
        (tmp_path / folder).mkdir()
        if file:
            (tmp_path / folder / file).write_text("x", encoding="utf-8")
    with pytest.raises(KnownError, match=name):
        list(project.import_folders([tmp_path / name]))
    assert project.images() == []


def test_source_files_stay_as_they_are(project, importing, steel):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in steel.rglob("*.png")}
    importing(project, steel)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in steel.rglob("*.png")} == before


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_names_that_are_no_unicode_are_kept(project, importing, picture, tmp_path):
    name = os.fsdecode(b"coil-\xff\xfe.png")
    picture(tmp_path / "odd" / name, seed=1)
    (tmp_path / "odd" / os.fsdecode(b"bad-\xff.png")).touch()
    importing(project, tmp_path / "odd")
    assert project.images()[0].path == tmp_path / "odd" / name
    assert project.image_ids_by_path([name, str(tmp_path / "odd" / name)]).keys() == {
        name,
        str(tmp_path / "odd" / name),
    }
    assert os.fsencode(project.unreadable()[0].path.name) == b"bad-\xff.png"


@pytest.mark.usefixtures("links")
def test_link_loop_ends(project, importing, steel):
    (steel / "loop").symlink_to(steel, target_is_directory=True)
    assert importing(project, steel).paths == 12


def test_deep_images_fix_the_scaling_once(project, importing, picture, tmp_path):
    for seed in range(3):
        picture(tmp_path / "deep" / f"{seed}.png", seed=seed, dtype=np.uint16)
    importing(project, tmp_path / "deep")
    first = project.image_settings.scaling
    low, high = first.uint16
    assert 0 <= low < 100
    assert 4000 < high < 4096
    bright = np.full((12, 12), 60_000, np.uint16)
    Path(tmp_path / "deep" / "bright.png").write_bytes(cv2.imencode(".png", bright)[1].tobytes())
    importing(project, tmp_path / "deep")
    assert project.image_settings.scaling == first


def test_a_later_depth_adds_its_range_and_changes_nothing_else(imported, importing, picture, tmp_path):
    before = imported.image_settings
    assert before.scaling.uint16 is None
    picture(tmp_path / "deep" / "a.png", seed=1, shape=(500, 500), dtype=np.uint16)
    importing(imported, tmp_path / "deep")
    after = imported.image_settings
    assert after.scaling.uint16 is not None
    assert (after.channels, after.max_area) == (before.channels, before.max_area)
