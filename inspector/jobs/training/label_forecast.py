"""How many more labels? Forecast at the end of a training and kept with its run, or of the labels at hand when asked.

Heads are fitted on parts of the labels by the rule that training chose, so the pool is cut where it is large, for this
to stay small beside training itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.features import pool_features
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.running.devices import usable_device
from inspector.jobs.training.todays_names import are_merged
from inspector.jobs.training.training import Labelled, labelled_of
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.training.training import Learned, Trained
    from inspector.project import Project, Run
    from models.classification.labelled_pool import LabelledPool
    from models.features.power_transform import Blocks
    from models.forecasting.label_forecast import LabelForecast

EVENT = "label_forecast"
STAGE = "label forecast"
MAX_IMAGES = 1_500  # labelled ones first
NOT_FOR_PLACES = "This run judges by unusual places, of which no forecast is made."
NOT_FOR_NETWORKS = "This run trained a network; a forecast is made for a frozen encoder alone."
NOTHING_HELD_OUT = "Too few labels to tell how far more would help: no class has two, so none can be held out."
MERGED_SINCE = "Classes have become one since this was forecast; train once more to see how far more labels would help."
NOT_MEASURED = "How far more labels would help was not measured for run {run}; train once more to see it."


@dataclass(frozen=True)
class KnownForecast:
    """What is known: the forecast, or why there is none."""

    forecast: LabelForecast | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """As `train --json` and `evaluate --json` print it."""
        return {
            "label_forecast": None if self.forecast is None else self.forecast.to_json(),
            "label_forecast_unknown": self.reason,
        }

    @property
    def sentence(self) -> str:
        """What it says, or the reason."""
        return self.forecast.sentence if self.forecast is not None else str(self.reason)


@dataclass(frozen=True)
class LabelForecastFinished:
    """What the `labels` at hand say of more of them."""

    labels: int
    known: KnownForecast


def known_forecast(project: Project, run_id: int) -> KnownForecast:
    """What a training run kept, in today's names of the classes."""
    from models.forecasting.label_forecast import LabelForecast

    events = project.run_events(run_id, EVENT)
    if not events:
        return KnownForecast(None, NOT_MEASURED.format(run=run_id))
    stored = events[-1].data
    if "reason" in stored:
        return KnownForecast(None, stored["reason"])
    return forecast_today(project, KnownForecast(LabelForecast.from_json(stored), None))


def forecast_today(project: Project, known: KnownForecast) -> KnownForecast:
    """The same in today's names of the classes; of classes that have become one nothing is known."""
    if known.forecast is None:
        return known
    names = project.names_today(known.forecast.classes)
    if are_merged(names):
        return KnownForecast(None, MERGED_SINCE)
    return KnownForecast(known.forecast.renamed(names), None)


def label_forecast(project: Project, *, device: str = "auto", seed: int = 0) -> Iterator[Any]:
    """Forecast from the labels at hand, without training: progress, then LabelForecastFinished.

    The features are those that training uses by default, and the rule is the one that it starts from.

    Raises:
        KnownError: fewer than two classes have a label, or no image can be read.
    """
    from models.classification.classifier import out_of_fold
    from models.classification.labelled_pool import LabelledPool

    chosen_device = yield from usable_device(device)
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        labelled = yield from labelled_of(project, pool)
        features = yield from pool_features(project, pool, device=chosen_device, seed=seed)
    blocks, learned = _cut(features.blocks, labelled, seed=seed)
    made = LabelledPool.build(blocks, learned.positions, learned.labels, learned.classes, use_unlabelled=True)
    candidates = yield from out_of_fold(made, made.rules()[:1], groups=learned.groups, seed=seed, stage=STAGE)
    known = KnownForecast(None, NOTHING_HELD_OUT)
    if len(candidates.labels):
        held_out = _Answers(candidates.labels, candidates.logits[0].argmax(1))
        images = len(pool.image_ids) - len(labelled.labels)
        forecast = yield from _forecast(
            made, made.rules()[0], held_out, learned.groups, labels=len(labelled.labels), images=images, seed=seed
        )
        known = KnownForecast(forecast, None)
    yield LabelForecastFinished(len(labelled.labels), known)


def measure_label_forecast(
    run: Run, labelled: Labelled, trained: Trained, *, images: int, seed: int
) -> Generator[Progress | Notice, None, KnownForecast]:
    """Forecast for a run that has just finished, and keep that with the run; returns it.

    Args:
        images: of the pool, labelled or not.
    """
    if trained.learned is None or trained.answers is None:
        reason = NOT_FOR_PLACES if trained.places else NOTHING_HELD_OUT if trained.learned else NOT_FOR_NETWORKS
        known = KnownForecast(None, reason)
        run.log(EVENT, {"reason": reason})
    else:
        made, groups = _cut_pool(trained.learned, labelled, seed=seed)
        forecast = yield from _forecast(
            made,
            trained.learned.rule,
            _Answers.of_run(trained),
            groups,
            labels=len(labelled.labels),
            images=images - len(labelled.labels),
            seed=seed,
        )
        known = KnownForecast(forecast, None)
        run.log(EVENT, forecast.to_json())
        yield Notice(known.sentence)
    run.flush()
    return known


@dataclass(frozen=True)
class _Answers:
    """True classes (m,) of labels that were held out, and the answers for them (m,)."""

    true: np.ndarray
    predicted: np.ndarray

    @classmethod
    def of_run(cls, trained: Trained) -> _Answers:
        import numpy as np

        assert trained.answers is not None
        return cls(np.array(trained.answers.true), np.array(trained.answers.predicted))


def _forecast(
    made: LabelledPool, rule: Any, held_out: _Answers, groups: np.ndarray, *, labels: int, images: int, seed: int
) -> Generator[Progress, None, LabelForecast]:
    from models.evaluation.evaluate import confusion_matrix
    from models.forecasting.label_forecast import forecast_labels
    from models.forecasting.learning_curve import subsampled

    steps = yield from subsampled(made, rule, groups=groups, seed=seed)
    confusion = confusion_matrix(held_out.true, held_out.predicted, len(made.classes))
    return forecast_labels(confusion, steps, classes=made.classes, labels=labels, images=images)


def _cut_pool(learned: Learned, labelled: Labelled, *, seed: int) -> tuple[LabelledPool, np.ndarray]:
    """What a head was fitted on, without the images that are too many, and the groups of its labels."""
    from models.classification.labelled_pool import LabelledPool

    blocks, kept = _cut(learned.blocks, labelled, seed=seed)
    made = LabelledPool.build(blocks, kept.positions, kept.labels, kept.classes, use_unlabelled=learned.use_unlabelled)
    return made, kept.groups


def _cut(blocks: Blocks, labelled: Labelled, *, seed: int) -> tuple[Blocks, Labelled]:
    """The same, with no more than MAX_IMAGES images."""
    kept = labelled.kept_of(len(next(iter(blocks.values()))), most=MAX_IMAGES, seed=seed)
    return {name: values[kept.rows] for name, values in blocks.items()}, kept.labelled
