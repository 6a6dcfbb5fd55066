"""What an experiment did, in plain words: which images were seen by which step, and what was never touched."""

from __future__ import annotations

from pathlib import Path

from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.paper_numbers import CITATION
from inspector.jobs.experiment.protocol import FOLDS


def protocol(measured: Measured, *, folder: Path, images: int) -> list[str]:
    """Paragraphs for the report. `images` are all different images of a known class."""
    unseen, plan, seeds = measured.images, measured.plan, measured.seeds
    share = f"{plan.unseen_per_class} of each class" if plan.unseen_per_class else "a fifth of each class"
    first = "" if seeds == 1 else " in the first seed"
    times = "once" if seeds == 1 else f"in the first of {seeds} seeds, and others in each of the rest"
    networks = (
        ""
        if plan.features_only
        else "Networks keep back a fifth of the drawn labels, and stop by a fifth of the rest. "
    )
    seeing_all = (
        "One table shows what happens if pretraining, transforms and neighbours see the unseen images too, without "
        "labels; its figures are not comparable with the others."
    )
    return [
        f"{folder.name} holds {images:,} different images of {len(measured.classes)} classes. {unseen:,} of them "
        f"({share}) were held back, {times}, before anything else; they are called unseen. Every figure is measured on "
        "them. No step saw them, unlabelled included: neither pretraining, nor the features' transforms, nor the graph "
        "of neighbours, nor the choice of a head, of a calibration or of the epoch to stop at. Near-duplicates were "
        "found before and are always on one side; nor does one judge another in a fold of the labels.",
        f"Pretraining saw the other {images - unseen:,}{first} without labels. Labels were drawn among those, at "
        "random in each class; which head is used was decided by out-of-fold figures of the drawn labels alone, and "
        "how sure it may be by these and its answers for the others that pretraining saw. The application itself also "
        "takes the texture spectrum alone where that is clearly better than the fused features; here each kind of "
        "features stands for itself. "
        f"{networks}Every kind of features gets the same draws, so that differences are paired.",
        _intervals(measured),
        "Suggested images are what the application would ask a person to label, from the first image on; random ones "
        "are as many taken by chance. Where all of them are of one class, that class is the answer for every image.",
        *([seeing_all] if plan.sees_all else []),
        _settings(measured),
    ]


def paper_words(measured: Measured) -> list[str]:
    """What the paper's numbers are of, and when ours can be compared with them."""
    alike = (
        "" if measured.plan.preset == "paper" else " Pretraining here has other settings; --preset paper has its own."
    )
    return [
        f"The paper: {CITATION}. It measured NEU, 1,800 images of steel in six classes. On other images agreement says "
        f"nothing about it.{alike} It contradicts itself in places:",
    ]


def _intervals(measured: Measured) -> str:
    seeds = measured.seeds
    if seeds == 1:
        over = (
            "With one seed the 95 % intervals are Student's t over the draws of labels: they hold the luck of the "
            "draw, not that of the split and of pretraining; --seeds 3 or more measures that too."
        )
    else:
        alone = "Where only one seed left enough images, they are over its draws. " if measured.reasons() else ""
        over = (
            f"95 % intervals are Student's t over {seeds} seeds, each with its own split, pretraining and draws. "
            f"{_folds(measured)}{alone}What is learned from is shared in part, so the intervals are somewhat too "
            "narrow."
        )
    return (
        f"{over} Where there is a single value, or where all are equal, the interval is Wilson's for that many images "
        "(for F1 an approximation). Calibration error: 15 bins of equal mass; in the table by labels fewer below 150 "
        "images, at least ten a bin."
    )


def _folds(measured: Measured) -> str:
    """'' for the paper's splits, which are smaller than a fifth."""
    if measured.seeds < FOLDS or measured.plan.unseen_per_class:
        return ""
    return f"{FOLDS} seeds in a row hold back another fifth each, so together they judge by every image once. "


def _settings(measured: Measured) -> str:
    if augment := measured.plan.augment:
        changed = ", ".join(f"{name} {value:g}" for name, value in augment.items())
        return f"Views of pretraining were made with {changed}: these are figures of a trial. {_epochs(measured)}"
    return _epochs(measured)


def _epochs(measured: Measured) -> str:
    if epochs := measured.plan.epochs:
        return (
            f"Pretraining and networks ran for {epochs} epoch{'s' if epochs > 1 else ''}, as asked for, and not as the "
            f"preset {measured.plan.preset} says: these are figures of a trial."
        )
    if measured.plan.preset == "paper":
        return (
            "Pretraining has the paper's settings: 224 px, batches of 64, 50 epochs, learning rate 1e-3, temperature "
            "0.5, masks of 75 %, an MLP as decoder and the loss on all patches."
        )
    return f"Pretraining has the preset {measured.plan.preset} and not the paper's settings; --preset paper has those."
