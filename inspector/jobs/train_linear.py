"""A linear head on frozen features, by the rule that out-of-fold figures choose."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from inspector.jobs.features import pool_features
from inspector.jobs.training import RunValidation, Trained
from inspector.jobs.versions import versions
from models.events import Progress

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool import Pool
    from inspector.jobs.training import Labelled, TrainRequest
    from inspector.project import Project, Run
    from models.evaluate import Evaluation


def train_linear(
    project: Project, run: Run, pool: Pool, labelled: Labelled, request: TrainRequest, device: torch.device
) -> Generator[Any, None, Trained]:
    """Frozen features and a linear head."""
    from models.calibration import softmax
    from models.classifier import LabelledPool, fit_linear
    from models.model_file import Classifier, FeatureModel

    features = yield from pool_features(
        project, pool, which=request.features, encoder=request.encoder, device=device, seed=request.seed
    )
    yield Progress("head", 0, 1, "heads")
    learned = LabelledPool.build(
        features.blocks, labelled.positions, labelled.labels, labelled.classes, use_unlabelled=request.use_unlabelled
    )
    fit = yield from fit_linear(learned, seed=request.seed)
    run.log("rule", {"chosen": fit.rule.describe(), "macro_f1_out_of_fold": fit.scores})
    probabilities = softmax(fit.head.logits(learned.features) / fit.temperature)
    best = probabilities.argmax(1)
    project.save_predictions(
        run.id,
        [
            (image_id, labelled.classes[k], float(row[k]))
            for image_id, k, row in zip(pool.image_ids, best.tolist(), probabilities, strict=True)
        ],
    )
    classifier = Classifier(
        classes=labelled.classes,
        image_settings=project.image_settings,
        model=FeatureModel(features.parts, features.transform, fit.head),
        temperature=fit.temperature,
        facts={"run": run.id, "features": features.description, "rule": fit.rule.describe(), **versions()},
    )
    yield Progress("head", 1, 1, "heads")
    answers = RunValidation.of(pool, labelled, fit.validated, predicted=fit.predicted, confidence=fit.confidence)
    return Trained(classifier, fit.validation, _linear_protocol(fit.validation), labelled.positions, answers)


def _linear_protocol(validation: Evaluation | None) -> str:
    if validation is None:
        return "No class has two labels, so none could be held out: label one more image of each class for a figure."
    return (
        f"Stratified cross-validation over {validation.images} labelled images: each was judged by a head that had not "
        "seen its label, propagation and the choice of the rule included."
    )
