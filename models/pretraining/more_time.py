"""Would more time pay? A pretraining run's end against what half of its time would have brought.

Both are measured on the same images. The kNN score decides where enough images are labelled. Without labels it is
asked how surely the encoder knows an image by another crop of it: by which share of the other images it would be
mistaken, 50 % where it knows nothing. A clear fall of that share went with a gain of the kNN score; a small one says
nothing, as a masked autoencoder's falls little while it learns much. docs/measurements.md has the runs behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import torch
import torch.nn.functional as F
from torch import Tensor

from models.evaluation.paired_difference import PairedDifference
from models.events import MoreTime
from models.features.health import knn_right

FEWEST_LABELS = 30
WORTH = 0.02  # of the kNN score, or of the images taken for another: what makes a second half worth its time
Z = 1.96  # 95 %
_LABEL = f"Label {FEWEST_LABELS} images or more, and the next run measures a kNN score."
_LONGER = "A longer run would tell."


class Outcome(StrEnum):
    """What a run's own figures say of more time."""

    PAYS = "pays"
    HARDLY = "hardly"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Standing:
    """How an encoder does on some images.

    Attributes:
        positions: (n,) of the images in the pool.
        vectors: (n, D) float32, their embeddings.
        mistaken: (n,) for each image the share of the others of which a crop lies nearer to one of its crops than
            another crop of its own does.
    """

    positions: Tensor
    vectors: Tensor
    mistaken: Tensor


def mistaken_share(first: Tensor, second: Tensor) -> Tensor:
    """(n,) shares in 0..1 from features (n, D) of two crops of each of n >= 2 images; see `Standing.mistaken`."""
    centre = torch.cat([first, second]).mean(0)
    similarity = F.normalize(first - centre, dim=1) @ F.normalize(second - centre, dim=1).T
    own = similarity.diag()[:, None]
    nearer = (similarity > own).sum(1) + 0.5 * ((similarity == own).sum(1) - 1)
    return nearer / (len(first) - 1)


def would_more_time_pay(
    start: Standing | None, half: Standing | None, end: Standing, labels: dict[int, int]
) -> MoreTime:
    """The answer of a run.

    Args:
        start, half: before its first step and at its middle, of the same images as `end`; None: not known.
        labels: class index by position.
    """
    if start is None or half is None:
        return _unknown("the run was too short, or went on from a checkpoint of an earlier version", _LONGER)
    known = [i for i, position in enumerate(end.positions.tolist()) if position in labels]
    if len(known) >= FEWEST_LABELS:
        classes = torch.tensor([labels[int(end.positions[i])] for i in known])
        right = [knn_right(standing.vectors[known], classes) for standing in (start, half, end)]
        if right[0] is not None:
            answer = _by_labels(*right)
            return answer if answer.outcome != Outcome.UNKNOWN else _first_known(_by_crops(half, end), answer)
    return _by_crops(half, end)


def _first_known(*answers: MoreTime) -> MoreTime:
    """The first that is an answer, or the last."""
    return next((answer for answer in answers if answer.outcome != Outcome.UNKNOWN), answers[-1])


def _by_labels(start: Tensor, half: Tensor, end: Tensor) -> MoreTime:
    """From whether the neighbours of each labelled image are right (n,), three times."""
    scores = f"kNN score {_percent(half)} to {_percent(end)} on {len(end):,} labels"
    low, high = PairedDifference.of(end.numpy(), half.numpy()).interval()
    if low > 0 and high >= WORTH:
        return _pays(f"the second half of the run was worth more than chance ({scores})")
    if PairedDifference.of(end.numpy(), start.numpy()).interval()[0] <= 0:
        return _unknown(f"the encoder is no better than before the run ({_percent(start)} then, {scores})", _LONGER)
    if high < WORTH:
        return _hardly(f"the second half of the run brought less than {100 * WORTH:.0f} points ({scores})")
    return _unknown(f"what the second half of the run brought is within chance ({scores})", "More labels would tell.")


def _by_crops(half: Standing, end: Standing) -> MoreTime:
    """From crops alone, which never say that more time would not pay."""
    low, high = _fall(half, end)
    before, after = _percent(half.mistaken), _percent(end.mistaken)
    words = f"a crop of an image was mistaken for {before} of the other images half-way, for {after} at the end"
    if low > 0 and (low + high) / 2 >= WORTH:
        return _pays(f"the second half of the run still taught much ({words})")
    return _unknown(f"without enough labels only a clear gain shows, and there is none ({words})", _LABEL)


def _fall(before: Standing, after: Standing) -> tuple[float, float]:
    """Limits at 95 % of how much fewer images are mistaken; of a single image there are none."""
    fall = before.mistaken - after.mistaken
    margin = Z * float(fall.std()) / len(fall) ** 0.5 if len(fall) > 1 else float("inf")
    return float(fall.mean()) - margin, float(fall.mean()) + margin


def _percent(values: Tensor) -> str:
    return f"{100 * float(values.float().mean()):.1f} %"


def _pays(reason: str) -> MoreTime:
    return MoreTime(Outcome.PAYS, f"More time would probably still pay: {reason}.")


def _hardly(reason: str) -> MoreTime:
    return MoreTime(Outcome.HARDLY, f"More time would hardly pay: {reason}.")


def _unknown(reason: str, advice: str) -> MoreTime:
    return MoreTime(Outcome.UNKNOWN, f"Whether more time would pay cannot be told: {reason}. {advice}")
