"""The paper's experiments and what they lack, on a folder of class folders: measured, stored, and reported."""

from inspector.jobs.experiment.job import ExperimentFinished, ExperimentRequest, experiment

__all__ = ["ExperimentFinished", "ExperimentRequest", "experiment"]
