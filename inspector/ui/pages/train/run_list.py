"""The training runs as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.project import RunRecord
from inspector.ui.run_words import accuracy_words, run_title
from inspector.ui.widgets.run_list import RunList, RunRow

STATES = {"running": "runs", "cancelled": "stopped", "failed": "failed", "interrupted": "interrupted"}


def run_rows(runs: Sequence[RunRecord]) -> list[RunRow]:
    """The rows of training runs, newest first."""
    newest_first = sorted((run for run in runs if run.kind == "train"), key=lambda run: -run.id)
    return [
        RunRow(
            run.id,
            run_title(run),
            STATES.get(run.state, "") if run.state != "finished" else accuracy_words(run),
            run.state == "finished",
        )
        for run in newest_first
    ]


class TrainRuns(RunList):
    """The training runs of a project."""

    def __init__(self) -> None:
        super().__init__("Training runs")

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """List the training runs among these."""
        self.set_rows(run_rows(runs))
