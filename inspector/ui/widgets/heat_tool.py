"""The switch of the heat map over an image, and the line that says what the map shows, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from inspector.jobs.evaluation.heat_maps import HeatMaps
from inspector.project import Change
from inspector.ui.background.newest_answer import NewestAnswer
from inspector.ui.pictures.heat_loading import SHOWN_FROM, HeatLayer, HeatReader
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import ElidedLabel, follow_theme, icon_button, label, row
from inspector.ui.widgets.heat_overlay import HeatOverlay, heat_colour
from inspector.ui.widgets.image_view import ImageView

COMPUTING = "Computing the map…"
NAME = "Heat map (H)"
KEY_PX = QSize(40, 8)
FAINTEST = 0.25  # opacity at its cool end


class HeatTool(QObject):
    """Follows the image that a view shows: while it is on, the view gets the map of each.

    `button` switches it; `caption` belongs near the image, and shows while it is on. `toggled` carries whether it is.

    Args:
        kind: of the button, as `icon_button` takes it.
        wraps: whether the caption takes as many lines as it needs; otherwise it is one that is cut.
    """

    toggled = Signal(bool)

    def __init__(self, view: ImageView, *, kind: str = "flat-icon", wraps: bool = False) -> None:
        super().__init__(view)
        self._view = view
        self._path: Path | None = None
        self._layer: HeatLayer | None = None  # of that image
        self._session: Session | None = None
        self._source: object = None
        self._reader: HeatReader | None = None
        self._answer = NewestAnswer(self)
        self._answer.answered.connect(self._on_layer)
        self._answer.failed.connect(self._say)
        self.button = icon_button("heat", NAME, kind=kind, checkable=True)
        self.button.toggled.connect(self._on_toggled)
        self.caption = HeatCaption(wraps=wraps)
        view.file_changed.connect(self._on_file_changed)

    @property
    def is_on(self) -> bool:
        """Whether maps are shown."""
        return self.button.isChecked()

    def set_on(self, is_on: bool) -> None:
        """Show maps, or do not."""
        self.button.setChecked(is_on)

    def toggle(self) -> None:
        """What the key H does."""
        self.button.toggle()

    def read_from(self, read: Callable[[], HeatMaps]) -> None:
        """Where maps come from, from now on; `read` is called in another thread, once they are wanted."""
        self._reader = HeatReader(read)
        self._begin()

    def follow_project(self, session: Session) -> None:
        """Take the maps of the project's newest model, and others once there is a newer one."""
        self._session = session
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(Change(runs=True))

    def _on_session_changed(self, change: Change) -> None:
        assert self._session is not None
        newest = tuple(run.id for kind in ("train", "pretrain") for run in self._session.finished_runs(kind)[:1])
        if change.runs and newest != self._source:
            self._source = newest
            self.read_from(partial(HeatMaps.of_project, self._session.project))

    def _on_file_changed(self, path: Path | None) -> None:
        self._path = path
        self._begin()

    def _on_toggled(self, is_on: bool) -> None:
        self._show()
        self.toggled.emit(is_on)

    def _begin(self) -> None:
        """The image or the model is another: what was made is of no use."""
        self._layer = None
        self._show()

    def _show(self) -> None:
        self._answer.forget()
        self._view.set_overlay(None)
        self._say("")
        if not self.is_on or self._path is None or self._reader is None:
            return
        if self._layer is not None:
            self._on_layer(self._layer)
        else:
            self._say(COMPUTING)
            self._answer.ask(partial(self._reader.layer, self._path))

    def _on_layer(self, layer: HeatLayer) -> None:
        self._layer = layer
        self._view.set_overlay(HeatOverlay(layer))
        source = f"{layer.source[:1].upper()}{layer.source[1:]}"
        self._say(f"{source}: nothing stands out" if layer.is_empty else source, has_key=not layer.is_empty)

    def _say(self, text: str, *, has_key: bool = False) -> None:
        self.caption.say(text, has_key=has_key)
        self.button.setAccessibleDescription(text)


class HeatCaption(QWidget):
    """A line of text behind the colours from cool to hot; not there while it says nothing."""

    def __init__(self, *, wraps: bool) -> None:
        super().__init__()
        self._key = _HeatKey()
        self._text: QLabel = (
            label(size_px=12, tone="text2", wraps=True) if wraps else ElidedLabel(size_px=12, tone="text2")
        )
        layout = row(self._key, self._text, spacing=6)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.say("")

    @property
    def text(self) -> str:
        """What it says, in full."""
        return self._text.full_text() if isinstance(self._text, ElidedLabel) else self._text.text()

    def say(self, text: str, *, has_key: bool = False) -> None:
        """Say something; `has_key`: with the colours before it."""
        self._text.setText(text)
        self._key.setVisible(has_key)
        self.setVisible(bool(text))


class _HeatKey(QWidget):
    """The colours of a map, from cool to hot."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(KEY_PX)
        self.setToolTip("From hardly to clearly")
        self.setAccessibleName("Colours from hardly to clearly")
        follow_theme(self, self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it, less faint than on the image."""
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for share in (0.0, 1.0):
            colour = heat_colour(SHOWN_FROM + share * (1 - SHOWN_FROM))
            colour.setAlphaF(FAINTEST + (1 - FAINTEST) * share)
            gradient.setColorAt(share, colour)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("well"))
            painter.fillRect(self.rect(), gradient)
