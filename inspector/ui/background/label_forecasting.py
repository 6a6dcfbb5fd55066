"""The forecast beside the guesses: made in the background when enough labels have changed and nothing else runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.state.session import Session

if TYPE_CHECKING:
    from inspector.jobs.training.label_forecast import KnownForecast

KIND = "forecast"
FEWEST_CHANGED, CHANGED_SHARE = 12, 0.1  # labels since the last forecast, of which it is due again


class LabelForecasting(QObject):
    """`changed` when `sentence` is another one. Its job gives way to any other."""

    changed = Signal()

    def __init__(self, session: Session, jobs: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._job_id: int | None = None
        self._labels = 0  # that the newest forecast, or the newest attempt at one, was made from
        self._known: KnownForecast | None = None
        self._outdated: KnownForecast | None = None  # in whose place one was made already, or could not be
        self._read_run: int | None = None
        self._gave_way = False
        jobs.changed.connect(self._give_way)
        jobs.ended.connect(self._on_ended)

    @property
    def sentence(self) -> str:
        """The newest forecast in words, of about the labels at hand; '' while there is none."""
        if too_few := too_few_sentence(self._counts()):
            return too_few
        known = self._known_today()
        return "" if known is None else known.sentence

    def refresh(self) -> None:
        """Take the newest run's forecast over, and have another one made where it is due."""
        self._read_newest_run()
        counts = self._counts()
        is_idle = self._jobs.current is None and not self._jobs.waiting
        if self._session.basis is None or self._session.read_only or not is_idle or too_few_sentence(counts):
            return
        total = sum(counts.values())
        is_due = abs(total - self._labels) >= max(FEWEST_CHANGED, CHANGED_SHARE * self._labels)
        has_lost_classes = self._known is not self._outdated and self._has_lost_classes()
        if is_due or has_lost_classes:
            self._labels = total
            self._outdated = self._known if has_lost_classes else self._outdated
            self._job_id = self._jobs.submit(Job(KIND, "Forecast", f"{total:,} labels", self._events, page="label"))

    def _has_lost_classes(self) -> bool:
        known, today = self._known, self._known_today()
        return known is not None and today is not None and known.forecast is not None and today.forecast is None

    def _known_today(self) -> KnownForecast | None:
        """The newest forecast in today's names of the classes, without figures once some of them have become one."""
        if self._known is None:
            return None
        from inspector.jobs.training.label_forecast import forecast_today

        return forecast_today(self._session.project, self._known)

    def _counts(self) -> Counter[str]:
        """Labels by class that can be learned from."""
        return Counter(name for i, name in self._session.labels.items() if i not in self._session.held_out)

    def _read_newest_run(self) -> None:
        newest = next(iter(self._session.finished_runs("train")), None)
        if newest is None or newest.id == self._read_run:
            return
        from inspector.jobs.training.label_forecast import known_forecast

        self._read_run = newest.id
        known = known_forecast(self._session.project, newest.id)
        if known.forecast is not None:
            self._known, self._labels = known, known.forecast.labels

    def _events(self) -> Iterator[Any]:
        from inspector.jobs.training.label_forecast import label_forecast

        yield from label_forecast(self._session.project)

    def _give_way(self) -> None:
        current = self._jobs.current
        if current is not None and current.id == self._job_id and self._jobs.waiting and current.state == "running":
            self._gave_way = True
            self._jobs.stop(current.id)

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        if job_id != self._job_id:
            return
        if ended.outcome == "finished":
            self._known = ended.result.known
            self.changed.emit()
        elif self._gave_way:
            self._labels = 0  # it is due again
        self._gave_way = False


def too_few_sentence(counts: Counter[str]) -> str:
    """Why there is no forecast yet; '' where every class that has labels has enough."""
    from models.forecasting.label_forecast import FEWEST_LABELS

    if len(counts) > 1 and min(counts.values()) >= FEWEST_LABELS:
        return ""
    return f"How far more labels would help shows from {FEWEST_LABELS} labels a class on."
