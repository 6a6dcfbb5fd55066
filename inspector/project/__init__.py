"""The project folder: images, labels with their history, splits, runs. Knows no learning and no window."""

from inspector.project.label_csv import read_label_csv
from inspector.project.project import Project
from inspector.project.records import (
    Change,
    ClassRecord,
    FolderLabels,
    ImageRecord,
    ImportFinished,
    LabelEvent,
    LabelImport,
    Prediction,
    RunEvent,
    RunRecord,
    UnreadableFile,
)
from inspector.project.runs import Run

__all__ = [
    "Change",
    "ClassRecord",
    "FolderLabels",
    "ImageRecord",
    "ImportFinished",
    "LabelEvent",
    "LabelImport",
    "Prediction",
    "Project",
    "Run",
    "RunEvent",
    "RunRecord",
    "UnreadableFile",
    "read_label_csv",
]
