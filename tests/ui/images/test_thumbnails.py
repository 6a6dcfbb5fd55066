"""Thumbnails: made in the background, bounded in memory, and a mark for what can't be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QPixmap

from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.project import Project
from inspector.ui.pictures.image_loading import ThumbnailSource, fitted
from inspector.ui.pictures.thumbnail_making import MAX_WAITING, Exchange, Request
from inspector.ui.pictures.thumbnails import PixmapStore, Thumbnails


@pytest.fixture
def first_id(session):
    return session.images[0].id


def test_a_thumbnail_comes_later(qtbot, thumbnails, first_id):
    with qtbot.waitSignal(thumbnails.ready) as blocker:
        assert thumbnails.pixmap(first_id, 48) is None
    assert blocker.args == [first_id]
    assert thumbnails.pixmap(first_id, 48).width() == 48


def test_another_size_stands_in(qtbot, thumbnails, first_id):
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(first_id, 48)
    assert thumbnails.pixmap(first_id, 64).width() == 48
    qtbot.waitUntil(lambda: thumbnails.pixmap(first_id, 64).width() == 64)


def test_the_decoded_image_serves_without_the_file(qtbot, session, first_id, tmp_path, samples, monkeypatch):
    with open_cache(session.project) as cache:
        for _ in cache.ensure(session.project.image_files()):
            pass
    monkeypatch.setattr("models.images.reading.read_bytes", lambda path: pytest.fail("a source file was read"))
    thumbnails = Thumbnails(session)
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(first_id, 32)
    thumbnails.stop()
    assert not thumbnails.has_failed(first_id)


@pytest.mark.parametrize("decoded", [False, True])
def test_a_narrow_image_is_shown_without_the_margin_that_learning_sees(tmp_path, decoded):
    (tmp_path / "images").mkdir()
    pixels = np.repeat([[0, 255]], 64, axis=0).astype(np.uint8)  # 64 x 2 px
    (tmp_path / "images" / "a.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    with Project.create(tmp_path / "project") as project:
        list(project.import_folders([tmp_path / "images"]))
        if decoded:
            with open_cache(project) as cache:
                list(fill_pool(project, cache))
        source = ThumbnailSource(project)
        shown = source.thumbnail(project.images()[0], 64)
        source.close()
    assert (shown.width(), shown.height()) == (2, 64)
    assert [shown.pixelColor(x, 40).lightness() for x in (0, 1)] == [0, 255]


def test_a_vanished_file_gives_an_error_tile(qtbot, session, thumbnails, first_id, monkeypatch, tmp_path):
    monkeypatch.setattr(session.project, "image_path", lambda image_id: tmp_path / "gone.png")
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(first_id, 48)
    assert thumbnails.has_failed(first_id)
    assert thumbnails.pixmap(first_id, 48).width() == 48
    assert not thumbnails.is_busy


def test_a_rescan_tries_failed_images_again(qtbot, session, thumbnails, first_id, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(session.project, "image_path", lambda image_id: tmp_path / "gone.png")
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.pixmap(first_id, 48)
    session.refresh()
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.pixmap(first_id, 48)
    assert not thumbnails.has_failed(first_id)


def test_an_unknown_image_is_not_asked_for(thumbnails):
    assert thumbnails.pixmap(10**6, 48) is None
    assert not thumbnails.is_busy


def test_stopped_thumbnails_stay_still(thumbnails, first_id):
    thumbnails.stop()
    assert thumbnails.pixmap(first_id, 48) is None
    assert not thumbnails.is_busy


def test_the_newest_request_comes_first_and_the_oldest_is_dropped(session):
    exchange = Exchange(lambda: None)
    for number in range(MAX_WAITING + 1):
        exchange.ask(Request((number, 48), session.images[0], None))
    taken = []
    for _ in range(MAX_WAITING):
        taken.append(exchange.next_request().key[0])
    exchange.close()
    assert taken[0] == MAX_WAITING
    assert 0 not in taken
    assert exchange.next_request() is None


def test_many_results_wake_once():
    wakes = []
    exchange = Exchange(lambda: wakes.append(1))
    for number in range(5):
        exchange.deliver((number, 48), None)
    assert len(wakes) == 1
    assert len(exchange.take()) == 5


def test_the_store_keeps_what_was_used_last(qapp):
    store = PixmapStore(limit_bytes=3 * 10 * 10 * 4)
    for image_id in (1, 2, 3):
        store.put((image_id, 10), QPixmap(10, 10))
    assert store.get((1, 10)) is not None
    store.put((4, 10), QPixmap(10, 10))
    assert store.get((2, 10)) is None
    assert store.of_any_size(2) is None
    assert store.byte_count == 3 * 10 * 10 * 4


def test_the_shape_of_the_file_is_kept():
    assert fitted(height=2_000, width=30_000, size_px=150) == (10, 150)
    assert fitted(height=1, width=5_000, size_px=100) == (1, 100)
