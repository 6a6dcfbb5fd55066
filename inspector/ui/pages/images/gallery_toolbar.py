"""The line above the gallery: search, order, how many, what to do with the selection, size of the tiles."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSlider, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.pages.images.image_filter import ORDERS
from inspector.ui.widgets.controls import button, follow_theme, icon_button, label, row, set_enabled
from inspector.ui.widgets.gallery_layout import MAX_TILE_PX, MIN_TILE_PX, USUAL_TILE_PX
from inspector.ui.wording import count, without_mnemonic

CONTROL_PX, GLASS_PX = 28, 16
NARROWEST_SEARCH_PX, WIDEST_SEARCH_PX = 110, 170
NARROW_PX = 600  # below it the count is said in fewer words
ROOMY_PX = 900  # from this width on there is room for what can be done with the selection


class GalleryToolbar(QWidget):
    """Signals carry what a user chose: a text, a key of ORDERS, a tile's side; or ask for a label or similar images."""

    text_changed = Signal(str)
    order_chosen = Signal(str)
    tile_px_changed = Signal(int)
    label_requested = Signal()
    similar_requested = Signal()
    similar_left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name contains…")
        self.search.setAccessibleName("Part of the name")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(NARROWEST_SEARCH_PX)
        self.search.setMaximumWidth(WIDEST_SEARCH_PX)
        self.search.setTextMargins(GLASS_PX + 4, 0, 0, 0)
        self._glass = QLabel(self.search)
        self._glass.move(8, (CONTROL_PX - GLASS_PX) // 2)
        self._glass.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.search.textChanged.connect(self.text_changed)
        self.order = QComboBox()
        self.order.setAccessibleName("Sort by")
        for key, text in ORDERS.items():
            self.order.addItem(f"Sort: {text}", key)
        self.order.activated.connect(lambda _index: self.order_chosen.emit(self.order.currentData()))
        self.count = label(tone="text2")
        self._shown = self._selected = 0
        self.similar_button = button("All images", self.similar_left.emit, icon_name="close", small=True)
        self.label_button = button("Label as…", self.label_requested.emit, icon_name="label", tooltip="Label as… (L)")
        self.find_button = button(
            "Find similar", self.similar_requested.emit, icon_name="similar", tooltip="Find similar images (S)"
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(MIN_TILE_PX, MAX_TILE_PX)
        self.slider.setPageStep(32)
        self.slider.setValue(USUAL_TILE_PX)
        self.slider.setFixedSize(QSize(84, 20))
        self.slider.setAccessibleName("Size of the thumbnails")
        self.slider.setToolTip("Size of the thumbnails (Ctrl and wheel)")
        self.slider.valueChanged.connect(self.tile_px_changed)
        smallest = icon_button("images", "Smallest thumbnails", lambda: self.slider.setValue(MIN_TILE_PX))
        choosing, doing = (self.search, self.order, self.similar_button), (self.label_button, self.find_button)
        layout = row(*choosing, None, self.count, *doing, smallest, self.slider, margins=(12, 6, 12, 6))
        layout.setStretchFactor(self.search, 100)  # up to its greatest width, before the gap grows
        self.setLayout(layout)
        follow_theme(self, self._draw_glass)
        self._draw_glass()
        self.show_similar_to("")
        self.show_counts(shown=0, selected=0)

    def show_counts(self, *, shown: int, selected: int) -> None:
        """Say how many images are shown and how many of them are selected."""
        self._shown, self._selected = shown, selected
        self._write_count()
        reason = "" if selected else "Select an image first"
        set_enabled(self.label_button, reason)
        set_enabled(self.find_button, reason)

    def set_order_enabled(self, order: str, reason: str = "") -> None:
        """Let an order be chosen, or not, and say why not."""
        place = self.order.findData(order)
        model = self.order.model()
        assert isinstance(model, QStandardItemModel)
        model.item(place).setEnabled(not reason)
        self.order.setItemData(place, reason or None, Qt.ItemDataRole.ToolTipRole)
        self.order.setItemData(place, reason or None, Qt.ItemDataRole.AccessibleDescriptionRole)

    def show_similar_to(self, name: str) -> None:
        """Say that only images like one are shown, and offer the way back; an empty name: all are."""
        self.similar_button.setVisible(bool(name))
        shown = name if len(name) <= 24 else f"…{name[-23:]}"
        self.similar_button.setText(f"Similar to {without_mnemonic(shown)}")
        self.similar_button.setToolTip(f"Similar to {name}. Show all images again")
        self.order.setVisible(not name)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Buttons where there is room; the keys and the menu do the same."""
        super().resizeEvent(event)
        self._write_count()
        is_roomy = self.width() >= ROOMY_PX
        self.label_button.setVisible(is_roomy)
        self.find_button.setVisible(is_roomy)

    def _write_count(self) -> None:
        if self._selected < 2:
            self.count.setText(count(self._shown, "image"))
        elif self.width() < NARROW_PX:
            self.count.setText(f"{self._selected:,} of {self._shown:,}")
        else:
            self.count.setText(f"{count(self._shown, 'image')} · {self._selected:,} selected")

    def _draw_glass(self) -> None:
        self._glass.setPixmap(pixmap("search", size_px=GLASS_PX, token="text3"))
        self._glass.resize(GLASS_PX, GLASS_PX)
