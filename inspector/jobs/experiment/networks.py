"""Networks trained by gradient descent on drawn labels, as `inspector train` does, judged on the unseen images."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.jobs.experiment.measuring import Answers
from inspector.jobs.experiment.plan import NETWORK_MODES
from inspector.jobs.experiment.protocol import draw_labels
from inspector.jobs.experiment.stages import shown
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.training.train import TrainFinished, train
from inspector.jobs.training.training import TrainRequest
from models.events import Progress

if TYPE_CHECKING:
    from inspector.jobs.experiment.encoders import SplitProject
    from models.images.pixels import Pixels
    from models.prediction.model_file import Classifier

BATCH = 64
FEWEST_MAPPED = 4  # images that make a t-SNE map


def measure_network(
    split: SplitProject,
    *,
    mode: str,
    amount: int | float,
    encoder: str,
    epochs: int | None,
    seed: int,
    device: str,
    title: str,
) -> Generator[Any, None, dict[str, Any]]:
    """Train 'frozen' (the paper's linear layer) or 'fine-tuned' on drawn labels; scores, answers, and a map.

    Where near-duplicates leave too few labels to train, stop and judge by, returns why it is left out.

    Raises:
        KnownError: see `train`.
    """
    from models.finetuning.finetune import TooFewLabelsError

    project, truth = split.project, split.truth
    pool_ids = np.array([i for i in sorted(truth.class_of) if i not in set(split.unseen)])
    labels = np.array([truth.class_of[i] for i in pool_ids.tolist()])
    drawn = draw_labels(labels, amount, seed)
    wanted: dict[int, str | None] = dict.fromkeys(project.labels())
    wanted |= {int(pool_ids[i]): truth.classes[labels[i]] for i in drawn}
    project.label_images(wanted, step=f"Draw {len(drawn)} labels", source="experiment")
    request = TrainRequest(
        mode=NETWORK_MODES[mode],
        encoder=encoder,
        preset="paper" if mode == "frozen" else "default",
        epochs=epochs,
        device=device,
        seed=seed,
        keep_better=False,
    )
    try:
        finished: TrainFinished = yield from shown(train(project, request))
    except TooFewLabelsError:
        return {"left_out": f"near-duplicates among the {len(drawn)} labels leave too few to train and to stop by."}
    judged = yield from _judged(split, finished, device, title)
    return {**judged, "labels": len(drawn), "seconds_of_training": round(finished.seconds, 1)}


def _judged(split: SplitProject, finished: TrainFinished, device: str, title: str) -> Generator[Any, None, dict]:
    """Answers of a trained model for the unseen images, in the order of their ids, and the map of what it reads."""
    from models.prediction.model_file import NetworkModel, load_classifier

    classifier = load_classifier(finished.model, device=device)
    hash_of = {image.id: image.content_hash for image in split.project.images()}
    with open_cache(split.project) as cache:
        pool = yield from fill_pool(split.project, cache)
        pixels = pool.pixels(classifier.device, [hash_of[i] for i in split.unseen])
        probabilities, vectors = yield from _read(classifier, pixels, title)
    order = [classifier.classes.index(name) for name in split.truth.classes]
    true = np.array([split.truth.class_of[i] for i in split.unseen])
    answers = Answers.of(true, probabilities[:, order])
    made = {"scores": [answers.scores(split.truth.classes)], "answers": answers.to_json()}
    if isinstance(classifier.model, NetworkModel):
        made["map"] = map_points(vectors)
    return made


def _read(
    classifier: Classifier, pixels: Pixels, title: str
) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:
    """Probabilities (m, K), and what a network's linear layer reads (m, D); (m, 0) where the model is none."""
    from models.prediction.model_file import NetworkModel

    model = classifier.model
    probabilities = np.zeros((len(pixels), len(classifier.classes)), dtype=np.float32)
    vectors: dict[int, np.ndarray] = {}
    done = 0
    for positions, images in pixels.batches(BATCH):
        probabilities[positions.numpy()] = classifier.probabilities(list(images.cpu().numpy()))
        if isinstance(model, NetworkModel):
            vectors |= zip(positions.tolist(), model.network.embed(images).cpu().numpy(), strict=True)
        done += len(images)
        yield Progress(title, done, len(pixels))
    return probabilities, np.array([vectors[i] for i in sorted(vectors)])


def map_points(vectors: np.ndarray) -> list[list[float]]:
    """t-SNE of vectors (m, D): m points; none of fewer images than make a map."""
    from models.features.embed import tsne_map

    if len(vectors) < FEWEST_MAPPED:
        return []
    return np.round(tsne_map(vectors).astype(float), 2).tolist()
