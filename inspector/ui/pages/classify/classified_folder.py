"""A classification with its rows as they come, and which of its files are images of the project. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inspector.ui.pages.classify.classification import Classification
from inspector.ui.pages.classify.results import Results
from models.images.settings import Scaling


@dataclass(eq=False)
class ClassifiedFolder:
    """Rows stay with their folder, whichever folder is in view.

    Attributes:
        scaling: how deep images become 8 bits; None: each by its own range.
        image_ids: by row, of the files that are images of the project.
    """

    classification: Classification
    scaling: Scaling | None
    results: Results = field(default_factory=Results)
    image_ids: dict[int, int] = field(default_factory=dict)

    def take_image_ids(self, by_path: Mapping[str, int]) -> Iterable[int]:
        """Learn which files are images of the project; returns their rows."""
        found = {row: by_path[path] for row, path in enumerate(self.results.paths) if path in by_path}
        self.image_ids |= found
        return found.keys()
