"""Does the forecast of F1 keep its word? Forecasts from few labels, held against training with more of them.

    python tests/benchmarks/label_forecast.py FOLDER... [--features texture random] [--draws 4] [--json FILE]

For each folder of class folders, each kind of features and each draw, labels are drawn one after another (in even draws
as many of each class, in odd ones at random). At each number of them the application trains by its own rule and
forecasts what it would reach with each larger number; then it trains with so many. The true figure is that of the
images that were never labelled: those of the pool without a label, and a fifth that no step has seen. What is printed
is the share of forecasts whose 90 % interval holds the true figure, how wide the intervals are, and how far their
middle is off, beside the error of saying that nothing will change.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.experiment.encoders import SplitProject, gather  # noqa: E402
from inspector.jobs.experiment.measuring import FeatureData  # noqa: E402
from inspector.jobs.experiment.plan import Row  # noqa: E402
from inspector.jobs.experiment.protocol import hold_back, truth_of, unseen_ids  # noqa: E402
from inspector.project import Project  # noqa: E402
from models.classification.classifier import fit_linear  # noqa: E402
from models.classification.labelled_pool import LabelledPool  # noqa: E402
from models.evaluation.evaluate import confusion_matrix, evaluate  # noqa: E402
from models.forecasting.label_forecast import FEWEST_LABELS, CurveStep, F1Range, forecast_labels  # noqa: E402
from models.forecasting.learning_curve import subsampled  # noqa: E402
from models.stages import returned  # noqa: E402
from models.system.device import pick_device  # noqa: E402

PER_CLASS = (5, 10, 20, 40, 80)  # labels, on average
MOST_TIMES = 6  # the labels at hand
LEFT_SHARE = 0.3  # of the images are left to judge by, at least
MEAN = "mean"


@dataclass(frozen=True)
class Trained:
    """One number of labels: what judged it out of fold, what its heads on fewer did, what it is really worth.

    Attributes:
        counts: labels by class (K,).
        true: F1 of each class (K,) and their mean on the images never labelled.
    """

    labels: int
    counts: np.ndarray
    held_out: np.ndarray
    steps: list[CurveStep]
    true_f1: np.ndarray
    true_mean: float
    judged: int


@dataclass(frozen=True)
class Case:
    """One forecast and what came of it. `of` is a class or MEAN; `labels` of that class, or on average a class."""

    surface: str
    of: str
    labels: float
    times: float
    low: float
    middle: float
    high: float
    now: float
    true: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds the true figure."""
        return self.low - 1e-9 <= self.true <= self.high + 1e-9


def features_of(folder: Path, kind: str, seed: int) -> FeatureData:
    """Features of the folder's images, a fifth of each class held back."""
    with tempfile.TemporaryDirectory() as scratch, Project.create(Path(scratch) / "project") as project:
        follow(project.import_folders([folder]))
        truth = truth_of(project, folder)
        hold_back(project, truth, seed=seed)
        split = SplitProject(project, truth, tuple(unseen_ids(project, truth)), sees_all=False)
        which, encoder = ("encoder", "random") if kind == "random" else (kind, "latest")
        return returned(gather(split, Row(kind, which), encoder=encoder, device=pick_device("auto"), seed=seed))


def train(data: FeatureData, positions: np.ndarray, seed: int) -> Trained:
    """Train on the labels at these positions, and judge by all others."""
    pool = LabelledPool.build(data.blocks, positions, data.labels[positions], data.classes, use_unlabelled=True)
    fit = returned(fit_linear(pool, seed=seed))
    steps = returned(subsampled(pool, fit.rule, groups=np.arange(len(positions)), seed=seed))
    rest = np.setdiff1d(data.drawable, positions)
    logits = np.concatenate([fit.head.logits(pool.features[rest]), fit.head.logits(data.unseen)])
    judged = np.concatenate([data.labels[rest], data.unseen_labels])
    figures = evaluate(judged, logits.argmax(1), None, data.classes)
    held_out = confusion_matrix(fit.candidates.labels, fit.comparison.predicted, len(data.classes))
    counts = np.bincount(data.labels[positions], minlength=len(data.classes))
    f1 = np.array([score.f1 for score in figures.per_class])
    return Trained(len(positions), counts, held_out, steps, f1, figures.macro_f1, len(judged))


