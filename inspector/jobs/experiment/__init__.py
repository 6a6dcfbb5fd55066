"""The paper's experiments and what they lack, on a folder of class folders: measured, stored, and reported."""

from inspector.jobs.experiment.job import experiment
from inspector.jobs.experiment.request import ExperimentFinished, ExperimentRequest

__all__ = ["ExperimentFinished", "ExperimentRequest", "experiment"]
