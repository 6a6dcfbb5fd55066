"""The page on which images get their labels: from the queue, in the grid, off the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from inspector.project import Change
from inspector.ui.background.jobs import JobQueue
from inspector.ui.pages.label.label_words import estimate_sentence, state_sentence
from inspector.ui.pages.label.labels_menu import LabelsMenu
from inspector.ui.pages.label.queue_feed import QueueFeed
from inspector.ui.pages.label.queue_mode import QueueMode
from inspector.ui.pages.label.queue_place import QueuePlace
from inspector.ui.pages.label.suggestion_panel import SuggestionPanel
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import Segmented, button, set_enabled
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea
from inspector.ui.wording import count
from models.errors import KnownError

MODES = (("queue", "Queue"), ("grid", "Grid"), ("map", "Map"))
SIMILAR = 60
KEYS_MOVE = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
AHEAD_LOOKED_AT = 10  # images that come next, for the word on the rarest class


class LabelPage(Page):
    """Queue, grid and map of the same images; each labels through `label_ids`."""

    key = "label"
    title = "Label"
    icon_name = "label"

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self.feed = QueueFeed(session, shell.guesses, self)
        self.queue_mode = QueueMode(session, jobs, thumbnails, shell)
        self.queue_place = QueuePlace(session, self.feed, self.queue_mode, shell)
        self._modes: dict[str, QWidget] = {"queue": self.queue_place}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.queue_place)
        self.middle.addWidget(self._stack)
        self.suggestion = SuggestionPanel(session, thumbnails)
        self._fill_panel()
        self.mode = Segmented(MODES, name="Way of labelling")
        self.labels_menu = LabelsMenu(session, shell)
        self._train = button("Train now", lambda: shell.go_to("train"), icon_name="train")
        for widget in (self.mode, self.labels_menu.button, self._train):
            self.add_header_widget(widget)
        self._connect()

    # What others ask

    @property
    def current_image_id(self) -> int | None:
        """The image that the queue shows."""
        return self.feed.queue.current_id

    @property
    def foot_px(self) -> int:
        """The class keys and what is below them."""
        keys = self._shown_keys()
        return self.height() - keys.mapTo(self, keys.rect().topLeft()).y() if keys.isVisible() else 0

    def label_current(self, class_name: str) -> None:
        """Label the image that the queue shows, and go on."""
        image_id = self.current_image_id
        if image_id is None or self._label([image_id], class_name) is None:
            return
        self.queue_mode.hints.show_last(image_id)
        if self.current_image_id == image_id:  # it had this label before
            self.feed.advance()

    def label_ids(self, image_ids: Sequence[int], class_name: str | None) -> None:
        """Label images as one step, or take their labels away."""
        change = self._label(image_ids, class_name) if image_ids else None
        if change is not None and len(image_ids) > 1:
            done = "Removed" if class_name is None else "Labelled"
            as_class = "the labels of " if class_name is None else ""
            tail = "" if class_name is None else f" as {class_name}"
            text = f"{done} {as_class}{count(len(image_ids), 'image')}{tail}"
            self.shell.toast(text, can_undo=bool(change.labels))

    def show_similar(self, image_id: int | None) -> None:
        """Show the images most like one in the grid."""
        basis = self.session.basis
        if image_id is None or basis is None:
            return
        name = self.session.image(image_id).path.name
        self._show_in_grid([image_id, *basis.similar(image_id, SIMILAR)], f"Most like {name}, the nearest first")

    def set_mode(self, mode: str) -> None:
        """Label in 'queue', 'grid' or 'map'."""
        shown = self._mode(mode)
        self.mode.choose(mode)
        for made in self._modes.values():  # the others hold no window open
            policy = QSizePolicy.Policy.Preferred if made is shown else QSizePolicy.Policy.Ignored
            made.setSizePolicy(policy, policy)
        self._stack.setCurrentWidget(shown)
        self.offer_panel(mode == "queue")
        self._show_sentence()
        self._focus()

    # The page's life

    def open_with(self, payload: object) -> None:
        """Show an image (its id) in the queue, or several in the grid."""
        if isinstance(payload, int):
            self.set_mode("queue")
            self.feed.go_to(payload)
        elif isinstance(payload, (list, tuple)):
            self._show_in_grid(list(payload), f"{count(len(payload), 'image')} from another page")

    def on_first_shown(self) -> None:
        """Fill the queue."""
        self.feed.start()
        self._show_state()

    def on_shown(self) -> None:
        """Take the keyboard."""
        self._focus()

    def on_changed(self, change: Change) -> None:
        """Follow what changed, here or elsewhere."""
        self.feed.follow(change)
        for name in ("grid", "map"):
            if name in self._modes:
                self._modes[name].refresh(change)  # type: ignore[attr-defined]
        self._show_state()

    def toggle_panel(self) -> None:
        """The grid and the map have none of their own."""
        if self.mode.key == "queue":
            super().toggle_panel()

    def toggle_heat(self) -> None:
        """The queue shows one image; the grid and the map show none at its size."""
        if self.mode.key == "queue":
            self.queue_mode.well.heat.toggle()

    def _connect(self) -> None:
        self.mode.chosen.connect(self.set_mode)
        self.feed.moved.connect(self._on_moved)
        self.session.guesses_changed.connect(self._on_guesses_changed)
        self.shell.forecasting.changed.connect(self._show_forecast)
        self.jobs.changed.connect(self._show_forecast)
        self.queue_mode.class_chosen.connect(self.label_current)
        self.queue_mode.class_named.connect(self._on_named_in_queue)
        self.queue_mode.image_requested.connect(self.feed.go_to)
        self.queue_mode.set_commands(self._queue_commands())
        self.queue_mode.class_keys.installEventFilter(self)
        panel = self.suggestion
        panel.guess.accepted.connect(self._on_accept)
        panel.why.image_requested.connect(self.feed.go_to)
        panel.why.group_requested.connect(self._on_group)
        panel.why.similar_requested.connect(lambda: self.show_similar(self.current_image_id))
        panel.why.heat_requested.connect(lambda: self.queue_mode.well.heat.set_on(True))
        panel.counts.rarest_requested.connect(self._on_rarest)

    def _queue_commands(self) -> dict[str, Callable[[], object]]:
        return {
            "skip": self.feed.skip,
            "back": self.feed.back,
            "accept": self._on_accept,
            "similar": lambda: self.show_similar(self.current_image_id),
            "pixels": self.queue_mode.well.toggle_pixels,
            "new": self.queue_mode.class_keys.ask_for_name,
            "remove": self._on_remove,
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow where the class keys are: they grow by a row with a new class, and each mode has its own."""
        if event.type() in KEYS_MOVE and watched is self._shown_keys():
            self.foot_moved.emit()
        return super().eventFilter(watched, event)

    def _shown_keys(self) -> QWidget:
        shown = self._stack.currentWidget()
        mode = self.queue_mode if shown is self.queue_place else shown
        return mode.class_keys  # type: ignore[attr-defined]

    def _fill_panel(self) -> None:
        scrolled = VerticalScrollArea(self.suggestion)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.suggestion.setProperty("pane", "window")
        self.add_scrolling_panel(scrolled)

    def _mode(self, name: str) -> QWidget:
        """A mode, made on its first use: the queue shall be there at once."""
        if name not in self._modes:
            made = self._made_grid() if name == "grid" else self._made_map()
            self._modes[name] = made
            self._stack.addWidget(made)
        return self._modes[name]

    def _made_grid(self) -> QWidget:
        from inspector.ui.pages.label.grid_mode import GridMode

        made = GridMode(self.session, self.thumbnails, self.shell, lambda: self.feed.queue.shown_or_waiting_ids)
        self._connect_many(made)
        made.image_activated.connect(self.open_with)
        made.set_commands(
            {
                "similar": lambda: self.show_similar(made.gallery.current_id()),
                "new": made.class_keys.ask_for_name,
                "remove": lambda: self.label_ids(made.selected_ids, None),
            }
        )
        made.refresh()
        return made

    def _made_map(self) -> QWidget:
        from inspector.ui.pages.label.map_mode import MapMode

        made = MapMode(self.session, self.thumbnails, self.shell)
        self._connect_many(made)
        made.image_activated.connect(self.open_with)
        made.set_commands(
            {"accept": made.label_as_shown, "new": made.class_keys.ask_for_name, "lasso": made.choose_lasso}
        )
        return made

    def _connect_many(self, made: QWidget) -> None:
        """A mode that labels many images at once, by a class or by a name that may be new."""
        for signal in (made.class_chosen, made.class_named):  # type: ignore[attr-defined]
            signal.connect(lambda name: self._on_class_for_many(made, name))
        made.class_keys.installEventFilter(self)  # type: ignore[attr-defined]

    def _on_class_for_many(self, mode: QWidget, class_name: str) -> None:
        selected = mode.selected_ids  # type: ignore[attr-defined]
        if selected:
            self.label_ids(selected, class_name)
            if self.mode.key == "map":
                mode.clear()  # type: ignore[attr-defined]
        else:
            self._add_class(class_name)

    def _show_in_grid(self, image_ids: Sequence[int], caption: str) -> None:
        self.set_mode("grid")
        self._modes["grid"].show_images(image_ids, caption)  # type: ignore[attr-defined]

    def _label(self, image_ids: Sequence[int], class_name: str | None) -> Change | None:
        """What was changed; None if it could not be done, and the reason is shown."""
        try:
            return self.session.label(image_ids, class_name)
        except KnownError as error:
            self.shell.show_error(error)
            return None

    def _add_class(self, class_name: str) -> None:
        if any(record.name == class_name for record in self.session.classes):
            return
        try:
            self.session.apply(self.session.project.add_class(class_name))
        except KnownError as error:
            self.shell.show_error(error)

    def _on_named_in_queue(self, class_name: str) -> None:
        if self.current_image_id is None:
            self._add_class(class_name)
        else:
            self.label_current(class_name)

    def _on_accept(self) -> None:
        image_id = self.current_image_id
        guesses = [] if image_id is None else self.session.guess_of(image_id)
        if guesses:
            self.label_current(guesses[0][0])

    def _on_remove(self) -> None:
        image_id = self.current_image_id
        if image_id is not None and image_id in self.session.labels and self._label([image_id], None) is not None:
            self.queue_mode.hints.show_last(None)

    def _on_group(self) -> None:
        current = self.feed.queue.current
        if current is not None:
            self._show_in_grid(current.group, f"The group that {self._name(current.image_id)} stands for")

    def _on_rarest(self, class_name: str) -> None:
        guesses = self.session.guesses
        if guesses is None or class_name not in guesses.classes:
            return
        index, confidence = guesses.best()
        wanted = index == list(guesses.classes).index(class_name)
        surest = sorted(zip(-confidence[wanted], guesses.image_ids[wanted].tolist(), strict=True))
        ids = [image_id for _, image_id in surest if image_id not in self.session.labels][:SIMILAR]
        self._show_in_grid(ids, f"Guessed {class_name}, the surest first")

    def _on_moved(self) -> None:
        self.queue_place.refresh()
        self._show_suggestion()

    def _on_guesses_changed(self) -> None:
        self.queue_mode.show_guess(self.current_image_id)
        self._show_suggestion()
        self._show_sentence()
        self._show_forecast()

    def _show_forecast(self) -> None:
        """Have a forecast made where it is due, while somebody looks; show the newest."""
        if self.isVisible():
            self.shell.forecasting.refresh()
        self.suggestion.guess.show_forecast(self.shell.forecasting.sentence)

    def _show_suggestion(self) -> None:
        queue = self.feed.queue
        self.suggestion.show_image(queue.current)
        ahead = [self.session.guess_of(image_id) for image_id in queue.waiting_ids[:AHEAD_LOOKED_AT]]
        self.suggestion.counts.show_counts([guesses[0][0] for guesses in ahead if guesses])

    def _show_state(self) -> None:
        self._show_sentence()
        classes = sum(1 for labels in self.session.label_counts().values() if labels)
        missing = f"Label at least two classes first: {classes} of 2 so far" if classes < 2 else ""
        set_enabled(self._train, missing)
        set_enabled(self.mode, "" if self.session.images else "Add images first")
        self._show_forecast()

    def _show_sentence(self) -> None:
        """The state; beside the queue how far guesses can be trusted stands in the panel."""
        parts = [state_sentence(len(self.session.labels), len(self.session.images))]
        if self.mode.key != "queue" and self.session.guesses is not None:
            parts.append(estimate_sentence(self.session.guesses.estimate))
        self.set_sentence(" · ".join(parts))

    def _name(self, image_id: int) -> str:
        return self.session.image(image_id).path.name

    def _focus(self) -> None:
        shown = self._stack.currentWidget()
        if self.isVisible() and shown is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