def order_of(data: FeatureData, *, at_random: bool, seed: int) -> np.ndarray:
    """Positions of the images that may be labelled, in the order in which they are."""
    rng = np.random.default_rng([seed, 2])
    if at_random:
        return rng.permutation(data.drawable)
    members = [rng.permutation(data.drawable[data.labels[data.drawable] == k]) for k in range(len(data.classes))]
    shortest = min(len(rows) for rows in members)
    return np.stack([rows[:shortest] for rows in members], axis=1).ravel()


def cases_of(surface: str, data: FeatureData, draw: int) -> Iterator[Case]:
    """All forecasts of one draw."""
    order, K = order_of(data, at_random=bool(draw % 2), seed=draw), len(data.classes)
    numbers = [K * count for count in PER_CLASS if K * count <= (1 - LEFT_SHARE) * len(data.labels)]
    drawn = [order[:number] for number in numbers if number <= len(order)]
    trained = [train(data, p, draw) for p in drawn if len(np.unique(data.labels[p])) > 1]
    for now in trained:
        for then in trained:
            if now.labels <= then.labels <= MOST_TIMES * now.labels and now.counts.min() >= FEWEST_LABELS:
                yield from _compared(surface, data.classes, now, then)


def _compared(surface: str, classes: tuple[str, ...], now: Trained, then: Trained) -> Iterator[Case]:
    times = then.labels / now.labels
    forecast = forecast_labels(
        now.held_out, now.steps, classes=classes, labels=now.labels, images=then.judged, times=[times]
    )
    if forecast.points:
        point = forecast.points[0]
        yield _case(surface, MEAN, now.labels / len(classes), times, point.macro_f1, forecast.now, then.true_mean)
        each = zip(classes, now.counts, point.per_class, forecast.now_per_class, then.true_f1, strict=True)
        for name, count, found, before, true in each:
            yield _case(surface, name, float(count), times, found, before, float(true))


def _case(surface: str, of: str, labels: float, times: float, found: F1Range, now: F1Range, true: float) -> Case:
    return Case(surface, of, labels, times, found.low, found.f1, found.high, now.f1, true)


def show(cases: list[Case]) -> None:
    """Tables of the mean F1 and of the classes."""
    for what, chosen in (
        ("mean F1", [c for c in cases if c.of == MEAN]),
        ("classes", [c for c in cases if c.of != MEAN]),
    ):
        print(f"\n{what}: forecasts, held by the 90 % interval, its mean width, error of its middle, of no change")
        _rows("all", chosen, lambda case: "")
        _rows("", chosen, lambda case: case.surface)
        _rows("labels a class", chosen, lambda case: max(count for count in PER_CLASS if count <= max(case.labels, 5)))
        _rows("times the labels", chosen, lambda case: round(case.times))


def _rows(title: str, cases: list[Case], key: Callable[[Case], str | int]) -> None:
    for value in sorted({key(case) for case in cases}):
        own = [case for case in cases if key(case) == value]
        held = np.mean([case.holds for case in own])
        width = np.mean([case.high - case.low for case in own])
        off = np.mean([abs(case.middle - case.true) for case in own])
        unchanged = np.mean([abs(case.now - case.true) for case in own])
        name = f"{title} {value}".strip()
        print(f"{name:28} {len(own):6,}  {held:6.1%}  {100 * width:5.1f}  {100 * off:5.1f}  {100 * unchanged:5.1f}")


def main() -> int:
    """Run, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--features", nargs="+", choices=("texture", "random"), default=["texture", "random"])
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--first-draw", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0, help="of the images that are held back")
    parser.add_argument("--json", type=Path, help="add the cases to this file's, and show them all")
    arguments = parser.parse_args()
    cases: list[Case] = []
    if arguments.json is not None and arguments.json.is_file():
        cases = [Case(**stored) for stored in json.loads(arguments.json.read_text(encoding="utf-8"))]
    for folder in arguments.folders:
        for kind in arguments.features:
            data, surface = features_of(folder, kind, arguments.seed), f"{folder.name}, {kind}"
            for draw in range(arguments.first_draw, arguments.first_draw + arguments.draws):
                cases += cases_of(surface, data, draw)
                print(f"{surface}: draw {draw}", flush=True)
                if arguments.json is not None:
                    text = json.dumps([asdict(case) for case in cases], indent=0)
                    arguments.json.write_text(text, encoding="utf-8")
    show(cases)
    return 0


if __name__ == "__main__":
    sys.exit(main())
