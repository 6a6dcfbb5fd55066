"""The confusion matrix, by keyboard and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from inspector.ui.pages.train.train_figures import TrainFigures
from inspector.ui.widgets.confusion_shades import confusion_cell, fitted_cell_px
from inspector.ui.widgets.confusion_view import ConfusionView
from models.evaluation.evaluate import evaluate

CLASSES = ("Crazing", "Inclusion", "Pitted surface")
COUNTS = np.array([[58, 2, 0], [1, 55, 4], [0, 0, 60]])


@pytest.fixture
def view(qtbot, session):
    made = ConfusionView(session)
    qtbot.addWidget(made)
    made.set_confusion(CLASSES, COUNTS)
    made.resize(500, 300)
    made.show()
    return made


def test_a_cell_says_what_was_taken_for_what():
    cell = confusion_cell(4, true="Inclusion", answer="Pitted surface", support=60)
    assert cell.sentence == "Inclusion taken for Pitted surface: 4 of 60"
    assert (cell.text, cell.shade) == ("4", ("ember", 3))


def test_right_answers_have_the_other_ramp():
    cell = confusion_cell(58, true="Crazing", answer="Crazing", support=60, mode="share")
    assert (cell.text, cell.shade) == ("97", ("steel", 6))


@pytest.mark.parametrize(("images", "text"), [(0, "·"), (1, "<1"), (10, "1")])
def test_per_cent_of_a_row(images, text):
    assert confusion_cell(images, true="a", answer="b", support=1000, mode="share").text == text


@pytest.mark.parametrize(("room", "classes", "cell_px"), [(240, 6, 40), (100, 6, 32), (900, 6, 72), (500, 0, 32)])
def test_cells_take_the_room_that_there_is(room, classes, cell_px):
    assert fitted_cell_px(room, room, classes) == cell_px


def test_arrow_keys_and_enter_choose_a_cell(qtbot, view):
    view.choose(0, 1)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.cell_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [1, 2]


def test_sums_cannot_be_chosen(qtbot, view):
    view.choose(1, 2)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (1, 2)


def test_a_click_chooses_a_cell(qtbot, view):
    where = view.visualRect(view.model().index(0, 1)).center()
    with qtbot.waitSignal(view.cell_chosen) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.args == [0, 1]


def test_per_cent_mode_shows_shares(view):
    view.set_mode("share")
    assert view.model().index(0, 0).data() == "97"


def test_screen_readers_get_the_sentence(view):
    text = view.model().index(1, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Inclusion taken for Pitted surface: 4 of 60"


def test_the_choice_survives_new_counts(view):
    view.choose(1, 2)
    view.set_confusion(CLASSES, COUNTS + 1)
    assert view.selectionModel().selectedIndexes() == [view.model().index(1, 2)]


def test_many_long_names_leave_its_columns_to_scroll_rather_than_its_head_to_be_cut(qtbot, session, thumbnails):
    names = [f"Rolled-in scale from the finishing stand, kind {number}" for number in range(20)]
    figures = TrainFigures(session, thumbnails)
    qtbot.addWidget(figures)
    figures.show_evaluation(evaluate(np.arange(20), np.arange(20), None, names))
    figures.resize(786, 700)
    figures.show()
    content = figures.columns.widget()
    qtbot.waitUntil(lambda: content.width() <= figures.columns.viewport().width())
    assert content.minimumSizeHint().width() <= figures.columns.viewport().width()


def test_beside_many_classes_the_bar_that_scrolls_their_columns_is_in_view(qtbot, session, thumbnails):
    figures = TrainFigures(session, thumbnails)
    qtbot.addWidget(figures)
    figures.show_evaluation(evaluate(np.arange(20), np.arange(20), None, [f"class {number}" for number in range(20)]))
    figures.resize(786, 640)  # of a window of 1280 x 800
    figures.show()
    bar = figures.confusion.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.waitUntil(lambda: bar.visibleRegion().boundingRect() == bar.rect())
