"""Asks by which part of their paths images are grouped, and groups them in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from inspector.project import Change, Project
from inspector.ui.background.newest_answer import NewestAnswer
from inspector.ui.state.session import Session

if TYPE_CHECKING:
    from inspector.jobs.grouping.find_groups import GroupsFinished
    from inspector.jobs.grouping.pattern_offers import Offer
    from inspector.jobs.grouping.pattern_preview import ProjectPaths
    from inspector.ui.path_groups.dialog import GroupingDialog

NO_IMAGES = "There are no images to group yet: add a folder first."
READ_ONLY = "This project is open for reading alone"


@dataclass(frozen=True)
class PathGroups:
    """What is true now, the pattern before, and the names of the groups on both sides of the split."""

    finished: GroupsFinished
    before: str | None
    straddling: tuple[str, ...]


class PathGrouping(QObject):
    """`grouped` carries PathGroups once the session knows them, `failed` why it could not be done."""

    grouped = Signal(object)
    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._dialog: GroupingDialog | None = None
        self._offering, self._grouping = NewestAnswer(self), NewestAnswer(self)
        self._offering.answered.connect(self._on_offered)
        self._offering.failed.connect(self.failed)
        self._grouping.answered.connect(self._on_grouped)
        self._grouping.failed.connect(self.failed)

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way."""
        return self._offering.is_busy or self._grouping.is_busy

    def open(self, window: QWidget) -> None:
        """Ask in a dialog over a window; at most one is open."""
        if self._dialog is not None:
            return
        if not self._session.images:
            self.failed.emit(NO_IMAGES)
            return
        from inspector.ui.path_groups.dialog import GroupingDialog

        project = self._session.project
        reason = READ_ONLY if self._session.read_only else ""
        dialog = GroupingDialog(window, pattern=project.group_pattern, cannot_group=reason)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.pattern_chosen.connect(self.group)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        self._offering.ask(partial(_offered, project))
        dialog.open()

    def group(self, pattern: str | None) -> None:
        """Group by a pattern from now on, None: by none; a pattern that the project has already changes nothing."""
        if pattern != self._session.project.group_pattern:
            self._grouping.ask(partial(_grouped, self._session.project, pattern))

    def stop(self) -> None:
        """Nothing is wanted any more."""
        if self._dialog is not None:
            self._dialog.reject()
        self._offering.forget()
        self._grouping.forget()

    def _on_offered(self, found: tuple[ProjectPaths, list[Offer]]) -> None:
        if self._dialog is not None:
            self._dialog.set_paths(*found)

    def _on_closed(self) -> None:
        self._dialog = None
        self._offering.forget()

    def _on_grouped(self, found: PathGroups) -> None:
        self._session.refresh(Change(images=True, splits=True))
        self.grouped.emit(found)


def _offered(project: Project) -> tuple[ProjectPaths, list[Offer]]:
    from inspector.jobs.grouping.pattern_offers import offers
    from inspector.jobs.grouping.pattern_preview import ProjectPaths

    paths = ProjectPaths.of(project)
    return paths, offers(paths)


def _grouped(project: Project, pattern: str | None) -> PathGroups:
    from inspector.jobs.grouping.find_groups import find_groups
    from inspector.jobs.grouping.pattern_preview import group_names

    before = project.group_pattern
    *_, finished = find_groups(project, pattern=pattern or "", near_duplicates=False)
    return PathGroups(finished, before, tuple(group_names(project, finished.straddling)))
