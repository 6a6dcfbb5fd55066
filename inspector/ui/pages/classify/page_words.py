"""What the Classify page says of its state: sentence, empty state, why a button can't be used. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.ui.pages.classify.classification import Classification
from inspector.ui.wording import age, count

READ_ONLY = "This project is open for reading alone"


@dataclass(frozen=True)
class Situation:
    """What the words follow from.

    `is_running`: the results in view are being made; `is_busy`: those of some folder are, in view or not.
    """

    shown: Classification | None
    rows: int
    is_running: bool
    is_busy: bool
    is_read_only: bool
    has_folder: bool
    has_model: bool
    can_go_on: bool
    is_other: bool

    @property
    def sentence(self) -> str:
        """Beside the page's title."""
        if self.shown is None:
            return ""
        which = f"{self.shown.folder.name} with {self.shown.model_name}"
        if self.is_running:
            return f"Classifying {which}"
        images = count(self.rows, "image")
        if self.shown.state == "finished":
            return f"{images} of {which}"
        return f"Stopped after {images} of {which}; it can go on"

    @property
    def start_text(self) -> str:
        """On the button that starts."""
        return "Go on" if self.can_go_on and not self.is_busy else "Classify"

    @property
    def start_reason(self) -> str:
        """Why nothing can be classified now; empty if it can."""
        if self.is_read_only:
            return READ_ONLY
        if self.is_busy:
            return "A folder is being classified; stop that in the job strip first"
        if not self.has_folder:
            return "Choose a folder first"
        return "" if self.has_model else "Train once first, or choose a model file"

    @property
    def save_reason(self) -> str:
        """Why no CSV can be saved now; empty if it can."""
        if self.is_running:
            return "Wait until all images are classified, or stop"
        return "" if self.rows else "There are no results yet"

    @property
    def primary(self) -> str:
        """The one next step: 'train' first, 'choose', 'start', 'save' or '' while a job runs."""
        if self.is_busy:
            return ""
        if not self.has_model and not self.rows:
            return "train"
        if self.shown is not None and self.shown.state == "finished" and not self.is_other:
            return "save"
        return "start" if not self.start_reason else "choose"


def review_reason(*, is_read_only: bool, is_running: bool, is_importing: bool) -> str:
    """Why nothing can be reviewed now; empty if it can."""
    if is_read_only:
        return READ_ONLY
    if is_importing:
        return "The folder is being added to the project"
    return "Wait until all images are classified, or stop" if is_running else ""


def earlier_text(known: Classification, *, is_made: bool = False) -> str:
    """'line2 · run 6 · 12,480 images · 3 h ago', for the list of earlier results; `is_made`: they come just now."""
    if is_made:
        return f"{known.folder.name} · {known.model_name} · being classified"
    parts = [known.folder.name, known.model_name]
    parts += [count(known.images, "image")] if known.images else []
    parts += [age(known.started)] if known.started else []
    return " · ".join(parts + ([] if known.state == "finished" else ["stopped"]))
