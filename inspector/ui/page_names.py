"""The pages in the order of the work. Imports nothing, so that the command line may read it."""

from __future__ import annotations

TITLES = {
    "images": "Images",
    "pretrain": "Pretrain",
    "label": "Label",
    "train": "Train",
    "evaluate": "Evaluate",
    "classify": "Classify",
}
PAGES = tuple(TITLES)
