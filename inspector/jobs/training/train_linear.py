"""The classifier that out-of-fold figures choose: a linear head on frozen features, or a look at unusual places."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.features import pool_features
from inspector.jobs.running.versions import versions
from inspector.jobs.training.train_places import compare_places
from inspector.jobs.training.training import Learned, RunValidation, Trained
from models.events import Progress

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.training import Labelled, TrainRequest
    from inspector.project import Project, Run
    from models.classification.classifier import LinearFit
    from models.classification.known_answers import KnownAnswers
    from models.evaluation.evaluate import Evaluation
    from models.images.pixels import Pixels
    from models.prediction.model_file import Classifier

BATCH = 16
TEXTURE = "texture spectrum"
OVERCONFIDENT = 0.005  # mean confidence that a head has too much of the images it was fitted on


def train_linear(
    project: Project, run: Run, pool: Pool, labelled: Labelled, request: TrainRequest, device: torch.device
) -> Generator[Any, None, Trained]:
    """Frozen features and a linear head, unless the images' unusual places tell more."""
    from models.classification.classifier import fit_linear
    from models.classification.familiarity import Familiarity
    from models.classification.labelled_pool import LabelledPool
    from models.evaluation.calibration import Calibration
    from models.prediction.model_file import Classifier, FeatureModel

    features = yield from pool_features(
        project, pool, which=request.features, encoder=request.encoder, device=device, seed=request.seed
    )
    detector = features.detector if request.features == "fused" else None  # else the user named what to look at
    yield Progress("head", 0, 1, "heads")
    learned = LabelledPool.build(
        features.blocks, labelled.positions, labelled.labels, labelled.classes, use_unlabelled=request.use_unlabelled
    )
    others = {} if learned.beside is None else {TEXTURE: learned.beside}
    fit = yield from fit_linear(learned, others=others, groups=labelled.groups, seed=request.seed)
    if fit.features == TEXTURE:
        learned = others[TEXTURE]
        features = yield from pool_features(project, pool, which="texture", device=device, seed=request.seed)
    rule = fit.comparison.chosen
    run.log("rule", {"chosen": rule, "macro_f1_out_of_fold": fit.comparison.scores})
    familiarity = Familiarity.fit(learned.features, fit.pool_logits.argmax(1), seed=request.seed)
    facts = {"run": run.id, "features": features.description, "rule": rule, **versions()}
    whole = Classifier(
        classes=labelled.classes,
        image_settings=project.image_settings,
        model=FeatureModel(features.parts, features.transform, fit.head, familiarity),
        calibration=fit.calibration,
        facts=facts,
    )
    places = yield from compare_places(
        pool, labelled, fit.candidates, fit.comparison, detector, device, seed=request.seed
    )
    if places is None:
        own_logits = fit.head.logits(learned.features)
        known = yield from _known_answers(pool.pixels(device), labelled, fit, own_logits)
        classifier, comparison = replace(whole, known=known), fit.comparison
        probabilities = fit.calibration.probabilities(fit.pool_logits)
    else:
        comparison = places.comparison
        run.log("places", {"chosen": places.name, "macro_f1_out_of_fold": comparison.scores})
        facts |= {"features": f"unusual places ({places.name})", "rule": places.name}
        facts |= {} if places.check is None else {"maps": places.check.to_json()}
        calibration = comparison.calibration or Calibration()
        guard = whole.model if familiarity is not None else None
        classifier = replace(
            whole, model=places.model, calibration=calibration, device=device, facts=facts, guard=guard
        )
        probabilities = yield from _predicted(classifier, pool.pixels(device))
    yield Progress("head", 1, 1, "heads")
    answers = RunValidation.of(
        pool,
        labelled,
        fit.candidates.held_out if places is None else places.held_out,
        predicted=comparison.predicted,
        confidence=comparison.confidence,
    )
    return Trained(
        classifier,
        comparison.evaluation,
        _protocol(comparison.evaluation, labelled),
        labelled.positions,
        answers,
        places=None if places is None else places.name,
        probabilities=probabilities,
        learned=Learned(features.blocks, fit.rule, request.use_unlabelled) if places is None else None,
    )


def _known_answers(
    pixels: Pixels, labelled: Labelled, fit: LinearFit, own_logits: np.ndarray
) -> Generator[Progress, None, KnownAnswers | None]:
    """What to answer for the unlabelled images that the head is too sure of (its logits: (N, K)); None if it isn't."""
    import numpy as np
    import torch

    from models.classification.known_answers import KnownAnswers, fingerprint

    unlabelled = np.setdiff1d(np.arange(len(pixels)), labelled.positions)
    own, better = (fit.calibration.probabilities(logits[unlabelled]) for logits in (own_logits, fit.pool_logits))
    if not len(unlabelled) or own.max(1).mean() - better.max(1).mean() < OVERCONFIDENT:
        return None
    fingerprints, order = [], []
    for places, images in pixels.batches(BATCH, torch.from_numpy(unlabelled)):
        fingerprints += [fingerprint(image) for image in images.cpu().numpy()]
        order.append(places.numpy())
        yield Progress("answers", len(fingerprints), len(unlabelled))
    return KnownAnswers.of(fingerprints, fit.pool_logits[unlabelled[np.concatenate(order)]])


def _predicted(classifier: Classifier, pixels: Pixels) -> Generator[Progress, None, np.ndarray]:
    """Probabilities (N, K) of the pool's images."""
    import numpy as np

    probabilities = np.zeros((len(pixels), len(classifier.classes)), dtype=np.float32)
    done = 0
    for positions, images in pixels.batches(BATCH):
        probabilities[positions.numpy()] = classifier.probabilities(list(images.cpu().numpy()))
        done += len(images)
        yield Progress("predictions", done, len(pixels))
    return probabilities


def _protocol(validation: Evaluation | None, labelled: Labelled) -> str:
    groups = len(set(labelled.groups.tolist()))
    is_grouped = groups < len(labelled.groups)
    if validation is None and is_grouped:
        return (
            "No class has labels in two groups, so none could be held out and no figure can be told: label an image of "
            "another coil or time in each class."
        )
    if validation is None:
        return "No class has two labels, so none could be held out: label one more image of each class for a figure."
    text = (
        f"Stratified cross-validation over {validation.images} labelled images: each was judged by a head that had not "
        "seen its label, propagation and the choice of the rule included."
    )
    if is_grouped:
        text += f" The labels lie in {groups} groups, none of them on both sides of a fold."
        if untold := labelled.told_of_nothing():
            text += f" All labels of {', '.join(untold)} lie in one group, so figures of it can't be told."
    return text
