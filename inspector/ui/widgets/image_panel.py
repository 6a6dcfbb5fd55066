"""The panel on one image: the image itself, its label and guess, its facts, images like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from inspector.project import Change, ImageRecord
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, ClassBadge
from inspector.ui.widgets.controls import (
    ElidedLabel,
    Segmented,
    button,
    column,
    icon_button,
    label,
    line,
    row,
    set_enabled,
)
from inspector.ui.widgets.histogram import Histogram
from inspector.ui.widgets.image_view import ImageView
from inspector.ui.widgets.thumbnail_strip import ThumbnailStrip
from inspector.ui.wording import count, per_cent

if TYPE_CHECKING:
    from inspector.jobs.labelling.basis import LabelBasis

SIMILAR, COLUMNS = 10, 5
PREVIEW_PX, MIN_VIEW_PX, MAX_VIEW_PX = 262, 160, 380


class ImagePanel(QWidget):
    """`similar_requested` asks for all images like this one, `image_requested` for one that was clicked."""

    similar_requested = Signal(int)
    image_requested = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._thumbnails = session, thumbnails
        self._image_id: int | None = None
        self._similar_to: tuple[int, LabelBasis | None] | None = None
        self._name, self._place = ElidedLabel(semibold=True, middle=True), label(size_px=12, tone="text3")
        self.view = ImageView()
        self.view.setMinimumHeight(MIN_VIEW_PX)
        self.view.loaded.connect(self._on_loaded)
        self._zoom = Segmented([("fit", "Fit"), ("1:1", "1:1"), ("4:1", "4:1")], name="Zoom", small=True)
        self._zoom.chosen.connect(self.view.set_zoom)
        self._stretch = icon_button("contrast", "Stretch the contrast", checkable=True)
        self._stretch.toggled.connect(self._on_stretch)
        self._limits = label(size_px=12, tone="text3")
        self._histogram = Histogram()
        self._label_badge, self._guess_badge = ClassBadge(size_px=DENSE_BADGE_PX), ClassBadge(size_px=DENSE_BADGE_PX)
        self._label, self._guess = ElidedLabel(), ElidedLabel()
        self._folder, self._size = ElidedLabel(middle=True), ElidedLabel()
        self._copies = ElidedLabel()
        self._group = ElidedLabel(middle=True)
        self._similar = ThumbnailStrip(session, thumbnails, size_px=48, columns=COLUMNS)
        self._similar.clicked_id.connect(self.image_requested)
        self._more = button("Show more", self._on_more, kind="link")
        self.setLayout(self._layout())
        session.changed.connect(self._on_changed)
        session.guesses_changed.connect(self._on_guesses_changed)
        self.clear()

    @property
    def image_id(self) -> int | None:
        """The image that is shown."""
        return self._image_id

    def show_image_id(self, image_id: int, place: str = "") -> None:
        """Show an image; `place` says which of a selection it is, '1 of 3'."""
        image = self._session.image(image_id)
        is_other = image_id != self._image_id
        self._image_id = image_id
        self._name.setText(image.path.name)
        self._place.setText(place)
        self.setEnabled(True)
        if is_other:
            self._histogram.set_pixels(None)
            preview = self._thumbnails.pixmap(image_id, PREVIEW_PX)
            self.view.show_image(image.path, scaling=self._session.scaling, preview=preview)
        self._describe(image)
        self._on_guesses_changed()

    def clear(self) -> None:
        """Show no image."""
        self._image_id = None
        self.view.clear()
        self._histogram.set_pixels(None)
        for text in (self._name, self._label, self._guess, self._folder, self._size, self._copies, self._group):
            text.setText("")
        self._name.setText("No image selected")
        for widget in (self._place, self._limits):
            widget.setText("")
        self._label_badge.hide()
        self._guess_badge.hide()
        self._similar_to = None
        self._similar.set_ids([])
        self.setEnabled(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The image is as high as the panel is wide, if there is room for all that stands below it."""
        super().resizeEvent(event)
        self.view.setMaximumHeight(max(MIN_VIEW_PX, min(self.width(), MAX_VIEW_PX)))

    def _layout(self) -> QVBoxLayout:
        head = row(self._name, self._place)
        head.setStretch(0, 1)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        for name, badge, text in (
            ("Label", self._label_badge, self._label),
            ("Guess", self._guess_badge, self._guess),
            ("Folder", None, self._folder),
            ("Size", None, self._size),
            ("Copies", None, self._copies),
            ("Group", None, self._group),
        ):
            form.addRow(_caption(name), row(*([badge] if badge else []), text, spacing=6))
        similar = row(label("Similar images", semibold=True), None, self._more)
        tools = row(self._zoom, None, self._limits, self._stretch, spacing=6)
        made = column(
            head, self.view, tools, self._histogram, line(), form, line(), similar, self._similar, None, spacing=8
        )
        made.setStretch(made.indexOf(self.view), 1)
        made.setStretch(made.count() - 1, 0)  # the gap takes what the image leaves
        return made

    def _describe(self, image: ImageRecord) -> None:
        self._folder.setText(str(image.path.parent))
        self._size.setText(f"{image.width} × {image.height} px, {image.mode}")
        copies = self._session.project.paths(image.id) if image.id in self._session.duplicate_ids else []
        self._copies.setText(f"{len(copies)} paths" if copies else "None")
        self._copies.setToolTip("\n".join(str(path) for path in copies))
        near = [i for i in self._session.near_duplicates.get(image.id, ()) if i != image.id]
        facts = [self._session.group_name(image.id), count(len(near), "near-duplicate") if near else None]
        self._group.setText(", ".join(filter(None, facts)) or "Alone")
        rows = [self._session.row_of[i] for i in near if i in self._session.row_of]
        self._group.setToolTip("\n".join(str(self._session.images[row_at].path) for row_at in rows))
        name = self._session.labels.get(image.id)
        self._label.setText(name or "None yet")
        self._label_badge.setVisible(name is not None)
        if name is not None:
            self._label_badge.set_mark(self._session.mark(name))

    def _on_guesses_changed(self) -> None:
        if self._image_id is None:
            return
        guesses = self._session.guess_of(self._image_id)
        self._guess_badge.setVisible(bool(guesses))
        self._guess.setText(f"{guesses[0][0]}? {per_cent(guesses[0][1])}" if guesses else "None yet")
        if guesses:
            self._guess_badge.set_mark(self._session.mark(guesses[0][0]))
        self._show_similar(self._image_id, self._session.basis)

    def _show_similar(self, image_id: int, basis: LabelBasis | None) -> None:
        """Look for similar images only where image or features are others: guesses change with every label."""
        if self._similar_to != (image_id, basis):
            self._similar_to = (image_id, basis)
            self._similar.set_ids([] if basis is None else basis.similar(image_id, SIMILAR))
            set_enabled(self._more, "" if basis is not None else "Suggestions are not prepared yet")

    def _on_loaded(self) -> None:
        self._histogram.set_pixels(self.view.pixels)
        limits = self.view.stretch_limits
        set_enabled(self._stretch, "" if limits else "Only grey images can be stretched")
        self._limits.setText(f"{limits[0]}–{limits[1]}" if limits and self._stretch.isChecked() else "")

    def _on_stretch(self, is_on: bool) -> None:
        self.view.set_stretched(is_on)
        self._on_loaded()

    def _on_changed(self, change: Change) -> None:
        if self._image_id is None:
            return
        if self._image_id not in self._session.row_of:
            self.clear()
        elif change.images or change.classes or self._image_id in change.labels:
            self._describe(self._session.image(self._image_id))

    def _on_more(self) -> None:
        if self._image_id is not None:
            self.similar_requested.emit(self._image_id)


def _caption(text: str) -> QLabel:
    made = label(text, tone="text3")
    made.setFixedWidth(60)
    return made
