"""Whether a project's images are better judged by their unusual places, and the model that does so.

Many small defects on busy surfaces drown in any description of the whole image. Where out-of-fold figures say so, the
image is judged by what lies at the places that the run's anomaly detector finds.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.jobs.pool.detectors import load_detector
from models.events import Notice, Progress

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.training import Labelled
    from models.classification.comparison import Candidates, Comparison
    from models.evaluation.calibration import Calibration
    from models.images.pixels import Pixels
    from models.prediction.map_check import MapCheck
    from models.small_defects.instance_training import InstanceFit
    from models.small_defects.multiple_instance import MultipleInstanceModel

GOOD_ENOUGH = 0.9  # macro F1 out of fold of the whole image, above which looking at places is not tried
MOST_BYTES = 200e6  # of crops that are learned from
CHECKED_IMAGES = 24  # with a defect, on which the maps are tested


@dataclass(frozen=True)
class PlacesFit:
    """The model by unusual places, where it is the one to trust.

    Attributes:
        name: in words.
        comparison: of all candidates, with the figures of the whole procedure.
        check: of its maps; None where there can be none.
        held_out: which of the labels the comparison judged by.
    """

    model: MultipleInstanceModel
    name: str
    comparison: Comparison
    check: MapCheck | None
    held_out: np.ndarray


def compare_places(
    pool: Pool,
    labelled: Labelled,
    whole: Candidates,
    whole_comparison: Comparison,
    detector_path: Path | None,
    device: torch.device,
    *,
    seed: int,
) -> Generator[Progress | Notice, None, PlacesFit | None]:
    """Try the unusual places where the whole image is not good enough; None where the whole image is to be trusted.

    Where one class is the plain surface, places are the first choice and the whole image must beat them; elsewhere it
    is the other way round.

    Args:
        whole: the answers by the whole image, and their comparison.
    """
    from models.classification.comparison import compare
    from models.evaluation.calibration import Calibration
    from models.small_defects.background import background_class
    from models.small_defects.instance_training import PLACES_TRIED, fit_instances
    from models.small_defects.instances import bag_bytes, gather_bags
    from models.small_defects.multiple_instance import MultipleInstanceModel

    figures = whole_comparison.evaluation
    if detector_path is None:
        return None
    if figures is not None and figures.macro_f1 >= GOOD_ENOUGH:
        yield Notice(f"Judged by: the whole image, good enough at {figures.macro_f1:.1%} not to try unusual places.")
        return None
    detector = load_detector(detector_path, device)
    if not detector.has_learned:
        yield Notice("Judged by: the whole image; what spots unusual places was trained too shortly to have a say.")
        return None
    pixels = pool.pixels(device)
    if bag_bytes(pixels.channels) * len(labelled.positions) > MOST_BYTES:
        yield Notice(
            f"Judged by: the whole image; the unusual places of {len(labelled.positions):,} labelled images are too "
            "many to be compared with it."
        )
        return None
    bags = yield from gather_bags(pixels, labelled.positions, detector, seed=seed)
    classes = len(labelled.classes)
    background = background_class(labelled.labels, bags.logits[:, 0].numpy(), classes)
    if background is None and figures is None:
        yield Notice("Judged by: the whole image; too few labels to compare it with unusual places.")
        return None
    fit = yield from fit_instances(
        bags,
        labelled.labels,
        classes,
        background=background,
        detector=detector,
        device=device,
        groups=labelled.groups,
        seed=seed,
    )
    whole = whole.among(fit.held_out)
    places = _candidates(fit, whole, background)
    candidates = places.before(whole) if background is not None else whole.before(places)
    comparison = compare(candidates, labelled.classes)
    yield comparison.notice("Judged by")
    chosen = comparison.best - (0 if background is not None else len(whole.names))
    if not 0 <= chosen < len(places.names):
        return None
    count = 1 if background is None else PLACES_TRIED[chosen]
    model = MultipleInstanceModel(detector, fit.network, fit.log_prior, background, count)
    check = _checked(model, pixels, labelled, comparison.calibration or Calibration(), seed)
    if check is not None and not check.is_reliable:
        yield Notice("The maps of where defects are do not pass their tests, and are not shown.", warning=True)
    return PlacesFit(model, places.names[chosen], comparison, check, whole.held_out)


def _candidates(fit: InstanceFit, whole: Candidates, background: int | None) -> Candidates:
    """The networks' answers for the labels that the whole image was judged on."""
    from models.classification.comparison import Candidates
    from models.small_defects.instance_training import PLACES_TRIED

    if background is None:  # then the most unusual place alone is asked
        return Candidates(
            ("the most unusual place",), fit.out_of_fold[:1, whole.held_out], whole.held_out, whole.labels, whole.folds
        )
    names = [f"the {n} most unusual places" if n > 1 else "the most unusual place" for n in PLACES_TRIED]
    return Candidates(tuple(names), fit.out_of_fold[:, whole.held_out], whole.held_out, whole.labels, whole.folds)


def _checked(
    model: MultipleInstanceModel, pixels: Pixels, labelled: Labelled, calibration: Calibration, seed: int
) -> MapCheck | None:
    """Test the maps on some of the labelled images that have a defect."""
    import numpy as np

    from models.prediction.map_check import check_maps

    defective = labelled.positions[labelled.labels != model.background]
    drawn = np.random.default_rng(seed).permutation(defective)[:CHECKED_IMAGES]
    return check_maps(model, [pixels.image(i) for i in drawn.tolist()], calibration=calibration, seed=seed)
