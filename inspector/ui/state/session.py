"""An open project as the window sees it: its records in memory, and one signal when something has changed.

Every page reads from here and changes through here, so that a label set on one page shows on all others, and undo takes
back whatever was last, wherever it was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from inspector.project import Change, ClassRecord, ImageRecord, Project, RunRecord
from inspector.project.groups import compiled, group_key
from inspector.ui.state.records_reading import Records, read_records
from inspector.ui.theme import theme
from inspector.ui.wording import count
from models.errors import KnownError
from models.evaluation.grouping import members_by_group

if TYPE_CHECKING:
    from inspector.jobs.labelling.basis import LabelBasis
    from inspector.jobs.labelling.guesses import Guesses
    from models.images.settings import ImageSettings, Scaling

SYMBOLS = ("o", "s", "t1", "d")  # disc, square, triangle, diamond: the shape of a class's points beside its colour
EVERYTHING = Change(classes=True, images=True, runs=True, splits=True)


@dataclass(frozen=True)
class ClassMark:
    """How a class is shown: its key on a badge of its colour, and the shape of its points."""

    name: str
    key: str
    stored_colour: str  # empty for a class that the project does not know
    symbol: str
    index: int

    @property
    def colour(self) -> QColor:
        """The colour in the theme that holds now: a mark outlives a change of theme."""
        return theme.class_colour(self.stored_colour) if self.stored_colour else theme.colour("control")


@dataclass(frozen=True)
class ShownReport:
    """The figure of the report in view: of which run, on how many images.

    `basis` is 'training', 'kept' (for judging), 'since' (labels that came since) or 'csv'.
    """

    run: int
    macro_f1: float
    images: int
    basis: str


class Session(QObject):
    """One open project.

    `changed` carries the Change of a call, or of what another program did; `guesses_changed` says that `guesses` or
    `basis` are others now, `map_moved` that the basis has another layout of the map, `report_shown` that `report` is
    another.
    """

    changed = Signal(object)
    guesses_changed = Signal()
    map_moved = Signal()
    report_shown = Signal()

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = project
        self.images: list[ImageRecord] = []
        self.row_of: dict[int, int] = {}
        self.labels: dict[int, str] = {}
        self.classes: list[ClassRecord] = []
        self.runs: list[RunRecord] = []
        self.held_out: frozenset[int] = frozenset()
        self.basis: LabelBasis | None = None
        self.guesses: Guesses | None = None
        self.report: ShownReport | None = None
        self._read(EVERYTHING)
        self.labels = project.labels()

    # What is there

    @property
    def name(self) -> str:
        """The project folder's name."""
        return self.project.folder.name

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self.project.read_only

    def image(self, image_id: int) -> ImageRecord:
        """The image of this id; KeyError if there is none."""
        return self.images[self.row_of[image_id]]

    def label_counts(self) -> dict[str, int]:
        """Number of labelled images by class name, classes without any included."""
        counted = Counter(self.labels.values())
        return {record.name: counted[record.name] for record in self.classes}

    def mark(self, class_name: str) -> ClassMark:
        """How a class is shown; a class that this project does not know gets a neutral mark without a key."""
        index = self._class_index.get(class_name)
        if index is None:
            return ClassMark(class_name, "", "", "o", -1)
        record = self.classes[index]
        number = record.id - 1  # not its place in the list, which changes where a class before it is removed
        symbol = SYMBOLS[(number + number // 12) % len(SYMBOLS)]
        return ClassMark(record.name, record.hotkey or "", record.colour, symbol, index)

    def class_of_key(self, key: str) -> str | None:
        """The class that a key stands for, None if it stands for none."""
        return next((record.name for record in self.classes if record.hotkey == key.upper()), None)

    def finished_runs(self, kind: str) -> list[RunRecord]:
        """The finished runs of a kind, newest first."""
        return [run for run in reversed(self.runs) if run.kind == kind and run.state == "finished"]

    @property
    def scaling(self) -> Scaling | None:
        """How deep images become 8 bits; None before the first import."""
        try:
            return self._image_settings.scaling
        except KnownError:
            return None

    @cached_property
    def _image_settings(self) -> ImageSettings:
        """Read once: it looks at every image of the project."""
        return self.project.image_settings

    @cached_property
    def duplicate_ids(self) -> frozenset[int]:
        """Images that lie at more than one path."""
        return frozenset(image.id for image, _ in self.project.duplicates())

    @cached_property
    def near_duplicates(self) -> dict[int, tuple[int, ...]]:
        """Of every image that has near-duplicates: all images of its cluster, itself among them."""
        clusters = members_by_group(self.project.near_duplicates())
        return {image_id: tuple(members) for members in clusters.values() for image_id in members}

    def group_name(self, image_id: int) -> str | None:
        """What the project's pattern finds in the paths of an image; None if nothing, or if there is no pattern."""
        pattern = self.project.group_pattern
        return None if pattern is None else group_key(compiled(pattern), self.project.paths(image_id))

    # What can be done

    def label(self, image_ids: Iterable[int], class_name: str | None, *, source: str = "label") -> Change:
        """Give images a class, or take their label away (None), as one step that undo takes back.

        Raises:
            KnownError: the project is read-only, the disk is full, another program goes on writing.
        """
        wanted = dict.fromkeys(image_ids, class_name)
        return self.apply(self.project.label_images(wanted, step=_step_name(wanted, class_name), source=source))

    def undo(self) -> Change | None:
        """Take the latest label step back."""
        return self._applied(self.project.undo)

    def redo(self) -> Change | None:
        """Do the label step again that was taken back last."""
        return self._applied(self.project.redo)

    def apply(self, change: Change) -> Change:
        """Take in what a call of the project changed, and tell everybody; returns the change."""
        if change != Change():
            self._read(change)
            self.changed.emit(change)
        return change

    def refresh(self, change: Change = EVERYTHING) -> None:
        """Read again what another program or a job may have changed."""
        before, self.labels = self.labels, self.project.labels()
        moved = frozenset(i for i in before.keys() | self.labels.keys() if before.get(i) != self.labels.get(i))
        self._read(replace(change, labels=frozenset()))
        self.changed.emit(replace(change, labels=moved))

    def take_in(self, change: Change, records: Records) -> None:
        """What another program changed, read in another thread; nobody is told of what is known already."""
        before = {image_id: self.labels.get(image_id) for image_id in change.labels}
        told = Change(
            classes=records.classes is not None and records.classes != self.classes,
            images=records.images is not None,
            runs=records.runs is not None and records.runs != self.runs,
            splits=records.held_out is not None and (change.images or records.held_out != self.held_out),
        )
        self._take(records)
        self._read_labels(change.labels)
        moved = frozenset(image_id for image_id, name in before.items() if self.labels.get(image_id) != name)
        if (told := replace(told, labels=moved)) != Change():
            self.changed.emit(told)

    def set_basis(self, basis: LabelBasis | None) -> None:
        """What suggestions and guesses stand on from now on; guesses of another basis are dropped."""
        is_same = basis is not None and self.basis is not None and basis.unit is self.basis.unit
        self.basis = basis
        self.guesses = self.guesses if is_same else None
        self.guesses_changed.emit()

    def set_points(self, image_ids: np.ndarray, points: np.ndarray) -> None:
        """A new layout (N, 2) of the map; one of other images than the basis has is not for it."""
        if self.basis is not None and np.array_equal(self.basis.image_ids, image_ids):
            self.basis = replace(self.basis, points=points)
            self.map_moved.emit()

    def set_guesses(self, guesses: Guesses | None) -> None:
        """What the labels say of every image now."""
        self.guesses = guesses
        self.guesses_changed.emit()

    def show_report(self, report: ShownReport | None) -> None:
        """Another report is in view, or none."""
        if report != self.report:
            self.report = report
            self.report_shown.emit()

    def guess_of(self, image_id: int) -> list[tuple[str, float]]:
        """(class, probability) of an image, the likeliest first; empty without a guess."""
        found = None if self.guesses is None else self.guesses.of(image_id)
        return found or []

    def close(self) -> None:
        """Close the project."""
        self.project.close()

    def _applied(self, step: Callable[[], Change | None]) -> Change | None:
        change = step()
        return None if change is None else self.apply(change)

    def _read(self, change: Change) -> None:
        self._take(read_records(self.project, change))
        self._read_labels(change.labels)

    def _take(self, records: Records) -> None:
        if records.images is not None and records.row_of is not None:
            self.images, self.row_of = records.images, records.row_of
            for name in ("_image_settings", "duplicate_ids", "near_duplicates"):
                self.__dict__.pop(name, None)
        if records.classes is not None:
            self.classes = records.classes
            self._class_index = {record.name: index for index, record in enumerate(self.classes)}
        if records.runs is not None:
            self.runs = records.runs
        if records.held_out is not None:
            self.held_out = records.held_out

    def _read_labels(self, image_ids: frozenset[int]) -> None:
        """Only the changed ones: at 100,000 labels a key press must stay quick."""
        for image_id in image_ids:
            self.labels.pop(image_id, None)
        if image_ids:
            self.labels |= self.project.labels(image_ids)


def _step_name(wanted: dict[int, str | None], class_name: str | None) -> str:
    if class_name is None:
        return "Remove label" if len(wanted) == 1 else f"Remove {len(wanted):,} labels"
    return f"Label as {class_name}" if len(wanted) == 1 else f"Label {count(len(wanted), 'image')}"
