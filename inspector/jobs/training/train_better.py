"""Fine-tuning that never hurts: the frozen encoder and the fine-tuned one are compared, and the better one is kept."""

from __future__ import annotations

import copy
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.training.train_linear import train_linear
from inspector.jobs.training.train_network import NetworkSetup, learn_in_view, network_classifier
from inspector.jobs.training.training import RunValidation, Trained
from models.events import Notice, Progress, StepDone

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.training import Labelled, TrainRequest
    from inspector.project import Project, Run
    from models.finetuning.finetune import FinetuneDone, Parts
    from models.finetuning.frozen_or_tuned import Verdict
    from models.finetuning.parts import JudgingParts
    from models.prediction.model_file import Classifier, FeatureModel

STAGE = "check of fine-tuning"


@dataclass(frozen=True)
class _Tuned:
    """What fine-tuned networks answered for labels that they had not seen.

    Attributes:
        judged: (m,) indices of the labels.
        logits: (m, K).
        folds: (m,) by which the choice is judged.
        done: the network that may be kept, where it was one of these.
    """

    judged: np.ndarray
    logits: np.ndarray
    folds: np.ndarray
    done: FinetuneDone | None

    def among(self, held_out: np.ndarray) -> _Tuned:
        """The answers for labels that are among these too."""
        import numpy as np

        both = np.isin(self.judged, held_out)
        return replace(self, judged=self.judged[both], logits=self.logits[both], folds=self.folds[both])


def train_better(
    project: Project,
    run: Run,
    pool: Pool,
    labelled: Labelled,
    request: TrainRequest,
    device: torch.device,
    *,
    maps: bool = False,
) -> Generator[Any, None, Trained]:
    """Fit a head on the fused features, fine-tune, compare the two on labels unseen by both, and keep the better one.

    Where folds have judged fine-tuning and the frozen encoder stays, no further network is trained.

    Raises:
        KnownError: there is no encoder, or a class has fewer than three labels.
    """
    from models.finetuning.frozen_or_tuned import choose
    from models.finetuning.frozen_start import HEAD_LEARNING_RATE
    from models.finetuning.parts import judging_parts

    setup = NetworkSetup.build(project, pool, labelled, request, device)
    setup = replace(setup, config=replace(setup.config, head_learning_rate=HEAD_LEARNING_RATE))
    judging = judging_parts(labelled.labels, groups=labelled.groups, seed=request.seed)
    frozen = yield from train_linear(project, run, pool, labelled, request, device)
    held_out, predicted, confidence = _held_out(pool, labelled, frozen)
    if judging.are_folds:
        tuned = yield from _tuned_in_folds(setup, labelled, judging, device)
    else:
        tuned = yield from _tuned_once(setup, run, pool, labelled, judging, device, maps=maps)
    tuned = tuned.among(held_out)
    judged = tuned.judged
    choice = choose(predicted[judged], confidence[judged], tuned.logits, labelled.labels[judged], tuned.folds)
    run.log("kept", choice.verdict.to_json())
    yield Notice(choice.verdict.sentence)
    if choice.verdict.kept == "frozen":
        predicted[judged], confidence[judged] = choice.predicted, choice.confidence
        return _with_figures(
            frozen, pool, labelled, held_out, predicted[held_out], confidence[held_out], choice.verdict
        )
    done = tuned.done
    if done is None:
        _start(setup, labelled, judging.final)
        done = yield from learn_in_view(setup, run, pool, labelled, judging.final, device, maps=maps)
    classifier = network_classifier(project, run, setup, labelled, done, calibration=choice.calibration)
    classifier = replace(classifier, guard=_guard_of(frozen.classifier))
    # All labels shaped it: those that trained nothing chose it and made its calibration. None may judge it later.
    trained = Trained(classifier, None, _protocol(judging), labelled.positions, None)
    return _with_figures(trained, pool, labelled, judged, choice.predicted, choice.confidence, choice.verdict)


def _guard_of(frozen: Classifier) -> FeatureModel | None:
    """What tells images that are unlike all that was learned from: the frozen encoder's features know it best."""
    from models.prediction.model_file import FeatureModel

    if isinstance(frozen.model, FeatureModel):
        return frozen.model
    return frozen.guard


