"""Many images in a grid that stays smooth however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QListView

from inspector.project import Change
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.gallery_delegate import GalleryDelegate
from inspector.ui.widgets.gallery_layout import (
    MAX_TILE_PX,
    MIN_TILE_PX,
    USUAL_TILE_PX,
    grid,
    mark_rect,
    tile_rect,
)
from inspector.ui.widgets.gallery_model import GalleryModel

BATCH = 5_000  # tiles laid out at once
WHEEL_STEP_PX = 16  # by which Ctrl and the wheel change the tiles
CURRENT_ALONE = QItemSelectionModel.SelectionFlag.NoUpdate
REPLACE = QItemSelectionModel.SelectionFlag.ClearAndSelect


class Gallery(QListView):
    """Shows the images of `set_ids`, with their labels and guesses as they are now.

    Signals: `selection_changed`; `current_changed(image id)`; `activated_id(image id)` by double click or Enter;
    `checked_changed` when a user ticked or unticked tiles; `tile_px_changed` when Ctrl and the wheel did.
    """

    selection_changed = Signal()
    current_changed = Signal(int)
    activated_id = Signal(int)
    checked_changed = Signal()
    tile_px_changed = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session = session
        self._tile_px = USUAL_TILE_PX
        self._checked: set[int] | None = None
        self._model = GalleryModel(session)
        self._delegate = GalleryDelegate(session, thumbnails, self)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Images")
        self._set_up_view()
        self._lay_out()
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        thumbnails.ready.connect(self._on_thumbnail_ready)
        session.changed.connect(self._on_session_changed)
        session.guesses_changed.connect(self._repaint)
        follow_theme(self, self._repaint)

    # What is shown

    @property
    def ids(self) -> list[int]:
        """The images shown, in their order."""
        return list(self._model.ids)

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these images; what of the selection and the current one is among them stays.

        Where the current one is not, the next that is still there takes its place, or else the one before: the keys go
        on from where they were.
        """
        selected, current = self.selected_ids(), self.current_id()
        before, place = self._model.ids, max(0, self.currentIndex().row())
        self.selectionModel().blockSignals(True)
        self._model.set_ids(ids)
        if current is not None:
            nearest = chain(before[place:], reversed(before[:place]))
            current = next((image_id for image_id in nearest if self._model.row(image_id) is not None), None)
        self._select(selected, current)
        self.selectionModel().blockSignals(False)
        if self.selected_ids() != selected:
            self.selection_changed.emit()

    @property
    def tile_px(self) -> int:
        """The least side of a tile."""
        return self._tile_px

    def set_tile_px(self, tile_px: int) -> None:
        """Show tiles of at least this side, within the limits of `gallery_layout`."""
        tile_px = min(max(tile_px, MIN_TILE_PX), MAX_TILE_PX)
        if tile_px != self._tile_px:
            self._tile_px = tile_px
            self._lay_out()

    # Selection

    def selected_ids(self) -> list[int]:
        """The selected images in the order in which they are shown."""
        return self._model.ids_of(self.selectionModel().selection())

    def select_ids(self, ids: Iterable[int]) -> None:
        """Select those of the images that are shown, and bring the first of them into view."""
        wanted = list(ids)
        shown = [image_id for image_id in wanted if self._model.row(image_id) is not None]
        self._select(wanted, shown[0] if shown else self.current_id())
        if shown:
            self.scrollTo(self.currentIndex())

    def current_id(self) -> int | None:
        """The image that the keys move from."""
        row = self.currentIndex().row()
        return self._model.ids[row] if 0 <= row < len(self._model.ids) else None

    # Ticks

    def set_checkable(self, is_checkable: bool) -> None:
        """Whether tiles have a tick in the upper right corner, changed by a click on it or by Space."""
        self._checked = set() if is_checkable else None
        self._delegate.checked = self._checked
        self._repaint()

    def checked_ids(self) -> list[int]:
        """The ticked images in the order in which they are shown."""
        checked = self._checked or set()
        return [image_id for image_id in self._model.ids if image_id in checked]

    def set_checked(self, ids: Iterable[int]) -> None:
        """Tick these images and no others, without a signal."""
        assert self._checked is not None, "the gallery is not checkable"
        self._checked.clear()
        self._checked.update(ids)
        self._repaint()

    # Events

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """All that is seen: to add up the tiles one by one, as Qt does, takes a second for 100,000."""
        return QRegion(self.viewport().rect())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the tiles fill the rows again."""
        self._lay_out()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll; with Ctrl larger or smaller tiles."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        before = self._tile_px
        self.set_tile_px(before + (WHEEL_STEP_PX if event.angleDelta().y() > 0 else -WHEEL_STEP_PX))
        if self._tile_px != before:
            self.tile_px_changed.emit(self._tile_px)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select, or change a tick."""
        self._show_focus(False)
        ticked = self._tick_at(event.position().toPoint())
        if ticked is not None and event.button() == Qt.MouseButton.LeftButton:
            self._toggle([ticked])
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move and select; Space ticks, or selects. Letters and digits are left to the page, which labels by them."""
        self._show_focus(True)
        if event.key() == Qt.Key.Key_Space and self._checked is not None:
            self._toggle(self.selected_ids() or [i for i in [self.current_id()] if i is not None])
        elif _is_plain_text(event) and event.key() != Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the current tile where the focus came by the keyboard."""
        self._show_focus(event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason))
        if not self.currentIndex().isValid() and self._model.ids:
            self.selectionModel().setCurrentIndex(self._model.index(0), CURRENT_ALONE)
        super().focusInEvent(event)

    # Inside

    def _set_up_view(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def _lay_out(self) -> None:
        # Qt wraps a row that fills the viewport to the last pixel.
        cell_px = grid(self.viewport().width() - 1, self._tile_px).cell_px
        cell = QSize(cell_px, cell_px)
        if cell != self._delegate.cell:
            self._delegate.cell = cell
            self.setGridSize(cell)
            self.verticalScrollBar().setSingleStep(max(20, cell_px // 2))

    def _select(self, ids: Iterable[int], current: int | None) -> None:
        selection_model = self.selectionModel()
        row = None if current is None else self._model.row(current)
        if row is not None:
            selection_model.setCurrentIndex(self._model.index(row), CURRENT_ALONE)
        selection_model.select(self._model.selection_of(ids), REPLACE)

    def _tick_at(self, point: QPoint) -> int | None:
        """The image whose tick is there."""
        index = self.indexAt(point)
        if self._checked is None or not index.isValid():
            return None
        tick = mark_rect(tile_rect(self.visualRect(index)), 0)
        return self._model.ids[index.row()] if tick.contains(point) else None

    def _toggle(self, ids: Sequence[int]) -> None:
        assert self._checked is not None
        if self._checked.issuperset(ids):
            self._checked.difference_update(ids)
        else:
            self._checked.update(ids)
        self._repaint()
        self.checked_changed.emit()

    def _show_focus(self, is_shown: bool) -> None:
        if self._delegate.shows_focus != is_shown:
            self._delegate.shows_focus = is_shown
            self._repaint()

    def _repaint(self) -> None:
        self.viewport().update()

    def _on_activated(self, index: QModelIndex) -> None:
        self.activated_id.emit(self._model.ids[index.row()])

    def _on_selection_changed(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self.selection_changed.emit()

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.current_changed.emit(self._model.ids[current.row()])

    def _on_thumbnail_ready(self, image_id: int) -> None:
        row = self._model.row(image_id)
        if row is not None:
            self.update(self._model.index(row))

    def _on_session_changed(self, change: Change) -> None:
        self._repaint()


def _is_plain_text(event: QKeyEvent) -> bool:
    commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    return event.text().isprintable() and bool(event.text()) and not event.modifiers() & commands
