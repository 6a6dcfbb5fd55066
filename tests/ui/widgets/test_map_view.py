"""The map: what the lasso holds, how points move, zoom, keys, and which colours they get."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from inspector.jobs.labelling.guesses import Guesses
from inspector.ui.widgets.map_colours import by_class, by_folder
from inspector.ui.widgets.map_frame import MapFrame, inside, nearest, next_in_direction
from inspector.ui.widgets.map_overlays import MAX_PLATE_PX, card_rect, plates_of
from inspector.ui.widgets.map_raster import stamp, stamp_mask
from inspector.ui.widgets.map_view import MapView

IDS = np.arange(1, 37)


@pytest.fixture
def view(qtbot, session, thumbnails):
    made = MapView(session, thumbnails)
    qtbot.addWidget(made)
    made.resize(480, 400)
    made.show()
    columns, rows = np.meshgrid(np.arange(6.0), np.arange(6.0))
    made.set_points(IDS, np.stack([columns.ravel(), rows.ravel()], axis=1))
    return made


def drag(qtbot, view, corners):
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(*corners[0]))
    for corner in corners[1:]:
        qtbot.mouseMove(view, QPoint(*corner))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(*corners[-1]))


def around(view, ids, margin=12):
    points = np.array([view.screen_point(i) for i in ids]).round().astype(int)
    (left, top), (right, bottom) = points.min(0) - margin, points.max(0) + margin
    return [(int(x), int(y)) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]


def test_a_lasso_takes_what_lies_in_it(qtbot, view):
    view.set_tool("lasso")
    with qtbot.waitSignal(view.lassoed) as blocker:
        drag(qtbot, view, around(view, [1, 2, 7, 8]))
    assert blocker.args == [[1, 2, 7, 8]]


def test_escape_drops_the_lasso(qtbot, view):
    view.lasso_polygon([(0, 0), (480, 0), (480, 400), (0, 400)])
    with qtbot.waitSignal(view.lassoed) as blocker:
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert blocker.args == [[]]


def test_the_point_under_the_pointer_is_told(qtbot, view):
    x, y = view.screen_point(9)
    with qtbot.waitSignal(view.hovered) as blocker:
        qtbot.mouseMove(view, QPoint(round(x), round(y)))
    assert blocker.args == [9]


def test_arrows_go_to_the_next_point_and_enter_opens_it(qtbot, view):
    view.setFocus()
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.activated) as blocker:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert blocker.args[0] % 6 == 0  # the last column


def test_dragging_moves_the_map_and_a_double_click_shows_all(qtbot, view):
    before = view.screen_point(1)
    view.pan(40, 10)
    assert view.screen_point(1) == pytest.approx((before[0] + 40, before[1] + 10))
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert view.screen_point(1) == pytest.approx(before)


def test_zooming_keeps_the_fixed_point(view):
    before = view.screen_point(15)
    view.zoom(2.0, at=before)
    assert view.screen_point(15) == pytest.approx(before)


def test_new_points_of_the_same_images_are_moved_to(qtbot, view):
    target = np.random.default_rng(0).normal(size=(36, 2))
    view.set_points(IDS, target)
    qtbot.waitUntil(lambda: np.allclose(view._points, target.astype(np.float32)))


def test_labels_are_solid_and_guesses_take_their_class(session):
    session.label([1], "crazing")
    session.label([2], "patches")
    session.set_guesses(Guesses(IDS, ["crazing", "patches"], np.tile([0.2, 0.8], (36, 1))))
    looks = by_class(session, IDS, with_guesses=True)
    assert (looks.names[0], looks.names[5]) == ("crazing", "patches")
    assert (looks.labelled[0], looks.labelled[5]) == (True, False)
    assert by_class(session, IDS, with_guesses=False).names[5] == ""


def test_folders_have_colours(session):
    folders = by_folder(session, IDS)
    assert len(np.unique(folders.colours, axis=0)) == 6


def test_an_empty_map_and_a_single_point_are_drawn(view):
    view.set_points(np.zeros(0, int), np.zeros((0, 2)))
    assert not view.grab().isNull()
    view.set_points(np.array([1]), np.zeros((1, 2)))
    assert not view.grab().isNull()


def test_inside_agrees_with_a_circle():
    points = np.random.default_rng(0).uniform(-2, 2, size=(2000, 2))
    angles = np.linspace(0, 2 * np.pi, 400)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    radius = np.linalg.norm(points, axis=1)
    clear = np.abs(radius - 1) > 0.01
    np.testing.assert_array_equal(inside(circle, points)[clear], (radius < 1)[clear])


def test_a_frame_and_its_opposite():
    frame = MapFrame.fitting(np.array([[0.0, 0.0], [10.0, 4.0]]), (400, 300)).zoomed(1.7, (30, 40), 1.0)
    points = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(frame.to_map(frame.to_screen(points)), points)


def test_nearest_and_next():
    points = np.array([[0.0, 0.0], [10.0, 1.0], [0.0, 10.0]])
    assert nearest(points, (9, 1), 3) == 1
    assert nearest(points, (50, 50), 3) is None
    assert next_in_direction(points, 0, (1, 0)) == 1
    assert next_in_direction(points, 0, (-1, 0)) == 0


def test_plates_do_not_lie_on_one_another(qapp):
    screen = np.tile([[200.0, 150.0]], (12, 1))
    plates = plates_of(["a"] * 4 + ["b"] * 4 + ["c"] * 4, screen, (400, 300))
    heights = sorted(plate.y for plate in plates)
    assert np.diff(heights).min() >= 20


def test_plates_at_the_edge_stay_in_the_room(qapp):
    screen = np.tile([[200.0, 295.0]], (12, 1))
    plates = plates_of(["a"] * 4 + ["b"] * 4 + ["c"] * 4, screen, (400, 300))
    heights = sorted(plate.y for plate in plates)
    assert np.diff(heights).min() >= 20
    assert heights[-1] <= 300 - 20 / 2


def test_a_plate_is_as_wide_as_its_name_and_a_long_one_is_cut(qapp):
    long = "Rolled-in scale from the finishing stand, secondary, of the upper side"
    plates = plates_of(["il"] * 3 + [long] * 3, np.tile([[200.0, 150.0]], (6, 1)), (900, 300))
    widths = {plate.name: plate.width for plate in plates}
    assert widths["il"] < 50
    assert widths[long] == MAX_PLATE_PX


def test_the_card_stays_in_the_room(qapp):
    from PySide6.QtCore import QPointF, QRect

    room = QRect(0, 0, 300, 200)
    assert room.contains(card_rect(room, QPointF(295, 195), np.zeros((0, 2))))


@pytest.mark.parametrize("symbol", ["o", "s", "t1", "d"])
def test_stamps_colour_the_middle_and_leave_the_rest(symbol):
    canvas = np.zeros((20, 20, 3), np.float32)
    stamp(canvas, np.array([[10.0, 10.0], [100.0, 3.0]]), stamp_mask(symbol, 7), np.array([200.0, 0, 0]))
    assert canvas[10, 9, 0] > 150
    assert canvas[0, 0, 0] == 0