def _held_out(pool: Pool, labelled: Labelled, frozen: Trained) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which of the n labels (m,) judged the frozen encoder, and its answers and confidence (n,), set at those alone."""
    import numpy as np

    assert frozen.answers is not None  # labels that can be cut into train, stop and judge can be cut into folds
    index_of = {pool.image_ids[position]: i for i, position in enumerate(labelled.positions.tolist())}
    held_out = np.array([index_of[image_id] for image_id in frozen.answers.image_ids])
    predicted, confidence = np.zeros(len(labelled.labels), dtype=np.int64), np.zeros(len(labelled.labels))
    predicted[held_out], confidence[held_out] = frozen.answers.predicted, frozen.answers.confidence
    return held_out, predicted, confidence


def _start(setup: NetworkSetup, labelled: Labelled, parts: Parts) -> None:
    from models.finetuning.frozen_start import start_from_frozen_head

    positions, labels = labelled.positions[parts.train], labelled.labels[parts.train]
    start_from_frozen_head(setup.network, setup.pixels, positions, labels, seed=setup.config.seed)


def _tuned_once(
    setup: NetworkSetup,
    run: Run,
    pool: Pool,
    labelled: Labelled,
    judging: JudgingParts,
    device: torch.device,
    *,
    maps: bool,
) -> Generator[Any, None, _Tuned]:
    """One network, judged by the fifth of the labels that it was not trained on."""
    from models.classification.classifier import stratified_folds

    (parts,) = judging.parts
    _start(setup, labelled, parts)
    done = yield from learn_in_view(setup, run, pool, labelled, parts, device, maps=maps)
    folds = stratified_folds(labelled.labels[parts.test], groups=labelled.groups[parts.test], seed=setup.config.seed)
    return _Tuned(parts.test, done.test_logits, folds, done)


def _tuned_in_folds(
    setup: NetworkSetup, labelled: Labelled, judging: JudgingParts, device: torch.device
) -> Generator[Progress, None, _Tuned]:
    """A network a fold; the setup's own is left as it is."""
    import numpy as np

    from models.finetuning.finetune import FinetuneDone, finetune

    judged, logits, before = [], [], 0
    for index, parts in enumerate(judging.parts):
        fold = replace(setup, network=copy.deepcopy(setup.network))
        _start(fold, labelled, parts)
        steps = 0
        for event in finetune(
            fold.network, fold.pixels, labelled.positions, labelled.labels, parts, fold.config, device=device
        ):
            if isinstance(event, StepDone):  # a fold may stop early, so the total shrinks as they end
                steps = event.step
                yield Progress(STAGE, before + steps, before + event.steps * (len(judging.parts) - index), "steps")
            elif isinstance(event, FinetuneDone):
                judged.append(parts.test)
                logits.append(event.test_logits)
        before += steps
    folds = np.repeat(np.arange(len(judged)), [len(part) for part in judged])
    return _Tuned(np.concatenate(judged), np.concatenate(logits), folds, None)


def _with_figures(
    trained: Trained,
    pool: Pool,
    labelled: Labelled,
    indices: np.ndarray,
    predicted: np.ndarray,
    confidence: np.ndarray,
    verdict: Verdict,
) -> Trained:
    """The same, judged by the answers of the whole procedure for the labels at `indices` (m,)."""
    from models.evaluation.evaluate import evaluate

    return replace(
        trained,
        validation=evaluate(labelled.labels[indices], predicted, confidence, labelled.classes),
        answers=RunValidation.of(pool, labelled, indices, predicted=predicted, confidence=confidence),
        protocol=f"{trained.protocol} The choice between frozen and fine-tuned is included.",
        verdict=verdict,
    )


def _protocol(judging: JudgingParts) -> str:
    if judging.are_folds:
        return (
            f"Cross-validation in {len(judging.parts)} folds: each label was judged by a network that had not seen it, "
            "nor any of its group."
        )
    parts = judging.final
    return (
        f"{len(parts.train)} labelled images trained it, {len(parts.validation)} others chose the epoch, and "
        f"{len(parts.test)} more, which no step had seen, gave these figures."
    )
