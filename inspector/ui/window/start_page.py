"""The start page: recent projects, a place to drop folders on, the samples, and the five steps of the work."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector import __version__
from inspector.ui.icons import pixmap
from inspector.ui.state.recent_projects import RecentProject
from inspector.ui.widgets.banner import BannerStack, Note
from inspector.ui.widgets.controls import button, column, follow_theme, icon_button, label, line, pane, row
from inspector.ui.widgets.drop_zone import DropZone
from inspector.ui.widgets.recent_row import HEIGHT_PX, RecentRow
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea

LIST_PX, COLUMN_GAP_PX, SIDE_PX = 760, 32, 400
LOWEST_LIST_PX = 322
LINE_PX, FRAME_PX = 1, 2  # between rows; around them: the frame's line, and as much within it
TAGLINE = "Sorts surface defects from a handful of labels. Everything stays on this machine."
STEPS = (
    ("images", "Load folders", "Nothing is moved or changed"),
    ("pretrain", "Pretrain", "Needs no labels"),
    ("label", "Label about 30", "Inspector picks which"),
    ("train", "Train and judge", "F1 with its interval"),
    ("classify", "Classify", "A folder in, a CSV out"),
)


class StartPage(QWidget):
    """What is shown while no project is open."""

    project_chosen = Signal(str)
    folders_chosen = Signal(list)
    open_requested = Signal()
    samples_requested = Signal()
    locate_requested = Signal(str)
    tool_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._banners = BannerStack()
        self._rows = column(spacing=0)
        self._note = label(tone="text3", wraps=True)
        self._device = label(f"Inspector {__version__}", tone="text3")
        middle = row(None, self._middle(), None, margins=(56, 40, 56, 24))
        middle.setStretch(1, 1000)  # all up to its greatest width
        layout = column(self._banners, pane(middle), line(), self._steps(), line(), self._foot(), spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_recent(self, entries: Sequence[RecentProject]) -> None:
        """List projects, the latest first."""
        while self._rows.count():
            widget = self._rows.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        reached: list[QWidget] = [self._open_button]  # by Tab, in this order
        for position, entry in enumerate(entries):
            if position:
                self._rows.addWidget(line())
            made = RecentRow(entry)
            made.chosen.connect(self.project_chosen)
            made.locate_requested.connect(self.locate_requested)
            self._rows.addWidget(made)
            reached += [made, *made.findChildren(QPushButton)]
        if not entries:
            empty = label(
                "Projects that were open show here. Drop a folder of images to begin.", tone="text3", wraps=True
            )
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            empty.setMinimumHeight(160)
            self._rows.addWidget(empty)
        self._rows.addStretch(1)
        rows_px = len(entries) * (HEIGHT_PX + LINE_PX) - LINE_PX
        self._list.setMaximumHeight(max(LOWEST_LIST_PX, rows_px + 2 * FRAME_PX))
        for before, after in pairwise([*reached, self.drop_zone.button]):
            QWidget.setTabOrder(before, after)
        self._note.setText(next((entry.note for entry in entries if entry.note), ""))

    def set_device(self, text: str) -> None:
        """Say what computes."""
        computes = f"   ·   Computes on {text}" if text else ""
        self._device.setText(f"Inspector {__version__}{computes}")

    def say(self, text: str) -> None:
        """Show why something could not be done."""
        self._banners.add(Note(text, "bad"))

    def last_words(self) -> str:
        """The latest of those sentences."""
        return self._banners.notes[-1].text if self._banners.notes else ""

    def _middle(self) -> QWidget:
        """Two columns, whose headings and frames stand in line."""
        made = QWidget()
        made.setMaximumWidth(LIST_PX + COLUMN_GAP_PX + SIDE_PX)
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(COLUMN_GAP_PX)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, LIST_PX)
        grid.setColumnStretch(1, SIDE_PX)
        self._open_button = button("Open project…", self.open_requested.emit, kind="link", icon_name="folder")
        grid.addLayout(self._head(), 0, 0)
        grid.setRowMinimumHeight(1, 16)
        grid.addLayout(row(label("Recent projects", semibold=True), None, self._open_button), 2, 0)
        grid.addWidget(label("New project", semibold=True), 2, 1)
        self._list = self._recent()
        left = column(self._list, self._note, None, spacing=8)
        left.setStretchFactor(self._list, 1000)  # all up to the height of its rows
        grid.addLayout(left, 3, 0)
        grid.addLayout(self._right(), 3, 1)
        grid.setRowStretch(3, 1)
        return made

    def _head(self) -> QHBoxLayout:
        title = column(
            label("Inspector", size_px=20, semibold=True),
            label(TAGLINE, tone="text2", wraps=True),
            spacing=2,
        )
        picture = _Picture("app", 32, "accent")
        head = row(picture, title, spacing=16)
        head.setStretch(1, 1)
        return head

    def _recent(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("box", "true")
        scrolled = VerticalScrollArea(pane(self._rows))
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows are reached by Tab, and it follows them
        frame.setLayout(column(scrolled, margins=(1, 1, 1, 1)))
        frame.setMinimumHeight(LOWEST_LIST_PX)
        return frame

    def _right(self) -> QVBoxLayout:
        self.drop_zone = DropZone()
        self.drop_zone.dropped.connect(self.folders_chosen)
        layout = column(self.drop_zone, 16)
        layout.addWidget(label("No images at hand?", semibold=True))
        layout.addWidget(self._samples_card())
        layout.addStretch(1)
        return layout

    def _samples_card(self) -> QFrame:
        words = "360 generated images, six kinds of defect. From the folder to the CSV in about two minutes."
        self.samples_button = button("Try the samples", self.samples_requested.emit, icon_name="play")
        card = QFrame()
        card.setProperty("box", "true")
        text = label(words, size_px=12, tone="text2", wraps=True)
        card.setLayout(row(text, 8, self.samples_button, margins=(14, 14, 14, 14)))
        card.layout().setStretchFactor(text, 1)
        return card

    def _steps(self) -> QFrame:
        layout = row(margins=(56, 14, 56, 14), spacing=24)
        for icon_name, name, words in STEPS:
            text = column(label(name, semibold=True), label(words, size_px=12, tone="text3"), spacing=0)
            layout.addLayout(row(_Picture(icon_name, 20, "text2"), text, None, spacing=10), 1)
        return pane(layout, ground="window")

    def _foot(self) -> QFrame:
        tools = [
            icon_button(name, text, lambda key=key: self.tool_chosen.emit(key))
            for key, name, text in (
                ("settings", "settings", "Settings"),
                ("log", "log", "Log"),
                ("shortcuts", "keyboard", "Shortcuts (?)"),
                ("about", "info", "About Inspector"),
            )
        ]
        made = pane(row(self._device, None, *tools, margins=(14, 0, 12, 0), spacing=8), ground="window")
        made.setFixedHeight(44)
        return made


class _Picture(QLabel):
    """An icon that follows the theme."""

    def __init__(self, icon_name: str, size_px: int, token: str) -> None:
        super().__init__()
        self._facts = (icon_name, size_px, token)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        follow_theme(self, self._draw)
        self._draw()

    def _draw(self) -> None:
        icon_name, size_px, token = self._facts
        self.setPixmap(pixmap(icon_name, size_px=size_px, token=token))
