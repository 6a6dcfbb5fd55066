"""The heat map over an image: switched by a button, made in another thread, always that of the image in view."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from inspector.jobs.evaluation.heat_maps import HeatMap
from inspector.ui.theme import theme
from inspector.ui.widgets.heat_tool import COMPUTING, HeatTool
from inspector.ui.widgets.image_view import ImageView
from models.errors import KnownError


@dataclass
class Maps:
    """The upper left quarter is hot, and the source is the file's name. Waits until it `may_answer`."""

    peak: float = 1.0
    asked: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def of_file(self, path: Path) -> HeatMap:
        self.asked.append(path.name)
        self.may_answer.wait(10)
        heat = np.zeros((50, 100), np.float32)
        heat[:25, :50] = self.peak
        return HeatMap(heat, path.name)


@pytest.fixture
def maps():
    made = Maps()
    made.may_answer.set()
    return made


@pytest.fixture
def view(qtbot):
    made = ImageView()
    qtbot.addWidget(made)
    made.resize(200, 100)
    made.show()
    return made


@pytest.fixture
def tool(qtbot, view, maps):
    made = HeatTool(view)
    for widget in (made.button, made.caption):
        qtbot.addWidget(widget)
    made.read_from(lambda: maps)
    return made


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for path in paths:
        cv2.imwrite(str(path), np.full((100, 200), 128, np.uint8))
    return paths


def shown(qtbot, view, file):
    with qtbot.waitSignal(view.loaded):
        view.show_image(file)


def said(qtbot, tool, text):
    qtbot.waitUntil(lambda: tool.caption.text == text)
    return True


def test_the_hot_part_is_tinted_and_the_rest_is_not(qtbot, view, tool, files):
    shown(qtbot, view, files[0])
    before = view.grab().toImage()
    qtbot.mouseClick(tool.button, Qt.MouseButton.LeftButton)
    assert said(qtbot, tool, "A.png")
    after = view.grab().toImage()
    assert after.pixelColor(40, 20) != before.pixelColor(40, 20)
    assert after.pixelColor(150, 80) == before.pixelColor(150, 80)


def test_it_moves_with_the_image(qtbot, view, tool, files):
    shown(qtbot, view, files[0])
    tool.set_on(True)
    assert said(qtbot, tool, "A.png")
    view.set_zoom("4:1")  # the middle of the image, 50 x 25 px of it
    grey = view.grab().toImage().pixelColor(190, 90)
    tinted = view.grab().toImage().pixelColor(10, 10)
    assert (grey.red() == grey.blue(), tinted.red() > tinted.blue()) == (True, True)


def test_it_goes_with_a_second_press_and_comes_back_without_computing(qtbot, view, tool, files, maps):
    shown(qtbot, view, files[0])
    before = view.grab().toImage()
    tool.toggle()
    assert said(qtbot, tool, "A.png")
    tool.toggle()
    assert (view.grab().toImage() == before, tool.caption.isHidden()) == (True, True)
    tool.toggle()
    assert (tool.caption.text, maps.asked) == ("A.png", ["a.png"])


def test_the_next_image_gets_its_own(qtbot, view, tool, files):
    tool.set_on(True)
    for file, text in zip(files, ("A.png", "B.png", "C.png"), strict=True):
        view.show_image(file)
        assert said(qtbot, tool, text)


def test_a_late_answer_is_dropped_and_what_was_passed_is_not_computed(qtbot, view, tool, files, maps):
    maps.may_answer.clear()
    tool.set_on(True)
    for file in files:
        view.show_image(file)
    assert tool.caption.text == COMPUTING
    maps.may_answer.set()
    assert said(qtbot, tool, "C.png")
    assert maps.asked == ["a.png", "c.png"]


def test_while_it_is_off_nothing_is_computed(qtbot, view, tool, files, maps):
    shown(qtbot, view, files[0])
    assert (maps.asked, tool.caption.isHidden(), tool.is_on) == ([], True, False)


def test_without_maps_the_reason_is_said_and_the_model_is_read_once(qtbot, view, tool, files):
    reads = []

    def read():
        reads.append(1)
        raise KnownError("There is no map yet: pretrain first.")

    tool.read_from(read)
    tool.set_on(True)
    for file in files[:2]:
        view.show_image(file)
        assert said(qtbot, tool, "There is no map yet: pretrain first.")
    assert (len(reads), tool.button.accessibleDescription()) == (1, "There is no map yet: pretrain first.")


def test_an_image_in_which_nothing_stands_out(qtbot, view, tool, files, maps):
    maps.peak = 0.1
    tool.set_on(True)
    view.show_image(files[0])
    assert said(qtbot, tool, "A.png: nothing stands out")


def test_another_model_makes_the_map_anew(qtbot, view, tool, files):
    other = Maps(peak=0.0)
    other.may_answer.set()
    tool.set_on(True)
    view.show_image(files[0])
    assert said(qtbot, tool, "A.png")
    tool.read_from(lambda: other)
    assert said(qtbot, tool, "A.png: nothing stands out")


def test_without_an_image_there_is_no_map(qtbot, view, tool, files):
    tool.set_on(True)
    view.show_image(files[0])
    assert said(qtbot, tool, "A.png")
    view.clear()
    assert tool.caption.isHidden()


def test_its_colours_are_those_of_the_theme(qtbot, view, tool, files):
    shown(qtbot, view, files[0])
    tool.set_on(True)
    assert said(qtbot, tool, "A.png")
    light = view.grab().toImage()
    theme.apply("dark")
    dark = view.grab().toImage()
    theme.apply("light")
    assert light.pixelColor(40, 20) != dark.pixelColor(40, 20)
