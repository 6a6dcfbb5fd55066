"""Buttons, labels and lines as LOOK draws them, each made in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from inspector.ui.icons import icon
from inspector.ui.theme import font, theme

ICON_PX, ICON_GAP_PX = 16, 4
ICON_TOKENS = {"primary": "on-accent", "link": "accent"}  # by the kind of a push button; 'text' for all others


def button(
    text: str,
    on_clicked: Callable[[], object] | None = None,
    *,
    kind: str = "",
    icon_name: str = "",
    tooltip: str = "",
    small: bool = False,
) -> QPushButton:
    """A push button of `kind` '' (outlined), 'primary', 'link' or 'flat'."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if small:
        made.setProperty("small", True)
    made.setAutoDefault(False)
    made.setToolTip(tooltip)
    if icon_name:
        keep_icon(made, icon_name)
    if on_clicked is not None:
        made.clicked.connect(lambda: on_clicked())
    return made


def set_kind(widget: QPushButton, kind: str) -> None:
    """Give a button that is already shown another kind: its fill, and the colour of its icon."""
    if widget.property("kind") != kind:
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        if hasattr(widget, "_draw_icon"):
            widget._draw_icon()


def icon_button(
    icon_name: str,
    name: str,
    on_clicked: Callable[[], object] | None = None,
    *,
    kind: str = "flat-icon",
    checkable: bool = False,
    size_px: int = ICON_PX,
) -> QToolButton:
    """A button of an icon alone, of `kind` 'flat-icon', 'icon' (outlined) or 'small-icon'; `name` is its tooltip."""
    made = QToolButton()
    made.setProperty("kind", kind)
    made.setCheckable(checkable)
    made.setToolTip(name)
    made.setAccessibleName(name)
    keep_icon(made, icon_name, token="text2", on_token="accent" if checkable else None, size_px=size_px)
    if on_clicked is not None:
        made.clicked.connect(lambda: on_clicked())
    return made


def keep_icon(
    widget: QAbstractButton,
    icon_name: str,
    *,
    token: str | None = None,
    on_token: str | None = None,
    size_px: int = ICON_PX,
) -> None:
    """Give a button an icon that follows the theme, in place of the one it had.

    It has the colour of a token; None: the one of the button's kind.
    """
    is_alone = isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    gap_px = 0 if is_alone else ICON_GAP_PX
    widget.setIconSize(QSize(size_px + gap_px, size_px))

    def draw() -> None:
        wanted = token or ICON_TOKENS.get(widget.property("kind"), "text")
        widget.setIcon(icon(icon_name, size_px=size_px, token=wanted, on_token=on_token, gap_px=gap_px))

    if not hasattr(widget, "_draw_icon"):
        follow_theme(widget, lambda: widget._draw_icon())  # type: ignore[attr-defined]
    widget._draw_icon = draw  # type: ignore[attr-defined]
    draw()


def follow_theme(widget: QWidget, on_theme_changed: Callable[[], object]) -> None:
    """Call it whenever the theme changes, as long as the widget lives."""
    theme.changed.connect(_ThemeFollower(widget, on_theme_changed).on_changed)


class _ThemeFollower(QObject):
    """Lives and dies with its widget, and its connection with it."""

    def __init__(self, widget: QWidget, call: Callable[[], object]) -> None:
        super().__init__(widget)
        self._call = call

    def on_changed(self) -> None:
        self._call()


def set_enabled(widget: QWidget, reason: str = "") -> None:
    """Enable a control, or disable it and say why: an empty reason means that it can be used."""
    if not hasattr(widget, "_enabled_tooltip"):
        widget._enabled_tooltip = widget.toolTip()  # type: ignore[attr-defined]
    widget.setEnabled(not reason)
    widget.setToolTip(reason or widget._enabled_tooltip)  # type: ignore[attr-defined]
    widget.setAccessibleDescription(reason)


