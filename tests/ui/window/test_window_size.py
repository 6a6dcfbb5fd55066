"""The window fits the screen that it is on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication

from inspector.ui.state.settings import settings
from inspector.ui.window.main_window import MainWindow
from inspector.ui.window.window_size import MINIMUM, USUAL, fitting


def screen(width: int, height: int) -> SimpleNamespace:
    return SimpleNamespace(availableSize=lambda: QSize(width, height))


@pytest.mark.parametrize(
    ("size", "free", "fits"),
    [
        (USUAL, (1280, 672), (1280, 640)),
        (MINIMUM, (1280, 672), (1024, 640)),
        (USUAL, (1920, 1040), (1280, 800)),
        (MINIMUM, (800, 600), (800, 568)),
    ],
)
def test_no_size_is_larger_than_the_screen_less_a_title_bar(monkeypatch, size, free, fits):
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "windows")
    assert fitting(size, screen(*free)) == QSize(*fits)


def test_a_picture_drawn_without_a_screen_has_the_usual_size(qapp, monkeypatch):
    monkeypatch.setattr(settings, "state", lambda key: QByteArray())  # another test's window may have left its own
    window = MainWindow()
    assert window.size() == USUAL
    window.deleteLater()
