"""The panel beside the image: why it is suggested, what the model guesses, how many labels there are."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from inspector.jobs.labelling.basis import Suggested
from inspector.ui.pages.label.class_bars import ClassBars, ClassRow
from inspector.ui.pages.label.label_words import READ_ONLY, estimate_sentence, no_guess, nudge, rarest, why
from inspector.ui.pages.page import PANEL_MARGIN_PX
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import button, column, keep_icon, label, line, row, set_enabled
from inspector.ui.widgets.elided_button import ElidedButton
from inspector.ui.widgets.thumbnail_strip import ThumbnailStrip
from inspector.ui.wording import per_cent

GROUP_SHOWN, GROUP_COLUMNS = 8, 4
TOP = 3
ENTER_PX = 18
NOT_PREPARED = "Suggestions are not prepared yet"


class WhyPanel(QWidget):
    """The reason, eight of the group or where it is unusual, and what can be done with it."""

    group_requested = Signal()
    heat_requested = Signal()
    similar_requested = Signal()
    image_requested = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session = session
        self._reason = label(wraps=True)
        self._group = ThumbnailStrip(session, thumbnails, columns=GROUP_COLUMNS)
        self._group.setAccessibleName("Images of its group")
        self._group.clicked_id.connect(self.image_requested)
        self._label_group = _by_tab(button("Label group…", self.group_requested.emit, small=True))
        self._similar = _by_tab(button("Find similar", self.similar_requested.emit, tooltip="S", small=True))
        self._where = _by_tab(button("Show where", self.heat_requested.emit, icon_name="heat", tooltip="H", small=True))
        buttons = row(self._label_group, self._where, self._similar, None)
        self.setLayout(column(label("Why this image", semibold=True), self._reason, self._group, buttons))

    @property
    def reason_text(self) -> str:
        """The reason that is shown."""
        return self._reason.text()

    @property
    def where_button(self) -> QPushButton:
        """Shows where an unusual image is unusual."""
        return self._where

    def show_suggestion(self, suggested: Suggested | None) -> None:
        """Say why an image is shown; None: there is none."""
        group = () if suggested is None else suggested.group[1 : 1 + GROUP_SHOWN]
        is_prepared = self._session.basis is not None
        self._reason.setText("" if suggested is None else why(suggested, has_suggestions=is_prepared))
        self._group.set_ids(group)
        self._group.setVisible(bool(group))
        is_unusual = suggested is not None and suggested.kind == "unusual"
        self._label_group.setVisible(not is_unusual)
        self._where.setVisible(is_unusual)
        unprepared = "" if is_prepared else NOT_PREPARED
        nothing = "" if suggested is not None else "There is no image to start from"
        set_enabled(self._similar, unprepared or nothing)
        set_enabled(self._label_group, unprepared or nothing or ("" if group else "It is not suggested for a group"))


class GuessPanel(QWidget):
    """The likeliest three classes, shown as what they are, and Accept."""

    accepted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._bars = ClassBars(session, are_guesses=True)
        self._nothing = label(tone="text3", wraps=True)
        self._accept = ElidedButton("Accept")
        _by_tab(self._accept).setProperty("kind", "primary")
        keep_icon(self._accept, "check")
        self._accept.clicked.connect(lambda: self.accepted.emit())
        self._enter = label("↵", size_px=11)
        self._enter.setToolTip("Enter accepts the guess")
        self._enter.setAccessibleName("Enter")
        self._enter.setProperty("key", "true")
        self._enter.setFixedHeight(ENTER_PX)
        self._estimate = label(size_px=12, tone="text3", wraps=True)
        self.forecast = label(size_px=12, tone="text3", wraps=True)
        self._caption = label("The model's guess", semibold=True)
        caption = row(self._caption, None, label("not a label yet", size_px=12, tone="text3"))
        buttons = row(self._accept, self._enter, None)
        self.setLayout(column(caption, self._bars, self._nothing, buttons, self._estimate, self.forecast))

    @property
    def accept_button(self) -> QPushButton:
        """Labels the image as it is guessed."""
        return self._accept

    @property
    def why_nothing(self) -> str:
        """Why there is no guess; empty if there is one."""
        return "" if self._nothing.isHidden() else self._nothing.text()

    def show_guess(self, image_id: int | None) -> None:
        """The guess of an image, if there is one."""
        guesses = [] if image_id is None else self._session.guess_of(image_id)[:TOP]
        self._bars.set_rows([ClassRow(name, value, per_cent(value)) for name, value in guesses])
        self._nothing.setText(self._no_guess())
        self._nothing.setVisible(not guesses)
        self._accept.setVisible(bool(guesses))
        self._enter.setVisible(bool(guesses))
        self._estimate.setVisible(self._session.guesses is not None)
        if guesses:
            self._accept.setText(f"Accept {guesses[0][0]}")
            set_enabled(self._accept, READ_ONLY if self._session.read_only else "")
        if self._session.guesses is not None:
            source = self._session.guesses.source
            self._caption.setText(f"The guess of {source}" if source else "The model's guess")
            self._estimate.setText(estimate_sentence(self._session.guesses.estimate))

    def _no_guess(self) -> str:
        classes = sum(1 for labels in self._session.label_counts().values() if labels)
        return no_guess(
            classes, is_prepared=self._session.basis is not None, is_guessing=self._session.guesses is not None
        )

    def show_forecast(self, sentence: str) -> None:
        """Say how far more labels would help; nothing as long as nothing can be guessed."""
        self.forecast.setText(sentence)
        self.forecast.setVisible(bool(sentence) and self._session.guesses is not None)


class CountsPanel(QWidget):
    """Labels by class, the fewest first, and a word on the rarest.

    `rarest_requested` carries a class of which images are wanted.
    """

    rarest_requested = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._bars = ClassBars(session, are_guesses=False)
        self._total = label(tone="text2")
        self._nudge = label(size_px=12, tone="warn", wraps=True)
        self._show = _by_tab(button("Show images like it", self._on_show, kind="link", small=True))
        head = row(label("Labels so far", semibold=True), None, self._total)
        self.setLayout(column(head, self._bars, self._nudge, row(self._show, None, spacing=0)))

    @property
    def rows(self) -> tuple[ClassRow, ...]:
        """What is shown of each class."""
        return self._bars.rows

    def show_counts(self, guesses_ahead: list[str]) -> None:
        """Show the labels as they are, beside what the images that come next are guessed to be."""
        counts = self._session.label_counts()
        most = max(counts.values(), default=0)
        ordered = sorted(counts.items(), key=lambda item: item[1])
        self._bars.set_rows(
            [ClassRow(name, labels / max(most, 1), f"{labels:,}", i == 0) for i, (name, labels) in enumerate(ordered)]
        )
        self._total.setText(f"{sum(counts.values()):,}")
        text, name = nudge(counts, guesses_ahead), rarest(counts)
        self._nudge.setText(text)
        self._nudge.setVisible(bool(text))
        guessed = self._session.guesses is not None and name in self._session.guesses.classes
        self._show.setVisible(name is not None and guessed)

    def _on_show(self) -> None:
        name = rarest(self._session.label_counts())
        if name is not None:
            self.rarest_requested.emit(name)


class SuggestionPanel(QWidget):
    """The three, one below the other."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.why, self.guess, self.counts = WhyPanel(session, thumbnails), GuessPanel(session), CountsPanel(session)
        for part in (self.why, self.guess, self.counts):
            part.layout().setContentsMargins(0, 0, 0, 0)
        self._of_image = QWidget()
        self._of_image.setLayout(column(self.why, 4, line(), 4, self.guess, 4, line(), 4, spacing=4))
        self.setLayout(column(self._of_image, self.counts, None, margins=(0, 0, PANEL_MARGIN_PX, 0), spacing=4))

    def show_image(self, suggested: Suggested | None) -> None:
        """What concerns one image; None: there is none, and the labels stand alone."""
        self._of_image.setVisible(suggested is not None)
        self.why.show_suggestion(suggested)
        self.guess.show_guess(None if suggested is None else suggested.image_id)


def _by_tab(made: QPushButton) -> QPushButton:
    """A click leaves the keys to the page; Tab reaches it."""
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
