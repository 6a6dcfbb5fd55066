"""The confidence below which a person must look, as a project remembers it. Knows no widget."""

from __future__ import annotations

from inspector.project import Project
from models.prediction.predict import REVIEW_BELOW

SETTING = "review_below"


def review_below(project: Project) -> float:
    """The project's threshold, 0 to 1; the usual one until somebody moves it."""
    return float(project.setting(SETTING, REVIEW_BELOW))


def remember_review_below(project: Project, threshold: float) -> None:
    """Keep it for this project.

    Raises:
        KnownError: the project can't be written.
    """
    project.set_setting(SETTING, threshold)
