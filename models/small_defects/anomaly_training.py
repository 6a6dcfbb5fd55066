"""Learning from unlabelled images where something is unusual: find synthetic anomalies, and know them again elsewhere.

Half of the anomalies of a batch are laid on two backgrounds each. The network is told where they lie (a focal
cross-entropy of each cell) and which shape they have, and by contrast (NT-Xent) that both of a pair are the same
whatever lies behind them. Real defects among the images are treated as background: they are rare, and so stay unusual.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.events import Progress
from models.images.pixels import Pixels
from models.pretraining.simclr import ProjectionHead, nt_xent
from models.pretraining.trainer import cosine_rate
from models.small_defects.anomaly_detector import AnomalyDetector
from models.small_defects.anomaly_network import CELL_PX, AnomalyNetwork, CellOutputs, pooled
from models.small_defects.synthetic_anomalies import draw_anomaly
from models.system.backward import backward
from models.system.device import autocast, gradient_scaler

WINDOW_PX = 96
BATCH = 48  # windows a step: 18 anomalies on two backgrounds each, 12 windows without any
PAIRED_SHARE = 0.75
TRIES = 6  # to lay an anomaly on a window so that it shows
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
WARMUP = 0.05
POSITIVE_WEIGHT = 5.0  # of a cell with an anomaly
STRICT_SHARE = 0.3  # of the training, in which every cell without a synthetic anomaly counts as background
FORGIVEN = 0.0  # logit above which such a cell counts for nothing afterwards: it may hold a real defect
CELL_WEIGHT, SHAPE_WEIGHT, CONTRAST_WEIGHT = 10.0, 0.2, 0.3
TEMPERATURE = 0.2
JITTER = 0.4  # of contrast (a factor) and of brightness (in deviations of the pool)


@dataclass(frozen=True)
class Batch:
    """Windows (B, C, S, S) uint8, the anomalous pixels (B, S, S) float32, the shape drawn in each (B,), and the indices
    (m,) of the first of each pair, whose second stands `pairs` later."""

    windows: Tensor
    masks: Tensor
    shapes: Tensor
    first: Tensor
    pairs: int


def learn_anomalies(
    pixels: Pixels,
    *,
    windows: int,
    device: torch.device,
    flips: bool = True,
    right_angles: bool = True,
    width: int = 32,
    seed: int = 0,
) -> Generator[Progress, None, AnomalyDetector]:
    """Train a network on `windows` windows of the images; tells after each step how many it has seen.

    Args:
        flips, right_angles: which turns leave a defect what it is; kept with the detector.

    Raises:
        KnownError: the loss is no number.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = AnomalyNetwork(EncoderSpec(channels=pixels.channels, width=width))
        projection = ProjectionHead(network.features, hidden=256, outputs=128, batch_norm=True)
    network.to(device, memory_format=torch.channels_last).train()
    projection.to(device)
    standardiser = pixels.standardiser()
    generator = torch.Generator().manual_seed(seed)
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW([*network.parameters(), *projection.parameters()], weight_decay=WEIGHT_DECAY)
    scaler = gradient_scaler(device)
    steps = max(1, windows // BATCH)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * cosine_rate(step, steps, warmup=WARMUP)
        batch = draw_batch(pixels, rng, generator)
        views = jittered(standardiser(batch.windows.to(device)), generator)
        with autocast(device):
            outputs = network(views.contiguous(memory_format=torch.channels_last))
        loss = _loss(outputs, batch, projection, forgiving=step >= STRICT_SHARE * steps)
        optimizer.zero_grad(set_to_none=True)
        backward(scaler.scale(loss), optimizer)
        scaler.step(optimizer)
        scaler.update()
        if step % 50 == 0 and not loss.isfinite():
            raise KnownError("Learning to spot small defects has diverged: the loss is no number. Start the run again.")
        yield Progress("small defects", (step + 1) * BATCH, steps * BATCH, "windows")
    return AnomalyDetector(network.eval(), standardiser, flips, right_angles, steps * BATCH)


def draw_batch(pixels: Pixels, rng: np.random.Generator, generator: torch.Generator) -> Batch:
    """Cut windows out of random images, and lay pairs of anomalies on most of them."""
    side = window_side(pixels.shapes)
    positions = torch.randint(len(pixels), (2 * BATCH,), generator=generator)
    cut = pixels.windows(positions, generator, shape=(side, side)).cpu().numpy()
    windows, others = np.array([_turned(window, rng) for window in cut[:BATCH]]), cut[BATCH:]
    masks, shapes = np.zeros((BATCH, side, side), np.float32), np.zeros(BATCH, np.int64)
    pairs, first = int(PAIRED_SHARE * BATCH) // 2, []
    for k in range(pairs):
        for _ in range(TRIES):
            anomaly = draw_anomaly(rng, side)
            laid = [anomaly.lay_on(windows[i], others[i], rng) for i in (k, k + pairs)]
            if all(laid):
                break
        for i, result in zip((k, k + pairs), laid, strict=True):
            shapes[i] = anomaly.shape
            if result is not None:
                windows[i], masks[i] = result
        if all(laid):
            first.append(k)
    return Batch(
        torch.from_numpy(windows), torch.from_numpy(masks), torch.from_numpy(shapes), torch.tensor(first), pairs
    )


def window_side(shapes: np.ndarray) -> int:
    """Side of the windows in px: WINDOW_PX, and less where nearly all images (N, 2) are smaller; whole 32s."""
    side = int(np.quantile(shapes.min(1), 0.9))
    return max(32, min(WINDOW_PX, side // 32 * 32))


def jittered(views: Tensor, generator: torch.Generator) -> Tensor:
    """Standardised views (B, C, H, W) with another contrast and brightness each."""
    gain, shift = ((torch.rand(2, len(views), 1, 1, 1, generator=generator) * 2 - 1) * JITTER).to(views.device)
    mean = views.mean((1, 2, 3), keepdim=True)
    return (views - mean) * (1 + gain) + mean + shift


def _turned(window: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    turned = np.rot90(window, int(rng.integers(4)), axes=(1, 2))
    return turned[:, :, ::-1] if rng.random() < 0.5 else turned


def _loss(outputs: CellOutputs, batch: Batch, projection: nn.Module, *, forgiving: bool) -> Tensor:
    device = outputs.logits.device
    masks = batch.masks.to(device)
    cells = F.max_pool2d(masks, CELL_PX)  # a cell is anomalous if any of its pixels is
    entropy = F.binary_cross_entropy_with_logits(outputs.logits.float(), cells, reduction="none")
    focus = 1 - torch.exp(-entropy)  # focal loss, gamma 1 (Lin et al., 2017)
    weight = 1 + (POSITIVE_WEIGHT - 1) * cells
    if forgiving:
        weight = weight * ~((cells < 0.5) & (outputs.logits.detach().float() > FORGIVEN))
    loss = CELL_WEIGHT * (focus * entropy * weight).mean()
    chosen = cells > 0.5
    if chosen.any():
        target = batch.shapes.to(device)[:, None, None].expand_as(cells)[chosen]
        loss = loss + SHAPE_WEIGHT * F.cross_entropy(outputs.shapes.float().permute(0, 2, 3, 1)[chosen], target)
    if len(batch.first) > 1:
        shares = F.avg_pool2d(masks, CELL_PX)
        shares = shares / shares.sum((1, 2), keepdim=True).clamp(min=1e-6)
        paired = torch.cat([batch.first, batch.first + batch.pairs]).to(device)
        embeddings = projection(pooled(outputs, shares)[paired])
        loss = loss + CONTRAST_WEIGHT * nt_xent(embeddings, views=2, temperature=TEMPERATURE)
    return loss
