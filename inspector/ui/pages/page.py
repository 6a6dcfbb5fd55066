"""What all pages have in common: header, banners, middle, and the panel at the right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSplitter, QVBoxLayout, QWidget

from inspector.project import Change
from inspector.ui.background.jobs import JobQueue
from inspector.ui.background.label_forecasting import LabelForecasting
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import ElidedLabel, column, label, line, pane, row, set_kind

HEADER_PX = 52
PANEL_MARGIN_PX = 12
PANEL_PX, WIDE_PANEL_PX, NARROW_PANEL_PX = 288, 360, 272
WIDE_WINDOW_PX, NARROW_WINDOW_PX = 1600, 1200


class Shell(Protocol):
    """What a page may ask of the window around it.

    `side_jobs` are those that compute nothing on the device: none of them waits until a network has learned.
    """

    side_jobs: JobQueue
    guesses: LiveGuesses
    forecasting: LabelForecasting

    def go_to(self, page: str, payload: object = None) -> None:
        """Open a page; it gets the payload by `Page.open_with`."""

    def notify(self, text: str, *, kind: str = "info", action: str = "", on_action: object = None) -> None:
        """A banner of kind 'info', 'warn' or 'bad' under the page header, with at most one button."""

    def toast(self, text: str, *, can_undo: bool = True) -> None:
        """A word on an action on several things, for a few seconds; with Undo where it was a label step."""

    def show_error(self, error: BaseException) -> None:
        """A banner with the sentence of an error that a user can do something about."""

    def undo(self) -> None:
        """Take the latest label step back, as the menu does."""

    def group_images(self) -> None:
        """Let the user say by which part of their paths images are grouped, as the menu does."""

    def prepare(self) -> None:
        """Have features, suggestions and the map made in the background, unless that is under way."""


class Page(QWidget):
    """A page: fill `self.middle` (a vertical layout), and `self.panel` (one too) if it has a panel.

    Subclasses set the class attributes and override what they need of `on_changed`, `open_with`, `on_first_shown`,
    `on_shown` and `on_left`. While a page is hidden changes are collected; it hears of them when it is shown.

    `foot_moved` says that `foot_px` is another.
    """

    foot_moved = Signal()

    key = ""
    title = ""
    icon_name = ""
    has_panel = True
    closes_panel_if_narrow = False

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__()
        self.session, self.jobs, self.thumbnails, self.shell = session, jobs, thumbnails, shell
        self._missed: list[Change] = []
        self._was_shown = False
        self._panel_by_hand: bool | None = None  # open or closed as the user wants it
        self._sentence = ElidedLabel(tone="text2")
        heading = label(self.title, size_px=17, semibold=True)
        self._buttons = row()
        self.header = QFrame()
        self.header.setProperty("pane", "surface")
        self.header.setFixedHeight(HEADER_PX)
        self.header.setLayout(row(heading, 4, self._sentence, self._buttons, margins=(16, 0, 16, 0)))
        self.header.layout().setStretchFactor(self._sentence, 1)
        self.banners = column(spacing=0)
        self.middle: QVBoxLayout = column(spacing=0)
        left = column(self.header, line(), self.banners, spacing=0)
        left.addLayout(self.middle, 1)
        session.changed.connect(self._on_session_changed)
        outer = row(spacing=0)
        self.setLayout(outer)
        self.panel: QVBoxLayout = column(margins=(PANEL_MARGIN_PX,) * 4, spacing=8)
        self._panel_frame = pane(self.panel, ground="window")
        if not self.has_panel:
            outer.addWidget(pane(left))
            return
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(pane(left))
        self._splitter.addWidget(self._panel_frame)
        self._splitter.setStretchFactor(0, 1)
        self._panel_frame.setMinimumWidth(240)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        outer.addWidget(self._splitter)

    @property
    def foot_px(self) -> int:
        """How much of the page's bottom a toast must not cover."""
        return 0

    def set_sentence(self, text: str) -> None:
        """The sentence of state beside the title."""
        self._sentence.setText(text)

    def add_header_widget(self, widget: QWidget) -> None:
        """Put a control at the right of the header, after those that are there."""
        self._buttons.addWidget(widget)

    def add_scrolling_panel(self, widget: QWidget) -> None:
        """Fill the panel with what scrolls: its bar stands at the panel's edge, and it keeps the margin before that."""
        self.panel.setContentsMargins(PANEL_MARGIN_PX, PANEL_MARGIN_PX, 0, PANEL_MARGIN_PX)
        self.panel.addWidget(widget)

    def set_primary(self, chosen: QPushButton | None, *, among: Iterable[QPushButton]) -> None:
        """Fill one of several buttons, or none, and outline the others: at most one primary button a page."""
        for widget in among:
            set_kind(widget, "primary" if widget is chosen else "")

    def toggle_panel(self) -> None:
        """Hide the panel, or show it again."""
        self._panel_by_hand = not self._panel_frame.isVisible()
        self._panel_frame.setVisible(self._panel_by_hand)

    def offer_panel(self, is_of_use: bool) -> None:
        """Show the panel while it has something to say, unless the user has closed it."""
        was_shown = not self._panel_frame.isHidden()
        self._panel_frame.setVisible(is_of_use and self._panel_by_hand is not False)
        if not was_shown:  # a hidden panel forgets its width
            self.place_panel(self.window().width())

    def toggle_heat(self) -> None:
        """Lay the heat map over the image, or take it away, on a page that shows one."""

    def place_panel(self, window_px: int) -> None:
        """Give the panel the width that fits the window, or close it, unless the user has decided otherwise."""
        if not self.has_panel:
            return
        if self.closes_panel_if_narrow and self._panel_by_hand is None:
            self._panel_frame.setVisible(window_px >= NARROW_WINDOW_PX)
        usual = WIDE_PANEL_PX if window_px >= WIDE_WINDOW_PX else PANEL_PX
        usual = NARROW_PANEL_PX if window_px < NARROW_WINDOW_PX else usual
        width = settings.integer(f"panel/{self.key}", usual)
        self._splitter.setSizes([max(1, self._splitter.width() - width), width])

    # For subclasses

    def on_changed(self, change: Change) -> None:
        """Labels, images, classes, runs or splits are others now. Called while the page is visible alone."""

    def open_with(self, payload: object) -> None:
        """The page was opened to show something in particular."""

    def on_first_shown(self) -> None:
        """The page is shown for the first time."""

    def on_shown(self) -> None:
        """The page is shown."""

    def on_left(self) -> None:
        """Another page is shown."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._missed.clear()
            self._order_tabs()
            self.on_first_shown()
        elif self._missed:
            self.on_changed(merged(self._missed))
            self._missed.clear()
        self.on_shown()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        """Tell the page."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self.on_left()

    def _order_tabs(self) -> None:
        """Tab goes as the eye does: header, middle, panel, whatever was made first.

        Not by `nextInFocusChain`: PySide then ties each widget to the next one, and when one of them is deleted, such
        as a class key, it takes viewports all over the window for deleted too.
        """

        def part(widget: QWidget) -> int:
            return 0 if self.header.isAncestorOf(widget) else 2 if self._panel_frame.isAncestorOf(widget) else 1

        reached = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and self.isAncestorOf(widget)
        ]
        for before, after in pairwise(sorted(reached, key=part)):
            QWidget.setTabOrder(before, after)

    def _on_session_changed(self, change: Change) -> None:
        if self.isVisible():
            self.on_changed(change)
        elif self._was_shown:
            self._missed.append(change)

    def _on_splitter_moved(self) -> None:
        settings.set(f"panel/{self.key}", self._splitter.sizes()[1])


def merged(changes: list[Change]) -> Change:
    """Several changes as one."""
    return Change(
        labels=frozenset().union(*(change.labels for change in changes)),
        classes=any(change.classes for change in changes),
        images=any(change.images for change in changes),
        runs=any(change.runs for change in changes),
        splits=any(change.splits for change in changes),
    )
