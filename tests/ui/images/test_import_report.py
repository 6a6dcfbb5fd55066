"""The words and rows of the import report."""

from __future__ import annotations

import shutil

from inspector.project import ImportFinished, Project
from inspector.ui.pages.images.import_report import found_words, import_report, import_sentence


def test_the_banner_says_what_was_read():
    finished = ImportFinished(images=1800, paths=1802, duplicates=2, unreadable=1, new_images=1800, seconds=4.1)
    assert import_sentence(finished) == (
        "Read 1,803 files in 4 s: 1,800 images, 2 duplicates and 1 unreadable file, 1,800 of them new."
    )


def test_nothing_new_is_said():
    finished = ImportFinished(images=1, paths=1, duplicates=0, unreadable=0, new_images=0, seconds=0.2)
    assert import_sentence(finished) == "Read 1 file in 0 s: 1 image, none of them new."


def test_what_is_not_there_is_not_mentioned():
    assert found_words(images=2, duplicates=0, unreadable=0) == "2 images"


def test_the_report_lists_what_was_found(tmp_path, samples):
    source = tmp_path / "source"
    picture = next(samples.rglob("*.png"))
    source.mkdir()
    shutil.copy(picture, source / "a.png")
    shutil.copy(picture, source / "b.png")
    (source / "bad.png").write_bytes(b"no image")
    with Project.create(tmp_path / "project") as project:
        for _ in project.import_folders([source]):
            pass
        report = import_report(project, project.images())
    assert [row[0] for row in report.unreadable] == [str(source / "bad.png")]
    assert [row[0] for row in report.duplicates] == ["a.png"]
    assert report.sizes == (("64 × 64 px, grey", "1 image"),)
    assert report.summary == "1 image, 1 duplicate and 1 unreadable file in 1 folder."
    assert "Unreadable\n" in report.to_text()
