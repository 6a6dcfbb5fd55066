"""What the paper reports (DOI 10.5281/zenodo.18898071), number by number, with where it stands there."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.jobs.experiment.plan import ALL, TENTH

CITATION = (
    "Patil and Desai, Leveraging Contrastive Learning and Masked Autoencoders for Robust Surface Defect Classification "
    "in Data-Scarce Environments (DOI 10.5281/zenodo.18898071)"
)


@dataclass(frozen=True)
class PaperNumber:
    """One figure of the paper.

    Attributes:
        measure: 'accuracy', 'macro_f1', or a class's 'precision', 'recall' or 'f1'.
        value: 0 to 1.
        images: how many it was measured on; None where the paper does not say.
        class_name: as the paper has it; '' for a figure of all classes.
    """

    source: str
    method: str
    amount: str
    measure: str
    value: float
    images: int | None = None
    class_name: str = ""


def _report(source: str, method: str, rows: dict[str, tuple[float, float, float]], images: int) -> list[PaperNumber]:
    measures = ("precision", "recall", "f1")
    return [
        PaperNumber(source, method, ALL, measure, value, images, name)
        for name, values in rows.items()
        for measure, value in zip(measures, values, strict=True)
    ]


CLASSES = ("Crazing", "Inclusion", "Patches", "Pitted", "Rolled", "Scratches")
_PERFECT = (1.0, 1.0, 1.0)
_MAE_ROWS = {
    "Crazing": (0.91, 0.85, 0.88),
    "Inclusion": (0.93, 0.85, 0.89),
    "Patches": _PERFECT,
    "Pitted": (0.83, 0.92, 0.87),
    "Rolled": (0.86, 0.95, 0.91),
    "Scratches": (0.92, 0.87, 0.89),
}
OVERALL = (
    PaperNumber("Table 1", "simclr", ALL, "accuracy", 1.0, 72),
    PaperNumber("Table 1", "simclr", ALL, "macro_f1", 1.0, 72),
    PaperNumber("Table 2", "mae", ALL, "accuracy", 0.91, 1656),
    PaperNumber("Table 2", "mae", ALL, "macro_f1", 0.91, 1656),
    PaperNumber("Figure 4", "simclr", ALL, "accuracy", 1.0),
    PaperNumber("Figure 4", "simclr", ALL, "macro_f1", 1.0),
    PaperNumber("Figure 4", "mae", ALL, "accuracy", 0.93),
    PaperNumber("Figure 4", "mae", ALL, "macro_f1", 0.93),
    PaperNumber("Figure 7", "simclr", TENTH, "accuracy", 0.83),
    PaperNumber("Figure 7", "simclr", TENTH, "macro_f1", 0.81),
    PaperNumber("Figure 7", "mae", TENTH, "accuracy", 0.39),
    PaperNumber("Figure 7", "mae", TENTH, "macro_f1", 0.32),
    PaperNumber("Figure 7", "random", TENTH, "accuracy", 0.11),
    PaperNumber("Figure 7", "random", TENTH, "macro_f1", 0.11),
)
PER_CLASS = (
    *_report("Table 1", "simclr", dict.fromkeys(CLASSES, _PERFECT), 12),
    *_report("Table 2", "mae", _MAE_ROWS, 276),
    *(PaperNumber("Figure 5", "simclr", ALL, "f1", 1.0, class_name=name) for name in CLASSES),
    PaperNumber("Figure 5", "mae", ALL, "f1", 0.91, class_name="Crazing"),
    PaperNumber("Figure 5", "mae", ALL, "f1", 0.67, class_name="Pitted"),
)


@dataclass(frozen=True)
class PaperConfusion:
    """Images that figure 6 shows in a cell beside the diagonal; `answer` is '' where the paper names none."""

    method: str
    true: str
    answer: str
    images: int


CONFUSIONS = (
    PaperConfusion("simclr", "Scratches", "Inclusion", 3),
    PaperConfusion("mae", "Pitted", "", 2),
    PaperConfusion("mae", "Rolled", "Crazing", 5),
    PaperConfusion("mae", "Scratches", "Inclusion", 1),
)
CONTRADICTIONS = (
    "The paper's table 1 gives SimCLR 72 right answers of 72; its figure 6 shows three scratches taken for inclusions.",
    "For the masked autoencoder it gives an F1 of pitted surfaces of 0.87 (table 2, 1,656 images) and of 0.67 "
    "(figure 5), and an accuracy of 91 % (table 2) and of 93 % (figure 4).",
    "An accuracy of 11 % with random weights is below chance, which is 16.7 % with six equal classes.",
    "72 right answers of 72 show no more than an accuracy above 95 %.",
)


def class_in(names: tuple[str, ...], paper_name: str) -> str | None:
    """Which of our class names the paper's name stands for; None if none does."""
    return next((name for name in names if name.casefold().startswith(paper_name.casefold())), None)
