"""The sentences of the label page. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from inspector.ui.wording import count, interval, number_word, share

if TYPE_CHECKING:
    from inspector.jobs.labelling.basis import Suggested
    from inspector.jobs.labelling.guesses import Estimate
    from inspector.project import FolderLabels, LabelImport

READ_ONLY = "This project is open for reading alone"
UNPREPARED = "Until suggestions are there, images come in the order of their files."
NAME_SHOWN = 18  # characters
FEW_LABELS_RATIO = 0.7  # of the next rarer class's labels: below it the rarest is named


def state_sentence(labelled: int, images: int) -> str:
    """'30 of 1,800 labelled'."""
    return f"{labelled:,} of {images:,} labelled" if images else ""


def why(suggested: Suggested, *, has_suggestions: bool) -> str:
    """The reason as a sentence; `has_suggestions`: an image in the order of the files is none of them."""
    if suggested.kind == "file order":
        rest = "It is not among the suggestions." if has_suggestions else "Reasons come with the suggestions."
        return f"Next in the order of the files. {rest}"
    if suggested.kind == "chosen":
        return "You chose it."
    return f"{suggested.reason[:1].upper()}{suggested.reason[1:]}."


def estimate_sentence(estimate: Estimate | None) -> str:
    """How far guesses can be trusted, with what it was measured on."""
    if estimate is None:
        return "How often guesses are right shows from two labels a class on."
    value, limits = share(estimate.accuracy), interval((estimate.low, estimate.high))
    return f"Right on your labels: {value} {limits}, n\u00a0=\u00a0{estimate.n}"


def no_guess(classes: int, *, is_prepared: bool, is_guessing: bool) -> str:
    """Why an image has no guess: `classes` have labels; `is_guessing` says that other images have a guess."""
    if classes < 2:
        return "Guesses show once two classes have labels."
    if not is_prepared:
        return "Guesses come with the suggestions."
    return "This image is not in the sample that is guessed." if is_guessing else "Guesses are on their way."


def rarest(counts: Mapping[str, int]) -> str | None:
    """The class with clearly the fewest labels, None where they are about even."""
    ordered = sorted(counts.items(), key=lambda item: item[1])
    if len(ordered) < 2:
        return None
    (name, fewest), (_, next_fewest) = ordered[:2]
    return name if fewest < FEW_LABELS_RATIO * next_fewest or (fewest == 0 and next_fewest > 0) else None


def nudge(counts: Mapping[str, int], guesses_ahead: Sequence[str]) -> str:
    """A word on the rarest class, and how many of the images that come next look like it."""
    name = rarest(counts)
    if name is None:
        return ""
    alike = Counter(guesses_ahead)[name]
    if not alike:
        return f"{name} has the fewest labels."
    look = "One of the next suggestions looks" if alike == 1 else f"{number_word(alike)} of the next suggestions look"
    return f"{name} has the fewest labels. {look} like it."


def folders_sentence(result: FolderLabels) -> str:
    """What labels from folder names did."""
    said = f"Labelled {count(len(result.labels), 'image')} by their folders"
    if result.ambiguous:
        said += f"; {count(len(result.ambiguous), 'image')} in folders of different names left alone"
    return said


def csv_sentence(result: LabelImport) -> str:
    """What a label file did."""
    said = f"Labelled {count(result.labelled, 'image')}"
    if result.removed:
        said += f", removed {count(result.removed, 'label')}"
    if result.unknown_paths:
        said += f"; {count(len(result.unknown_paths), 'path')} of no image here"
    return said


def lasso_button_text(ticked: int, class_name: str | None) -> str:
    """What the button below the lasso's images will do."""
    images = f" {ticked:,}" if ticked else ""
    return f"Label{images} as…" if class_name is None else f"Label{images} as {shortened(class_name)}"


def shortened(class_name: str) -> str:
    """A class's name as a button has room for it."""
    return class_name if len(class_name) <= NAME_SHOWN else f"{class_name[: NAME_SHOWN - 1]}…"


def lasso_title(total: int) -> str:
    """'211 in the lasso'."""
    return f"{total:,} in the lasso"
