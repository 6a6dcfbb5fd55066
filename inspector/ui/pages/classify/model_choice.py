"""The models that a folder can be classified with. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inspector.jobs.training.train import MODEL_FILE
from inspector.project import RunRecord
from inspector.ui.wording import share


@dataclass(frozen=True)
class ModelChoice:
    """A model file, and how it is called; `run` is None for a file from elsewhere."""

    path: Path
    text: str
    run: int | None = None
    tooltip: str = ""


def model_choices(runs: Iterable[RunRecord]) -> list[ModelChoice]:
    """The models of finished training runs, in their order, that still lie on disk."""
    choices = (_of_run(run) for run in runs)
    return [choice for choice in choices if choice.path.is_file()]


def model_of_file(path: Path) -> ModelChoice:
    """A model file that a user has chosen."""
    return ModelChoice(path, path.name, tooltip=str(path))


def _of_run(run: RunRecord) -> ModelChoice:
    validation = run.metrics.get("validation") or {}
    f1, images = validation.get("macro_f1"), validation.get("images")
    figure = "not judged" if f1 is None else f"F1 {share(f1, images)}"
    tooltip = "Too few labels to judge it by" if f1 is None else f"F1 measured on {images:,} labelled images"
    return ModelChoice(run.folder / MODEL_FILE, f"Run {run.id} · {figure}", run.id, tooltip)
