"""Banners under the page header: one line, of an error two, a kind, at most one button.

At most two are shown, errors before warnings before information and the newest first; further ones wait.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import button, column, follow_theme, icon_button, row
from inspector.ui.widgets.wrapped_label import WrappedLabel

HEIGHT_PX, LINE_PX = 36, 17  # of one line, and of another
SHOWN = 2
LINES = {"bad": 2}  # what helps stands at the end of an error's sentence
ICONS = {"info": ("info", "accent"), "warn": ("warning", "warn"), "bad": ("error", "bad")}
KINDS = ("bad", "warn", "info")  # the gravest first


@dataclass
class Note:
    """What a banner says. `key` names what it is about: a later note of the same key takes its place."""

    text: str
    kind: str = "info"
    action: str = ""
    on_action: Callable[[], object] | None = None
    key: str = ""
    times: int = 1


class BannerStack(QWidget):
    """The notes that are not closed yet, the oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Note] = []
        self._layout = column(spacing=0)
        self.setLayout(self._layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        follow_theme(self, self._draw)
        self._draw()

    def add(self, note: Note) -> None:
        """Show a note; one that is there already counts up, one of the same key is replaced."""
        same = next((n for n in self.notes if (n.text, n.kind) == (note.text, note.kind)), None)
        if same is not None:
            note = replace(note, times=same.times + 1)
        self.notes = [n for n in self.notes if n is not same and (not note.key or n.key != note.key)]
        self.notes.append(note)
        self._draw()

    def remove(self, note: Note) -> None:
        """Close a note."""
        self.notes = [n for n in self.notes if n is not note]
        self._draw()

    def remove_passing(self) -> None:
        """Close what was only of interest where it was said: information that is about nothing in particular."""
        self.notes = [n for n in self.notes if n.kind != "info" or n.key]
        self._draw()

    def remove_key(self, key: str) -> None:
        """Close what is no longer true."""
        if any(note.key == key for note in self.notes):
            self.notes = [n for n in self.notes if n.key != key]
            self._draw()

    def _draw(self) -> None:
        while self._layout.count():
            widget = self._layout.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        newest_first = reversed(self.notes)
        for note in sorted(newest_first, key=lambda note: KINDS.index(note.kind))[:SHOWN]:
            banner = self._banner(note)
            self._layout.addWidget(banner)
            banner.show()
        self._fit()
        self.setVisible(bool(self.notes))

    def _fit(self) -> None:
        shown = [self._layout.itemAt(at).widget() for at in range(self._layout.count())]
        self.setFixedHeight(sum(banner.maximumHeight() for banner in shown))

    def _banner(self, note: Note) -> QFrame:
        made = QFrame()
        made.setProperty("banner", note.kind)
        picture = QLabel()
        icon_name, token = ICONS[note.kind]
        picture.setPixmap(pixmap(icon_name, size_px=16, token=token))
        words = note.text if note.times == 1 else f"{note.text} ({note.times} times)"
        text = WrappedLabel(words, most_lines=LINES.get(note.kind, 1))

        def fit() -> None:
            made.setFixedHeight(HEIGHT_PX + (text.lines - 1) * LINE_PX)
            self._fit()

        fit()
        text.lines_changed.connect(fit)
        made.setAccessibleName(note.text)
        layout = row(picture, text, margins=(16, 0, 8, 0))
        layout.setStretchFactor(text, 1)
        if note.action:
            layout.addWidget(button(note.action, lambda: self._act(note), small=True))
        layout.addWidget(icon_button("close", "Close this message", lambda: self.remove(note), kind="small-icon"))
        made.setLayout(layout)
        return made

    def _act(self, note: Note) -> None:
        self.remove(note)
        if note.on_action is not None:
            note.on_action()