def label(
    text: str = "",
    *,
    size_px: int = 13,
    semibold: bool = False,
    tone: str = "",
    wraps: bool = False,
    selectable: bool = False,
) -> QLabel:
    """A text of LOOK's scale; `tone` is '', 'text2', 'text3', 'accent', 'ok', 'warn' or 'bad'. Never rich text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(size_px, semibold=semibold))
    made.setWordWrap(wraps)
    if tone:
        made.setProperty("tone", tone)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if wraps:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def set_tone(widget: QLabel, tone: str) -> None:
    """Give a label that is already shown another tone."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis where the room ends: at the right, or in the middle for file names."""

    def __init__(
        self, text: str = "", *, size_px: int = 13, semibold: bool = False, tone: str = "", middle: bool = False
    ) -> None:
        super().__init__()
        self._full = ""
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(size_px, semibold=semibold))
        if tone:
            self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def full_text(self) -> str:
        """The text without ellipsis."""
        return self._full

    def setText(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Show a text, as much of it as fits."""
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """Fit the text again."""
        self._elide()
        super().resizeEvent(event)  # type: ignore[arg-type]

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as an ellipsis."""
        return QSize(16, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._mode, self.contentsRect().width())
        self._show(shown, is_whole=shown == self._full)

    def _show(self, shown: str, *, is_whole: bool) -> None:
        super().setText(shown)
        self.setToolTip("" if is_whole else self._full)


class Segmented(QWidget):
    """A choice of few, side by side: `chosen` carries the key of the segment that a user pressed."""

    chosen = Signal(str)

    def __init__(self, segments: Sequence[tuple[str, str]], *, name: str, small: bool = False) -> None:
        """`segments` are (key, text); `name` says what is chosen, for screen readers."""
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = row(spacing=0)
        self.setLayout(layout)
        for position, (key, text) in enumerate(segments):
            made = QToolButton()
            made.setText(text)
            made.setCheckable(True)
            made.setAccessibleName(f"{name}: {text}")
            made.setProperty("seg", _segment_place(position, len(segments)))
            if small:
                made.setProperty("small", True)
            made.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(made)
            self._buttons[key] = made
            layout.addWidget(made)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.choose(segments[0][0])

    @property
    def key(self) -> str:
        """The key of what is chosen."""
        return next(key for key, made in self._buttons.items() if made.isChecked())

    def choose(self, key: str) -> None:
        """Choose without a signal."""
        self._buttons[key].setChecked(True)

    def segment(self, key: str) -> QToolButton:
        """The button of a segment."""
        return self._buttons[key]


def _segment_place(position: int, total: int) -> str:
    if total == 1:
        return "only"
    return "first" if position == 0 else "last" if position == total - 1 else "middle"


def line(*, vertical: bool = False) -> QFrame:
    """A line of one pixel between panes."""
    made = QFrame()
    made.setProperty("line", "vertical" if vertical else "horizontal")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def row(
    *items: QWidget | QLayout | int | None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QHBoxLayout:
    """A horizontal layout of widgets, layouts, gaps (px) and stretches (None)."""
    return _filled(QHBoxLayout(), items, margins, spacing)


def column(
    *items: QWidget | QLayout | int | None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QVBoxLayout:
    """A vertical layout of widgets, layouts, gaps (px) and stretches (None)."""
    return _filled(QVBoxLayout(), items, margins, spacing)


def pane(layout: QLayout, *, ground: str = "surface") -> QFrame:
    """A pane around a layout, on the ground 'window', 'side', 'surface' or 'well'."""
    made = QFrame()
    made.setProperty("pane", ground)
    made.setLayout(layout)
    return made


def _filled(
    layout: QBoxLayout,
    items: Sequence[QWidget | QLayout | int | None],
    margins: tuple[int, int, int, int],
    spacing: int,
) -> Any:
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)
    return layout


def menu_icon(name: str) -> QIcon:
    """An icon for a menu entry."""
    return icon(name, token="text2")
