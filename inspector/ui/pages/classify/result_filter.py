"""Which results are shown, and in which order. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.ui.pages.classify.results import NO_CLASS, Results

BY_NAME, LEAST_SURE, SUREST = "name", "least sure", "surest"
ORDERS = {BY_NAME: "By file name", LEAST_SURE: "Least sure first", SUREST: "Surest first"}


@dataclass(frozen=True)
class ResultFilter:
    """What to show of the results.

    Attributes:
        class_name: one class alone; '' for all.
        only_review: those alone that a person must look at.
        only_unreadable: the files alone that can't be read.
        order: BY_NAME, LEAST_SURE or SUREST; files that can't be read come last in the latter two.
    """

    class_name: str = ""
    only_review: bool = False
    only_unreadable: bool = False
    order: str = BY_NAME


def matching(results: Results, wanted: ResultFilter, *, review_below: float, start: int = 0) -> np.ndarray:
    """The rows from `start` on that are to be shown, in the order in which they came."""
    labels = results.labels[start:]
    shown = np.ones(len(labels), dtype=bool)
    if wanted.class_name:
        shown &= labels == results.class_index(wanted.class_name)
    if wanted.only_unreadable:
        shown &= labels == NO_CLASS
    if wanted.only_review:
        shown &= results.need_review(review_below, slice(start, None))
    return start + np.flatnonzero(shown)


def ordered(results: Results, rows: np.ndarray, order: str) -> np.ndarray:
    """The same rows in an order; equal confidences stay in that of the names."""
    if order == BY_NAME:
        return rows
    confidences = results.confidences[rows]
    return rows[np.argsort(confidences if order == LEAST_SURE else -confidences, kind="stable")]
