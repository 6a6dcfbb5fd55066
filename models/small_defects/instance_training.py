"""Training the network that says what a place shows, from the labels of images alone.

Which of an image's places holds its defect is not known: each is chosen as often as the network, as far as it has
learned, holds it for one (expectation maximisation), at first as often as the detector does. Images of the background
class teach that none of their places is a defect. Dimensions: n images, P places, K classes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.classification.classifier import stratified_folds
from models.errors import KnownError
from models.events import Progress
from models.pretraining.trainer import cosine_rate
from models.small_defects.anomaly_detector import AnomalyDetector
from models.small_defects.anomaly_training import jittered
from models.small_defects.instances import INSTANCE_PX, Bags, moved
from models.small_defects.multiple_instance import InstanceNetwork, image_logits, place_logits
from models.system.backward import backward
from models.system.device import autocast, gradient_scaler

FOLDS = 3
BATCH = 48
LEARNING_RATE = 1e-3
HEAD_RATE = 5.0  # of the new layer, times the others'
WEIGHT_DECAY = 0.02
WARMUP = 0.1
LABEL_SMOOTHING = 0.05
FIRST_STEPS, STEPS_PER_LABEL, MOST_STEPS = 600, 0.6, 1_200
DETECTOR_SHARE = 1 / 3  # of the training, in which the detector still has a say in where the defect lies
EVIDENCE_WEIGHT = 2.0
EVIDENCE_LIMIT = 6.0
EVIDENCE_MEMORY = 0.5
PLACES_TRIED = (3, 1, 8)  # how many places of an image have a say; the first unless another is clearly better
TOLD_EVERY = 10  # steps


@dataclass(frozen=True)
class InstanceFit:
    """Networks' answers on images that they were not trained on, and one trained on all.

    Attributes:
        log_prior: (K,) of the labels' class shares.
        held_out: (m,) which of the n labels were held out; a class's only label, or group of labels, always trains.
        out_of_fold: (len(PLACES_TRIED), n, K) logits of those, prior included; 0 for the others.
    """

    network: InstanceNetwork
    log_prior: np.ndarray
    held_out: np.ndarray
    out_of_fold: np.ndarray


def steps_for(labels: int) -> int:
    """Steps of one training."""
    return int(min(FIRST_STEPS + STEPS_PER_LABEL * labels, MOST_STEPS))


def fit_instances(
    bags: Bags,
    labels: np.ndarray,
    classes: int,
    *,
    background: int | None,
    detector: AnomalyDetector,
    device: torch.device,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> Generator[Progress, None, InstanceFit]:
    """Cross-validate and then train on all the labels (n,) of the bags; those with equal `groups` are in one fold."""
    folds = stratified_folds(labels, most=FOLDS, seed=seed, groups=groups)
    used = np.unique(folds[folds >= 0])
    out_of_fold = np.zeros((len(PLACES_TRIED), len(labels), classes), dtype=np.float32)
    everything = np.arange(len(labels))
    total = steps_for(len(labels)) + sum(steps_for(np.count_nonzero(folds != fold)) for fold in used)
    done = 0
    for fold in used:
        known, held_out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        network = yield from _train(
            bags, labels, known, classes, background, detector, device, seed, done=done, total=total
        )
        done += steps_for(len(known))
        prior = log_shares(labels[known], classes)
        answers = answers_of(network, detector, bags, held_out, device)
        for v, places in enumerate(PLACES_TRIED):
            out_of_fold[v, held_out] = image_logits(answers, background=background, places=places) + prior
    network = yield from _train(
        bags, labels, everything, classes, background, detector, device, seed, done=done, total=total
    )
    return InstanceFit(network, log_shares(labels, classes), np.flatnonzero(folds >= 0), out_of_fold)


def log_shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """Logarithm (K,) of the classes' shares of the labels; a class without any is next to impossible."""
    counts = np.bincount(labels, minlength=classes)
    return np.log(np.maximum(counts / counts.sum(), 1e-6)).astype(np.float32)


def answers_of(
    network: InstanceNetwork, detector: AnomalyDetector, bags: Bags, indices: np.ndarray, device: torch.device
) -> np.ndarray:
    """Logits (m, P, K) of the places of the images at `indices` (m,)."""
    margin = (bags.crops.shape[-1] - INSTANCE_PX) // 2
    answers = []
    for part in torch.from_numpy(indices).split(BATCH):
        crops = bags.crops[part, :-1, :, margin : margin + INSTANCE_PX, margin : margin + INSTANCE_PX].to(device)
        logits = place_logits(network, detector, crops.flatten(0, 1).contiguous())
        answers.append(logits.unflatten(0, crops.shape[:2]).cpu().numpy())
    return np.concatenate(answers)


