"""A network trained by gradient descent: fine-tuned, or the paper's frozen encoder with one linear layer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import Validated
from inspector.jobs.pool.encoders import needed_encoder
from inspector.jobs.pretraining.live_map import LiveMap
from inspector.jobs.running.versions import versions
from inspector.jobs.training.training import RunValidation, Trained
from models.events import Embedding, EpochDone, Validation

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.training import Labelled, TrainRequest
    from inspector.project import Project, Run
    from models.encoders.architectures import Encoder
    from models.encoders.network import ClassifierNetwork
    from models.evaluation.calibration import Calibration
    from models.finetuning.finetune import FinetuneConfig, FinetuneDone, Parts
    from models.images.pixels import Pixels
    from models.prediction.model_file import Classifier


@dataclass(frozen=True)
class NetworkSetup:
    """What a training by gradient descent starts from.

    Attributes:
        network: the chosen encoder with a linear layer of random weights.
        encoder: which one, in words.
    """

    network: ClassifierNetwork
    config: FinetuneConfig
    pixels: Pixels
    encoder: str

    @classmethod
    def build(
        cls, project: Project, pool: Pool, labelled: Labelled, request: TrainRequest, device: torch.device
    ) -> NetworkSetup:
        """As asked for.

        Raises:
            KnownError: there is no such encoder.
        """
        import torch

        from models.encoders.network import ClassifierNetwork
        from models.finetuning.finetune import PAPER_HEAD, FinetuneConfig

        config = PAPER_HEAD if request.preset == "paper" and request.mode == "linear" else FinetuneConfig()
        config = replace(config, seed=request.seed, epochs=request.epochs or config.epochs)
        chosen = needed_encoder(project, request.encoder, seed=request.seed, otherwise=request.without_encoder)
        loaded = chosen.load(pool, device, seed=request.seed)
        encoder = loaded.encoder
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(request.seed)
            network = ClassifierNetwork(
                encoder,
                loaded.standardiser,
                classes=len(labelled.classes),
                size_px=_network_size(encoder, paper=request.preset == "paper"),
                norm=encoder.spec.kind == "vit",
            )
        if config.augment is not None:
            views = replace(config.augment, flips=loaded.flips, right_angles=loaded.right_angles)
            config = replace(config, augment=views)
        return cls(network.to(device), config, pool.pixels(device), chosen.description)


def check_labels(labelled: Labelled, request: TrainRequest) -> None:
    """Make sure that there are enough labels to train a network, to stop and to judge it.

    Raises:
        TooFewLabelsError: there are not; it says what can be trained with fewer.
    """
    from models.finetuning.finetune import TooFewLabelsError, stratified_parts

    try:
        stratified_parts(labelled.labels, groups=labelled.groups, seed=request.seed)
    except TooFewLabelsError as error:
        option = "--preset paper" if request.preset == "paper" else "--mode finetune"
        raise TooFewLabelsError(f"{error} Without {option} fewer will do.") from error


def train_network(
    project: Project,
    run: Run,
    pool: Pool,
    labelled: Labelled,
    request: TrainRequest,
    device: torch.device,
    *,
    maps: bool = False,
) -> Generator[Any, None, Trained]:
    """Train on three fifths of the labels, stop by a fifth of the rest, judge once by the others.

    Args:
        maps: whether a map of what the network makes of the images follows every few epochs.
    """
    import numpy as np

    from models.evaluation.calibration import fit_calibration
    from models.evaluation.evaluate import evaluate
    from models.finetuning.finetune import stratified_parts

    setup = NetworkSetup.build(project, pool, labelled, request, device)
    parts = stratified_parts(labelled.labels, groups=labelled.groups, seed=request.seed)
    done = yield from learn_in_view(setup, run, pool, labelled, parts, device, maps=maps)
    calibration = fit_calibration(done.validation_logits, labelled.labels[parts.validation])
    probabilities = calibration.probabilities(done.test_logits)
    predicted, confidence = probabilities.argmax(1), probabilities.max(1)
    validation = evaluate(labelled.labels[parts.test], predicted, confidence, labelled.classes)
    classifier = network_classifier(project, run, setup, labelled, done, calibration=calibration)
    protocol = (
        f"{len(parts.train)} labelled images trained it, {len(parts.validation)} others chose the epoch and the "
        f"calibration, and {len(parts.test)} more, which no step had seen, gave these figures."
    )
    seen = np.concatenate([parts.train, parts.validation])
    answers = RunValidation.of(pool, labelled, parts.test, predicted=predicted, confidence=confidence)
    return Trained(classifier, validation, protocol, labelled.positions[seen], answers)


def learn_in_view(
    setup: NetworkSetup,
    run: Run,
    pool: Pool,
    labelled: Labelled,
    parts: Parts,
    device: torch.device,
    *,
    maps: bool = False,
) -> Generator[Any, None, FinetuneDone]:
    """Train the setup's network in place, as a page shows it; epochs are logged with the run."""
    from models.finetuning.finetune import FinetuneDone, finetune

    live_map = LiveMap(pool.image_ids)
    positions, labels = labelled.positions, labelled.labels
    done = None
    for event in finetune(
        setup.network, setup.pixels, positions, labels, parts, setup.config, device=device, looks=maps
    ):
        if isinstance(event, FinetuneDone):
            done = event
            continue
        if isinstance(event, EpochDone):
            run.log("epoch", {"epoch": event.epoch, **event.metrics})
        shown = _shown(event, labelled, live_map)
        if shown is not None:
            yield shown
    assert done is not None
    return done


def network_classifier(
    project: Project, run: Run, setup: NetworkSetup, labelled: Labelled, done: FinetuneDone, *, calibration: Calibration
) -> Classifier:
    """The classifier that a trained network makes."""
    from models.prediction.model_file import Classifier, NetworkModel

    return Classifier(
        classes=labelled.classes,
        image_settings=project.image_settings,
        model=NetworkModel(done.network),
        calibration=calibration,
        facts={"run": run.id, "encoder": setup.encoder, "best_epoch": done.best_epoch, **versions()},
    )


def _shown(event: Any, labelled: Labelled, live_map: LiveMap) -> Any:
    """An event of the loop as a page shows it: figures for answers, a map for embeddings."""
    from models.evaluation.evaluate import evaluate

    if isinstance(event, Validation):
        return Validated(event.epoch, evaluate(event.true, event.predicted, event.confidence, labelled.classes))
    return live_map.moved(event) if isinstance(event, Embedding) else event


def _network_size(encoder: Encoder, *, paper: bool) -> int:
    """Side of the square that a network reads."""
    from models.features.extraction import FEATURE_PX

    if encoder.spec.tile_px:
        return max(1, round(FEATURE_PX / encoder.spec.tile_px)) * encoder.spec.tile_px
    return 224 if paper else FEATURE_PX
