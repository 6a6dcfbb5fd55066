"""The HTML report of an evaluation, from a project's records and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.training.training import trains_network

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from inspector.jobs.evaluation.evaluate import EvaluateFinished
    from inspector.project import Project, RunRecord
    from models.evaluation.evaluate import Evaluation

SHOWN_SAMPLES = 12
SHOWN_AREA = 256 * 256  # px of a sample


@dataclass(frozen=True, eq=False)
class ReportContent:
    """What a report shows of the n answers of a run.

    Attributes:
        predicted, true: (n,) int, positions in the classes of `evaluation`.
        confidence: (n,) float in 0..1.
        samples: the first few images (H, W) or (H, W, 3) uint8, m <= n, of a size to be shown.
        paths: of the images that were judged.
    """

    run: int
    evaluation: Evaluation
    protocol: str
    true: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    samples: Sequence[np.ndarray]
    paths: Sequence[Path] = ()


def content_of(finished: EvaluateFinished) -> ReportContent:
    """What there is to report of a finished evaluation."""
    return ReportContent(
        run=finished.run,
        evaluation=finished.evaluation,
        protocol=finished.protocol,
        true=finished.true,
        predicted=finished.probabilities.argmax(1),
        confidence=finished.probabilities.max(1),
        samples=[_shown(image) for image in finished.samples],
        paths=finished.paths,
    )


def sample_pixels(project: Project, paths: Sequence[Path]) -> list[np.ndarray]:
    """The first few images of the paths, up to the first one that cannot be read.

    Each is (H, W) or (H, W, 3) uint8, of a size to be shown.
    """
    from models.images.reading import ImageError, prepare, read_bytes

    settings = project.image_settings
    samples: list[np.ndarray] = []
    for path in paths[:SHOWN_SAMPLES]:
        try:
            pixels = prepare(read_bytes(path), settings)
        except ImageError:
            break
        samples.append(_shown(pixels))
    return samples


def heated_samples(project: Project, content: ReportContent) -> list[np.ndarray]:
    """Pictures (H, W, 3) uint8 of images that were held for defects, with where the model sees them.

    None of a model without maps that can be believed, nor of images that cannot be read any more.
    """
    from inspector.jobs.evaluation.heat_maps import HeatMaps
    from inspector.jobs.training.train import MODEL_FILE
    from models.errors import KnownError
    from models.prediction.map_pictures import laid_over

    try:
        maps = HeatMaps.of_model(project.run(content.run).folder / MODEL_FILE)
    except KnownError:
        return []
    plain = None if maps.classifier is None else maps.classifier.plain_class
    plain = None if plain is None else project.names_today([plain])[plain]
    answers = [content.evaluation.classes[k] for k in content.predicted]
    chosen = [path for path, answer in zip(content.paths, answers, strict=False) if answer != plain][:SHOWN_SAMPLES]
    pictures = []
    for path in chosen:
        try:
            pixels, heat = maps.with_pixels(path)
        except KnownError:
            continue
        pictures.append(_shown(laid_over(pixels, heat).transpose(2, 0, 1)))
    return pictures


def _features(run: RunRecord) -> str:
    """What the classifier reads: a network, fine-tuned or with one linear layer, reads its encoder alone."""
    if trains_network(run.config) and run.metrics.get("kept") != "frozen":
        return "encoder"
    return str(run.config.get("features"))


def _shown(pixels: np.ndarray) -> np.ndarray:
    """(C, H, W) -> (H, W) or (H, W, 3), scaled down where it is large."""
    import numpy as np

    from models.images.reading import resize
    from models.images.shapes import shape_within

    image = np.ascontiguousarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    height, width = shape_within(height=image.shape[0], width=image.shape[1], max_area=SHOWN_AREA)
    return resize(image, height=height, width=width)


def sample_sheet(content: ReportContent) -> Figure:
    """Some of the images judged, with answer, confidence and, where it differs, the true class."""
    from inspector.report.pictures import samples_figure

    classes, shown = content.evaluation.classes, len(content.samples)
    return samples_figure(
        content.samples,
        [classes[k] for k in content.predicted[:shown]],
        content.confidence[:shown],
        [classes[k] for k in content.true[:shown]],
    )


def write_report(project: Project, content: ReportContent, path: Path) -> None:
    """Write one self-contained HTML file; KnownError if it cannot be written."""
    from inspector.jobs.training.pretraining_gain import known_gain
    from inspector.report.figures import f1_figure, reliability_figure
    from inspector.report.html import write_html
    from inspector.report.pictures import sheet_figure
    from models.evaluation.calibration import reliability
    from models.evaluation.evaluate import calibration_bins

    run = project.run(content.run)
    known = known_gain(project, run.id)
    bins = calibration_bins(len(content.confidence))
    diagram = reliability(content.confidence, content.predicted == content.true, bins)
    figures = {
        "F1 of each class": f1_figure(content.evaluation),
        "Confidence against accuracy": reliability_figure(diagram),
    }
    if content.samples:
        figures["Some of the images"] = sample_sheet(content)
    if heated := heated_samples(project, content):
        figures["Where the model sees defects"] = sheet_figure(heated)
    facts = {
        "Project": project.folder.name,
        "Run": f"{run.id}, {run.created[:16].replace('T', ' ')} UTC",
        "Mode": str(run.config.get("mode")),
        "Features": _features(run),
        **({"Kept": run.metrics["kept_verdict"].removeprefix("Kept: ")} if run.metrics.get("kept_verdict") else {}),
        "Labels": str(run.metrics.get("labels")),
        "Seed": str(run.config.get("seed")),
        "Version": str(run.config.get("versions", {}).get("inspector")),
    }
    write_html(
        content.evaluation,
        path=path,
        title=f"{project.folder.name}: run {run.id}",
        protocol=content.protocol,
        facts=facts,
        figures=figures,
        gain=known.gain,
        gain_unknown=known.reason,
    )
