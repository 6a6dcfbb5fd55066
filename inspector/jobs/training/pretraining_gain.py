"""Did pretraining pay? Measured at the end of a training, kept with its run, read by whoever shows it.

Every kind of features is judged on the same labels and folds. Only those of the encoder's twin with random weights are
new by then, and the pool is cut where it is large, so that this stays small beside pretraining.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.encoders import choose_encoder, imagenet_counterpart, untrained_twin
from inspector.jobs.pool.features import encoder_blocks, texture_blocks
from inspector.jobs.pool.imagenet_weights import stored_weights
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.jobs.pool.encoders import ChosenEncoder
    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.training import Labelled, Trained, TrainRequest
    from inspector.project import Project, Run
    from models.features.extraction import EncoderFeatures
    from models.features.power_transform import Blocks
    from models.forecasting.pretraining_gain import PretrainingGain

EVENT = "pretraining_gain"
MAX_IMAGES = 1_000  # labelled ones first
TEXTURE_ALONE = "This run reads no encoder, so there is no pretraining to judge."
RANDOM_WEIGHTS = "This run's encoder has random weights, so there is no pretraining to judge."
IMAGENET_WEIGHTS = "This run's encoder has ImageNet weights alone, so there is no pretraining to judge."
NOTHING_HELD_OUT = "Too few labels to tell whether pretraining pays: no class has two, so none can be held out."
NOT_MEASURED = "Whether pretraining paid was not measured for run {run}; train once more to see it."


@dataclass(frozen=True)
class KnownGain:
    """What is known of a run: the gain, or why there is none to be told."""

    gain: PretrainingGain | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        return {
            "pretraining_gain": None if self.gain is None else self.gain.to_json(),
            "pretraining_gain_unknown": self.reason,
        }

    @property
    def sentence(self) -> str:
        """The verdict, or the reason."""
        return self.gain.verdict if self.gain is not None else str(self.reason)


def known_gain(project: Project, run_id: int) -> KnownGain:
    """What a training run kept."""
    from models.forecasting.pretraining_gain import PretrainingGain

    events = project.run_events(run_id, EVENT)
    if not events:
        return KnownGain(None, NOT_MEASURED.format(run=run_id))
    stored = events[-1].data
    if "reason" in stored:
        return KnownGain(None, stored["reason"])
    return KnownGain(PretrainingGain.from_json(stored), None)


def measure_pretraining_gain(
    project: Project,
    run: Run,
    pool: Pool,
    labelled: Labelled,
    request: TrainRequest,
    trained: Trained,
    device: torch.device,
) -> Generator[Progress | Notice, None, None]:
    """Measure it for a run that has just finished, and keep it with the run, or the reason why it cannot be told."""
    from models.classification.classifier import stratified_folds

    chosen = choose_encoder(project, request.encoder, seed=request.seed) if request.reads_encoder else None
    if chosen is None or chosen.path is None:
        foreign = IMAGENET_WEIGHTS if chosen is not None and chosen.imagenet else RANDOM_WEIGHTS
        run.log(EVENT, {"reason": TEXTURE_ALONE if chosen is None else foreign})
    elif (stratified_folds(labelled.labels, groups=labelled.groups) < 0).all():
        run.log(EVENT, {"reason": NOTHING_HELD_OUT})
        yield Notice(NOTHING_HELD_OUT)
    else:
        gain = yield from _measured(project, pool, labelled, request, trained, chosen, device)
        run.log(EVENT, gain.to_json())
        yield Notice(gain.verdict)
    run.flush()


def _measured(
    project: Project,
    pool: Pool,
    labelled: Labelled,
    request: TrainRequest,
    trained: Trained,
    chosen: ChosenEncoder,
    device: torch.device,
) -> Generator[Progress | Notice, None, PretrainingGain]:
    import numpy as np

    from models.classification.classifier import out_of_fold
    from models.classification.comparison import compare
    from models.classification.labelled_pool import LabelledPool
    from models.forecasting.pretraining_gain import ENCODER, FUSED, PLACES, pretraining_gain

    pool, labelled = _cut(pool, labelled, seed=request.seed)
    sets = yield from _feature_sets(project, pool, chosen, device, request.seed)
    answers: dict[str, np.ndarray] = {}
    for name, blocks in sets.items():
        learned = LabelledPool.build(
            blocks, labelled.positions, labelled.labels, labelled.classes, use_unlabelled=request.use_unlabelled
        )
        rules = [rule for rule in learned.rules() if rule.equal_shares]  # half the time; the same for every kind
        candidates = yield from out_of_fold(
            learned, rules, groups=labelled.groups, seed=request.seed, stage=f"check of the {name}"
        )
        answers[name] = compare(candidates, labelled.classes).predicted
    subject = ENCODER if request.features == "encoder" else FUSED
    true = candidates.labels
    if trained.places is not None and trained.answers is not None:
        subject = PLACES
        ids = np.array(pool.image_ids)[labelled.positions[candidates.held_out]]
        both = np.isin(ids, trained.answers.image_ids)  # places are judged in fewer folds, and may leave others out
        own = dict(zip(trained.answers.image_ids, trained.answers.predicted, strict=True))
        true, answers = true[both], {name: predicted[both] for name, predicted in answers.items()}
        answers = {PLACES: np.array([own[i] for i in ids[both].tolist()], dtype=np.int64), **answers}
    return pretraining_gain(true, answers, subject=subject, classes=labelled.classes, aside=_aside(trained))


def _aside(trained: Trained) -> str:
    """What the run classifies with, where that is none of the features that pretraining has a part in."""
    from models.features.texture import TextureSpectrum
    from models.prediction.model_file import FeatureModel

    model = trained.classifier.model
    if trained.places is not None:
        return ""
    if not isinstance(model, FeatureModel):
        return "a network that is no part of this comparison"
    return "the texture spectrum alone" if all(isinstance(part, TextureSpectrum) for part in model.parts) else ""


def _cut(pool: Pool, labelled: Labelled, *, seed: int) -> tuple[Pool, Labelled]:
    """The same, with no more than MAX_IMAGES images: drawn from the labelled ones, then from the others."""
    kept = labelled.kept_of(len(pool.image_ids), most=MAX_IMAGES, seed=seed)
    at = kept.rows.tolist()
    smaller = replace(pool, image_ids=[pool.image_ids[i] for i in at], hashes=[pool.hashes[i] for i in at])
    return smaller, kept.labelled


def _feature_sets(
    project: Project, pool: Pool, chosen: ChosenEncoder, device: torch.device, seed: int
) -> Generator[Progress | Notice, None, dict[str, Blocks]]:
    """Transformed blocks by kind of features."""
    from models.features.power_transform import PowerTransform
    from models.forecasting.pretraining_gain import (
        ENCODER,
        FUSED,
        IMAGENET,
        IMAGENET_FUSED,
        RANDOM,
        RANDOM_FUSED,
        TEXTURE,
    )

    own_part = chosen.load(pool, device, seed=seed)
    twin, twin_key = untrained_twin(own_part, seed=seed)
    raw = {ENCODER: (yield from encoder_blocks(project, pool, own_part, chosen.features_key(own_part), device))}
    _, raw[TEXTURE] = yield from texture_blocks(project, pool, device)
    raw[RANDOM] = yield from encoder_blocks(project, pool, twin, twin_key, device, stage="random encoder features")
    raw |= yield from _imagenet_blocks(project, pool, own_part, device)
    sets = {name: PowerTransform.fit(blocks)(blocks) for name, blocks in raw.items()}
    fused = {FUSED: ENCODER, RANDOM_FUSED: RANDOM, IMAGENET_FUSED: IMAGENET}
    sets |= {name: sets[alone] | sets[TEXTURE] for name, alone in fused.items() if alone in sets}
    order = (ENCODER, FUSED, TEXTURE, RANDOM, RANDOM_FUSED, IMAGENET, IMAGENET_FUSED)
    return {name: sets[name] for name in order if name in sets}


def _imagenet_blocks(
    project: Project, pool: Pool, own_part: EncoderFeatures, device: torch.device
) -> Generator[Progress | Notice, None, dict[str, Blocks]]:
    """Raw blocks by a network with ImageNet weights, under its name; none where they are not on this machine."""
    from models.forecasting.pretraining_gain import IMAGENET

    weights = stored_weights()
    if weights is None:
        return {}
    try:
        part, key = imagenet_counterpart(own_part, weights)
    except KnownError as error:  # it must not cost the classifier that has just been trained
        yield Notice(f"ImageNet weights are left out of the comparison: {error}", warning=True)
        return {}
    return {IMAGENET: (yield from encoder_blocks(project, pool, part, key, device, stage="ImageNet features"))}
