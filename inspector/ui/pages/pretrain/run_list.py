"""The pretraining runs as rows of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.project import RunRecord
from inspector.ui.pages.pretrain.pretrain_words import STATES, epochs_text, run_title
from inspector.ui.widgets.run_list import RunRow


def pretrain_rows(runs: Sequence[RunRecord], scores: Mapping[int, float]) -> list[RunRow]:
    """Newest first, with the kNN score at their end where there is one."""
    return [
        RunRow(run.id, f"{run_title(run)}, {epochs_text(run)}", _figure(run, scores), run.state == "finished")
        for run in sorted(runs, key=lambda run: -run.id)
        if run.kind == "pretrain"
    ]


def _figure(run: RunRecord, scores: Mapping[int, float]) -> str:
    if run.id in scores:
        return f"{scores[run.id]:.2f}"
    return "" if run.state == "finished" else STATES.get(run.state, "")
