"""What is known of the run that trains now, from its events. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import RunStarted, Validated
from inspector.ui.pages.train.epoch_history import EpochHistory
from inspector.ui.state.job_progress import STAGES
from inspector.ui.wording import at_start
from models.events import EpochDone, Progress

if TYPE_CHECKING:
    from models.evaluation.evaluate import Evaluation

PREPARING = "Preparing the labelled images"


@dataclass
class LiveRun:
    """The run of job `job_id`; `stage` says in words what it is at."""

    job_id: int
    run: int | None = None
    history: EpochHistory = field(default_factory=EpochHistory)
    evaluation: Evaluation | None = None
    stage: str = PREPARING

    def take(self, event: Any) -> bool:
        """Take an event in; whether there is something new to show."""
        if isinstance(event, RunStarted):
            self.run = event.run
        elif isinstance(event, EpochDone):
            self.history.add(event)
        elif isinstance(event, Validated):
            self.evaluation = event.evaluation
            self.history.images = event.evaluation.images
        elif isinstance(event, Progress):
            stage = STAGES.get(event.stage, at_start(event.stage))
            self.stage = f"{stage}: {event.done:,} of {event.total:,} {event.unit}"
        else:
            return False
        return True
