"""The map of embeddings: points that move, zoom, a card under the pointer, a lasso, all of it from the keyboard too."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.project import Change
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import SYMBOLS, Session
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.map_colours import PointLooks, by_class, by_folder
from inspector.ui.widgets.map_frame import MapFrame, inside, nearest, next_in_direction
from inspector.ui.widgets.map_overlays import paint_card, paint_focus, paint_lasso, paint_plates, plates_of
from inspector.ui.widgets.map_raster import stamp, stamp_mask

GUESS_PX, LABEL_PX, RING_PX = 5, 9, 11
GUESS_OPACITY, OUTSIDE_OPACITY = 0.55, 0.3
NEAR_PX = 8.0
MOVE_MS, FRAME_MS = 150, 15
MOVES_UP_TO = 5_000  # points; more of them switch at once
PLATES_FROM_PX = 200
NEIGHBOURS = 5
WHEEL_STEP = 1.2
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapView(QWidget):
    """Follows the session's labels and guesses.

    `lassoed` carries the ids inside a lasso, `hovered` the id under the pointer or None, `activated` a double-clicked
    one or the one on which Enter was pressed.
    """

    lassoed = Signal(list)
    hovered = Signal(object)
    activated = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._thumbnails = session, thumbnails
        self._ids = np.zeros(0, dtype=np.int64)
        self._points = self._target = np.zeros((0, 2), dtype=np.float32)
        self._from: np.ndarray | None = None
        self._looks: PointLooks | None = None
        self._frame = MapFrame()
        self._is_fitted, self._shows_guesses = True, True
        self._colouring, self._tool = "class", "pan"
        self._selected = np.zeros(0, dtype=bool)
        self._lasso: list[QPointF] = []
        self._hover: int | None = None
        self._current: int | None = None
        self._grabbed: QPointF | None = None
        self._picture: QImage | None = None
        self._clock = QElapsedTimer()
        self._mover = QTimer(self, interval=FRAME_MS)
        self._mover.timeout.connect(self._on_move)
        self.setMinimumSize(280, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Map of the images")
        session.changed.connect(self._on_changed)
        session.guesses_changed.connect(self._recolour)
        thumbnails.ready.connect(self._on_thumbnail)
        follow_theme(self, self._recolour)

    # What it shows

    @property
    def ids(self) -> np.ndarray:
        """The images (n,) that are shown."""
        return self._ids

    def set_points(self, image_ids: np.ndarray, points: np.ndarray, animate: bool = True) -> None:
        """Show images (n,) at points (n, 2); those that are shown already move there, if asked and not too many."""
        image_ids = np.asarray(image_ids, dtype=np.int64)
        points = np.asarray(points, dtype=np.float32)
        is_same = np.array_equal(image_ids, self._ids)
        self._target = points
        if not is_same:
            selected = set(self._ids[self._selected].tolist())
            self._ids = image_ids
            self._selected = np.array([i in selected for i in image_ids.tolist()], dtype=bool)
            self._hover = self._current = None
        if is_same and animate and len(points) <= MOVES_UP_TO and self.isVisible():
            self._from = self._points
            self._clock.start()
            self._mover.start()
        else:
            self._points, self._from = points, None
            self._mover.stop()
        if self._is_fitted:
            self._frame = MapFrame.fitting(self._target, self._room())
        self._recolour()

    def set_colouring(self, key: str) -> None:
        """Colour by 'class' or 'folder'."""
        self._colouring = key
        self._recolour()

    def show_guesses(self, are_shown: bool) -> None:
        """Colour unlabelled images by what is guessed of them, or leave them neutral."""
        self._shows_guesses = are_shown
        self._recolour()

    def set_tool(self, tool: str) -> None:
        """'pan': dragging moves the map; 'lasso': it draws a lasso."""
        self._tool = tool
        self.setCursor(Qt.CursorShape.CrossCursor if tool == "lasso" else Qt.CursorShape.ArrowCursor)

    def fit(self) -> None:
        """Show all points."""
        self._is_fitted = True
        self._frame = MapFrame.fitting(self._target, self._room())
        self._redraw()

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Move the map by so many px."""
        self._is_fitted = False
        self._frame = self._frame.panned(dx_px, dy_px)
        self._redraw()

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Closer by a factor, around a px or the middle."""
        self._is_fitted = False
        fit_scale = MapFrame.fitting(self._target, self._room()).scale
        self._frame = self._frame.zoomed(factor, at or self._middle(), fit_scale)
        self._redraw()

    def select_ids(self, ids: Collection[int]) -> None:
        """Show these as lying in the lasso, the others faint."""
        self._selected = np.isin(self._ids, np.fromiter(ids, dtype=np.int64, count=len(ids)))
        self._redraw()

    def clear_selection(self) -> None:
        """No lasso any more."""
        self._selected = np.zeros(len(self._ids), dtype=bool)
        self._lasso = []
        self._redraw()

    def lasso_polygon(self, corners: Sequence[tuple[float, float]]) -> list[int]:
        """Take the ids inside a polygon of px corners, as a drawn lasso does."""
        screen = self._frame.to_screen(self._points)
        self._selected = inside(np.array(corners, dtype=float).reshape(-1, 2), screen)
        self._lasso = [QPointF(x, y) for x, y in corners]
        self._redraw()
        found = self._ids[self._selected].tolist()
        self.lassoed.emit(found)
        return found

    def screen_point(self, image_id: int) -> tuple[float, float]:
        """Where an image is drawn, in px."""
        row = int(np.flatnonzero(self._ids == image_id)[0])
        x, y = self._frame.to_screen(self._points[row : row + 1])[0]
        return float(x), float(y)

    # Events

    def sizeHint(self) -> QSize:  # noqa: N802
        """Its usual size."""
        return QSize(480, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same part, or all of it."""
        super().resizeEvent(event)
        if self._is_fitted:
            self._frame = MapFrame.fitting(self._target, self._room())
        else:
            self._frame = self._frame.resized(self._room())
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Points from the picture, the rest on top of them."""
        if self._picture is None:
            self._picture = self._drawn()
        with QPainter(self) as painter:
            painter.drawImage(self.rect(), self._picture)
            screen = self._frame.to_screen(self._points)
            if self._looks is not None and self._colouring == "class" and self.width() >= PLATES_FROM_PX:
                paint_plates(painter, plates_of(self._looks.names, screen, self._room()), self._session.mark)
            if self._lasso:
                paint_lasso(painter, self._lasso)
            row = self._hover if self._hover is not None else self._current if self.hasFocus() else None
            if row is not None and row < len(screen):
                at = QPointF(float(screen[row, 0]), float(screen[row, 1]))
                paint_focus(painter, at, RING_PX)
                self._paint_card(painter, row, at, screen)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the pointer."""
        at = (event.position().x(), event.position().y())
        self.zoom(WHEEL_STEP ** (event.angleDelta().y() / 120), at)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to drag, or a lasso."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
            if self._tool == "lasso":
                self._lasso = [event.position()]
                self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag, draw the lasso, or point."""
        if self._grabbed is None:
            self._point(event.position())
        elif self._tool == "lasso":
            self._lasso.append(event.position())
            self.update()
        else:
            moved = event.position() - self._grabbed
            self._grabbed = event.position()
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take what the lasso holds."""
        was_drawing = self._grabbed is not None and self._tool == "lasso"
        self._grabbed = None
        if was_drawing and len(self._lasso) > 2:
            self.lasso_polygon([(point.x(), point.y()) for point in self._lasso])
        elif was_drawing:
            self.clear_selection()
            self.lassoed.emit([])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open a point; beside points show all."""
        if self._hover is not None:
            self.activated.emit(int(self._ids[self._hover]))
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._set_hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows go to the next point, Enter opens it, plus, minus and 0 zoom, Escape drops the lasso."""
        key = Qt.Key(event.key())
        if key in ARROWS and len(self._ids):
            screen = self._frame.to_screen(self._points)
            start = self._current if self._current is not None else nearest(screen, self._middle(), np.inf)
            self._set_current(next_in_direction(screen, start or 0, ARROWS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.activated.emit(int(self._ids[self._current]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(WHEEL_STEP if key == Qt.Key.Key_Plus else 1 / WHEEL_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Escape and (self._lasso or self._selected.any()):
            self.clear_selection()
            self.lassoed.emit([])
        else:
            super().keyPressEvent(event)

    # Inside

    def _room(self) -> tuple[float, float]:
        return float(max(1, self.width())), float(max(1, self.height()))

    def _middle(self) -> tuple[float, float]:
        return self.width() / 2, self.height() / 2

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _recolour(self) -> None:
        if self._colouring == "folder":
            self._looks = by_folder(self._session, self._ids)
        else:
            self._looks = by_class(self._session, self._ids, with_guesses=self._shows_guesses)
        self._redraw()

    def _drawn(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        surface = theme.colour("surface")
        ground = (surface.red(), surface.green(), surface.blue())
        canvas = np.empty((height, width, 3), dtype=np.float32)
        canvas[:] = ground
        if self._looks is not None and len(self._ids):
            self._stamp_points(canvas, ratio, np.array(ground, dtype=np.float32))
        pixels = canvas.round().astype(np.uint8)
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

    def _stamp_points(self, canvas: np.ndarray, ratio: float, ground: np.ndarray) -> None:
        looks = self._looks
        assert looks is not None
        screen = self._frame.to_screen(self._points) * ratio
        has_selection = bool(self._selected.any())
        strength = np.where(self._selected, 1.0, OUTSIDE_OPACITY) if has_selection else np.ones(len(screen))
        for is_labelled, size, base in ((False, GUESS_PX, GUESS_OPACITY), (True, LABEL_PX, 1.0)):
            for index, symbol in enumerate(SYMBOLS):
                rows = np.flatnonzero((looks.labelled == is_labelled) & (looks.symbols == index))
                if not len(rows):
                    continue
                opacity = np.where(self._selected[rows], 1.0, base * strength[rows]) if has_selection else base
                if is_labelled:  # a rim sets it off from the guesses around it
                    stamp(canvas, screen[rows], stamp_mask(symbol, round((size + 3) * ratio)), ground, strength[rows])
                stamp(canvas, screen[rows], stamp_mask(symbol, round(size * ratio)), looks.colours[rows], opacity)

    def _point(self, at: QPointF) -> None:
        self._set_hover(nearest(self._frame.to_screen(self._points), (at.x(), at.y()), NEAR_PX))

    def _set_hover(self, row: int | None) -> None:
        if row != self._hover:
            self._hover = row
            self.hovered.emit(None if row is None else int(self._ids[row]))
            self.update()

    def _set_current(self, row: int) -> None:
        self._current, self._hover = row, None
        name = self._session.image(int(self._ids[row])).path.name
        self.setAccessibleDescription(name)
        self.update()

    def _paint_card(self, painter: QPainter, row: int, at: QPointF, screen: np.ndarray) -> None:
        image_id = int(self._ids[row])
        if image_id not in self._session.row_of:
            return
        label = self._session.labels.get(image_id)
        guesses = self._session.guess_of(image_id)
        agree = None if label is not None or not guesses else self._agreeing(row, guesses[0][0])
        picture = self._thumbnails.pixmap(image_id, 64)
        name = self._session.image(image_id).path.name
        mark_of = label or (guesses[0][0] if guesses else None)
        mark = None if mark_of is None else self._session.mark(mark_of)
        paint_card(painter, self.rect(), at, screen, picture, name, mark, is_label=label is not None, agree=agree)

    def _agreeing(self, row: int, name: str) -> str:
        """'4 of 5 neighbours' of the map that have or are guessed the same class."""
        looks = self._looks
        if looks is None or len(self._ids) <= NEIGHBOURS or self._colouring != "class":
            return ""
        distances = ((self._points - self._points[row]) ** 2).sum(1)
        distances[row] = np.inf
        near = np.argpartition(distances, NEIGHBOURS)[:NEIGHBOURS]
        return f"{sum(looks.names[i] == name for i in near.tolist())} of {NEIGHBOURS} neighbours"

    def _on_move(self) -> None:
        assert self._from is not None
        share = min(1.0, self._clock.elapsed() / MOVE_MS)
        self._points = self._from + (self._target - self._from) * np.float32(share)
        if share >= 1.0:
            self._mover.stop()
            self._points, self._from = self._target, None
        self._redraw()

    def _on_changed(self, change: Change) -> None:
        if change.labels or change.classes:
            self._recolour()

    def _on_thumbnail(self, image_id: int) -> None:
        row = self._hover if self._hover is not None else self._current
        if row is not None and row < len(self._ids) and int(self._ids[row]) == image_id:
            self.update()