def _train(
    bags: Bags,
    labels: np.ndarray,
    known: np.ndarray,
    classes: int,
    background: int | None,
    detector: AnomalyDetector,
    device: torch.device,
    seed: int,
    *,
    done: int,
    total: int,
) -> Generator[Progress, None, InstanceNetwork]:
    """Train on the images at indices `known`; `done` of `total` steps were taken before, for the progress."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = InstanceNetwork(detector.network, classes=classes).to(device, memory_format=torch.channels_last)
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    head = [*network.norm.parameters(), *network.linear.parameters()]
    groups = [{"params": list(network.network.parameters()), "share": 1.0}, {"params": head, "share": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    scaler = gradient_scaler(device)
    shares = _sampling_shares(labels[known], classes)
    log_sampling = torch.from_numpy(np.log(np.maximum(shares, 1e-6))).float().to(device)
    chance = (shares / np.maximum(np.bincount(labels[known], minlength=classes), 1))[labels[known]]
    places = _PlaceChoice(bags.logits.numpy(), labels, background, rng)
    steps = steps_for(len(known))
    for step in range(steps):
        rate = LEARNING_RATE * cosine_rate(step, steps, warmup=WARMUP)
        for group in optimizer.param_groups:
            group["lr"] = rate * group["share"]
        chosen = rng.choice(known, BATCH, p=chance / chance.sum())
        at = places.draw(chosen, detector_say=max(0.0, 1 - step / steps / DETECTOR_SHARE))
        crops = moved(
            bags.crops[chosen, at].to(device), generator, flips=detector.flips, right_angles=detector.right_angles
        )
        target = torch.from_numpy(labels[chosen]).to(device)
        logits = _step(network, detector, crops, target, log_sampling, optimizer, scaler, generator)
        places.learn(chosen, at, logits)
        if step % TOLD_EVERY == 0 and not np.isfinite(logits).all():
            raise KnownError("Training on unusual places has diverged: an answer is no number. Train again.")
        if (step + 1) % TOLD_EVERY == 0:
            yield Progress("unusual places: network", done + step + 1, total, "steps")
    return network.eval()


def _step(
    network: InstanceNetwork,
    detector: AnomalyDetector,
    crops: Tensor,
    target: Tensor,
    log_sampling: Tensor,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    generator: torch.Generator,
) -> np.ndarray:
    """One optimiser step; returns the logits (B, K) for equally common classes.

    The shares that classes were drawn with are added to the logits in the loss (logit adjustment: Menon et al., 2021),
    so that what remains knows no prior.
    """
    network.train()
    network.network.eval()  # its batch statistics are those of the whole pool; a few labels would spoil them
    views = jittered(detector.standardiser(crops), generator)
    with autocast(crops.device):
        logits = network(views)
    logits = logits.float()
    loss = F.cross_entropy(logits + log_sampling, target, label_smoothing=LABEL_SMOOTHING)
    optimizer.zero_grad(set_to_none=True)
    backward(scaler.scale(loss), optimizer)
    scaler.step(optimizer)
    scaler.update()
    return logits.detach().cpu().numpy()


def _sampling_shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """Shares (K,) that classes are drawn with: by the root of their frequency, so that 762 do not drown 22."""
    roots = np.sqrt(np.bincount(labels, minlength=classes))
    return roots / roots.sum()


class _PlaceChoice:
    """Which place of an image to learn from."""

    def __init__(
        self, detector_logits: np.ndarray, labels: np.ndarray, background: int | None, rng: np.random.Generator
    ) -> None:
        self._detector = detector_logits  # (n, P)
        self._evidence = np.zeros_like(detector_logits)  # for the image's own label, as far as was learned
        self._labels = labels
        self._background = background
        self._rng = rng

    def draw(self, images: np.ndarray, *, detector_say: float) -> np.ndarray:
        """An index of `Bags.crops` for each of `images` (B,): any for the background, a likely one for others."""
        count = self._detector.shape[1]
        missing = np.isinf(self._detector[images])
        score = np.where(missing, 0, self._detector[images]) * detector_say + EVIDENCE_WEIGHT * self._evidence[images]
        score = np.where(missing, -np.inf, score)
        gumbel = self._rng.gumbel(size=score.shape)
        likely = (score + gumbel).argmax(1)
        return np.where(
            self._labels[images] == self._background, self._rng.integers(count + 1, size=len(images)), likely
        )

    def learn(self, images: np.ndarray, places: np.ndarray, logits: np.ndarray) -> None:
        """Take in what the network said (B, K) of these places."""
        labels = self._labels[images]
        others = logits.mean(1) if self._background is None else logits[:, self._background]
        found = np.clip(logits[np.arange(len(logits)), labels] - others, -EVIDENCE_LIMIT, EVIDENCE_LIMIT)
        real = places < self._detector.shape[1]
        images, places, found = images[real], places[real], found[real]
        self._evidence[images, places] += EVIDENCE_MEMORY * (found - self._evidence[images, places])
