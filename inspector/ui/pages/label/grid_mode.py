"""Many images at once: select some, one key labels them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector.project import Change
from inspector.ui.pages.label.class_keys import ClassKeys
from inspector.ui.pages.label.label_keys import LabelKeys
from inspector.ui.pages.page import Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, Segmented, button, column, label, line, row, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.gallery import Gallery
from inspector.ui.wording import count

CHOSEN = "chosen"
SOURCES = (("free", "Not labelled"), ("suggested", "Suggested"), (CHOSEN, "Chosen"))
NOTHING_CHOSEN = "Find similar images or a group first"
NOTHING = {
    "free": "Every image is labelled.",
    "suggested": "No image is suggested now.",
    CHOSEN: "None of these images is in the project any more.",
}
GUIDE = "Select images, then press the key of their class"
FIRST_GUIDE = "Select images, then press N and name what they show"
TILE_PX = 112
GALLERY_MARGIN_PX = 12


class GridMode(QWidget):
    """What is shown: all images without label, those of the queue, or those that somebody asked for.

    `class_chosen` and `class_named` say what the selected images are.
    """

    class_chosen = Signal(str)
    class_named = Signal(str)
    image_activated = Signal(int)

    def __init__(
        self, session: Session, thumbnails: Thumbnails, shell: Shell, suggested_ids: Callable[[], Sequence[int]]
    ) -> None:
        super().__init__()
        self._session, self._suggested_ids = session, suggested_ids
        self._chosen: list[int] = []
        self._caption = ""
        self.source = Segmented(SOURCES, name="Show", small=True)
        self.source.chosen.connect(self._show_source)
        self._said = ElidedLabel(size_px=12, tone="text2")
        self._selected = label(size_px=12, tone="text2")
        self._select_all = button("Select all", self._on_select_all, kind="link", small=True)
        self.gallery = Gallery(session, thumbnails)
        self.gallery.set_tile_px(TILE_PX)
        self.gallery.selection_changed.connect(self._on_selection_changed)
        self.gallery.activated_id.connect(self.image_activated)
        self.class_keys = ClassKeys(session, shell)
        self.class_keys.chosen.connect(self.class_chosen)
        self.class_keys.named.connect(self.class_named)
        self.class_keys.left.connect(self.gallery.setFocus)
        tools = row(self.source, self._said, self._selected, self._select_all, margins=(16, 8, 16, 8))
        tools.setStretch(1, 1)
        keys = column(self.class_keys, margins=(16, 10, 16, 10))
        images = QWidget()
        images.setLayout(column(self.gallery, margins=(GALLERY_MARGIN_PX, 0, 0, 0)))
        self.empty_state = EmptyState("label", "")
        self._place = QStackedWidget()
        self._place.addWidget(images)
        self._place.addWidget(self.empty_state)
        layout = column(tools, self._place, line(), keys, spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.gallery)
        set_enabled(self.source.segment(CHOSEN), NOTHING_CHOSEN)
        self._keys: LabelKeys | None = None
        self._on_selection_changed()

    @property
    def selected_ids(self) -> list[int]:
        """What a class key would label."""
        return self.gallery.selected_ids()

    def set_commands(self, commands: Mapping[str, Callable[[], object]]) -> None:
        """What the keys of the label page do here."""
        self._keys = LabelKeys(self._session, commands, self.class_chosen.emit, self)
        self._keys.watch(self.gallery)

    def show_images(self, image_ids: Sequence[int], caption: str) -> None:
        """Show images that somebody asked for, those without label selected."""
        self._chosen, self._caption = list(image_ids), caption
        set_enabled(self.source.segment(CHOSEN))
        self.source.choose(CHOSEN)
        self._show_source(CHOSEN)
        self.gallery.select_ids([image_id for image_id in image_ids if image_id not in self._session.labels])
        self.gallery.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, change: Change | None = None) -> None:
        """Labels, images or classes are others now."""
        if change is None or change.labels or change.images or change.splits:
            self._show_source(self.source.key)
        elif change.classes:
            self._on_selection_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The keys work beside the gallery too."""
        if self._keys is None or not self._keys.take(event):
            super().keyPressEvent(event)

    def _show_source(self, source: str) -> None:
        session = self._session
        if source == CHOSEN:
            ids = [image_id for image_id in self._chosen if image_id in session.row_of]
        elif source == "suggested":
            ids = [image_id for image_id in self._suggested_ids() if image_id not in session.labels]
        else:
            ids = [i.id for i in session.images if i.id not in session.labels and i.id not in session.held_out]
        if ids != list(self.gallery.ids):
            self.gallery.set_ids(ids)
        self.empty_state.set_sentence(NOTHING[source])
        self._place.setCurrentIndex(0 if ids else 1)
        set_enabled(self._select_all, "" if ids else NOTHING[source])
        self._said.setText(self._caption if source == CHOSEN else count(len(ids), "image"))
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        selected = len(self.gallery.selected_ids())
        guide = GUIDE if self._session.classes else FIRST_GUIDE
        self._selected.setText(f"{selected:,} selected" if selected else guide)

    def _on_select_all(self) -> None:
        self.gallery.select_ids(self.gallery.ids)
        self.gallery.setFocus()
