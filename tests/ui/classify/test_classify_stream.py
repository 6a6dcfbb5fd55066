"""Rows that come while one looks on, and pictures that come later."""

from __future__ import annotations

import pytest

from inspector.ui.background.jobs import Job
from inspector.ui.pages.classify.classification import Classification
from inspector.ui.pages.classify.classified_folder import ClassifiedFolder
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from models.prediction.predict import Classified
from models.prediction.results_csv import Result


def block(start: int, count: int) -> Classified:
    """Rows of class 'crazing' from a place on."""
    return Classified(
        tuple(Result(f"{i:05}.png", "crazing", 0.9, "patches", 0.1, False) for i in range(start, start + count))
    )


@pytest.fixture
def streaming(filled, make_page, jobs, tmp_path):
    """The page while a job of its own runs, fed by hand."""
    page = make_page(filled)
    made = ClassifiedFolder(Classification(tmp_path, tmp_path / "m", 1, tmp_path / "r.csv", 0.6), scaling=None)
    page.classifying._show(made)
    page.classifying._made, page.classifying._job_id = made, 1
    yield page
    page.classifying._made = page.classifying._job_id = None


def test_the_table_follows_the_newest_while_its_end_is_in_view(streaming):
    streaming.classifying._on_job_event(1, block(0, 300))
    bar = streaming.results.table.verticalScrollBar()
    streaming.classifying._on_job_event(1, block(300, 300))
    assert bar.value() == bar.maximum() > 0
    bar.setValue(100)
    streaming.classifying._on_job_event(1, block(600, 300))
    assert bar.value() == 100


def test_rows_of_other_jobs_are_left_alone(streaming):
    streaming.classifying._on_job_event(7, block(0, 3))
    assert len(streaming.classifying.results) == 0


def test_counts_follow_within_a_moment(qtbot, streaming):
    streaming.classifying._on_job_event(1, block(0, 20_000))
    qtbot.waitUntil(lambda: any(row.images == 20_000 for row in streaming.summary.counts.rows))
    assert len(streaming.model.shown) == 20_000
    assert not streaming.save.isEnabled()


def test_a_waiting_job_that_is_taken_out_leaves_nothing(qtbot, trained, make_page, jobs, strip):
    page = make_page(trained)
    jobs.submit(Job("other", "Other", "", lambda: iter(lambda: 1, 2), "images"))
    page.classify_folder(strip)
    assert page.classifying.is_running
    jobs.stop(jobs.waiting[0].id)
    assert not page.classifying.is_running
    assert page.classifying.current is None


def test_pictures_come_and_a_file_that_is_gone_has_none(qtbot, strip):
    pictures = PathThumbnails()
    assert pictures.pixmap(strip / "00.png", 28, scaling=None) is None
    assert pictures.pixmap(strip / "gone.png", 28, scaling=None) is None
    qtbot.waitUntil(lambda: not pictures.is_busy)
    pictures.stop()
    assert pictures.pixmap(strip / "00.png", 28, scaling=None).width() == 28
    assert pictures.pixmap(strip / "gone.png", 28, scaling=None) is None
