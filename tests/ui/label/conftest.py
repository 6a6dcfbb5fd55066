"""A basis for the label page that needs no features: images of one folder are alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from label_helpers import shown_page

from inspector.jobs.labelling.basis import Suggested
from inspector.jobs.labelling.guesses import Guesses
from inspector.ui.background.jobs import JobQueue
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.pages.label.label_page import LabelPage
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session


@dataclass
class FolderBasis:
    """Guesses the class of an image by the labels in its folder. While `may_answer` is not set it computes on."""

    image_ids: np.ndarray
    folders: dict[int, str]
    description: str = "texture spectrum"
    encoder_run: int | None = None
    points: np.ndarray | None = None
    unit: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.float32))
    may_answer: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[int, str]] = field(default_factory=list)

    def warm_up(self) -> None:
        pass

    def guess(self, labels: Mapping[int, str]) -> Guesses | None:
        self.asked.append(dict(labels))
        self.may_answer.wait(10)
        classes = sorted(set(labels.values()))
        if len(classes) < 2:
            return None
        of_folder = {self.folders[image_id]: name for image_id, name in labels.items()}
        probabilities = np.full((len(self.image_ids), len(classes)), 0.1, np.float32)
        for row, image_id in enumerate(self.image_ids.tolist()):
            if (name := of_folder.get(self.folders[image_id])) is not None:
                probabilities[row, classes.index(name)] = 0.8
        return Guesses(self.image_ids, classes, probabilities / probabilities.sum(1, keepdims=True))

    def suggest(
        self, labels: Mapping[int, str], *, count: int, skipped: Collection[int] = frozenset()
    ) -> list[Suggested]:
        """The last images first, so that the order is not that of the files."""
        free = [i for i in reversed(self.image_ids.tolist()) if i not in labels and i not in skipped]
        return [
            Suggested(i, "stands for a group of 6 images not labelled yet", "typical", self._group(i)) for i in free
        ][:count]

    def similar(self, image_id: int, count: int) -> list[int]:
        return list(self._group(image_id)[1 : 1 + count])

    def _group(self, image_id: int) -> tuple[int, ...]:
        return (image_id, *(i for i, f in self.folders.items() if f == self.folders[image_id] and i != image_id))


@pytest.fixture
def basis(session: Session) -> FolderBasis:
    """Answers at once; in a test that wants to hold it back: `basis.may_answer.clear()`."""
    ids = np.array(sorted(session.row_of), dtype=np.int64)
    made = FolderBasis(ids, {image.id: image.path.parent.name for image in session.images})
    made.points = np.random.default_rng(0).normal(size=(len(ids), 2))
    made.may_answer.set()
    return made


@pytest.fixture
def guesses(session: Session) -> Iterator[LiveGuesses]:
    """Guesses that follow the labels of the filled project."""
    made = LiveGuesses(session)
    yield made
    made.stop()


@pytest.fixture
def settle(qtbot, guesses: LiveGuesses) -> Callable[[], None]:
    """Wait until no guess and no suggestion is on its way."""
    return lambda: qtbot.waitUntil(lambda: not guesses.is_busy, timeout=5_000)


@pytest.fixture
def page(qtbot, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell, guesses: LiveGuesses) -> LabelPage:
    """The label page of the filled project, shown; nothing is prepared."""
    return shown_page(qtbot, session, jobs, thumbnails, shell, guesses)


@pytest.fixture
def prepared(page: LabelPage, session: Session, basis: FolderBasis, settle: Callable[[], None]) -> LabelPage:
    """The same with suggestions: the last files first."""
    session.set_basis(basis)
    settle()
    return page
