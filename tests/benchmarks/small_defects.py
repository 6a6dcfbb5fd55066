"""What small defects on a busy surface cost and bring: few labels, suggestions, maps.

For each seed: a pool of generated images (`samples --kind local`) is pretrained on once; with each number of labels the
application trains as its user would, and is judged on as many images that no step has seen. Beside it the texture
spectrum and the SimCLR encoder alone, as they were before places were looked at, and a supervised ResNet-18 from
scratch with the same labels and minutes. In another pool, 5 % of which show one of five kinds of defect, labels are
asked for ten at a time. What is measured is kept in --work, and a second call goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from supervised_peer import supervised_answers  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.labelling.suggest import suggest  # noqa: E402
from inspector.jobs.pool.features import pool_features  # noqa: E402
from inspector.jobs.pool.pool import fill_pool, open_cache  # noqa: E402
from inspector.jobs.pretraining.pretrain import pretrain  # noqa: E402
from inspector.jobs.pretraining.request import PretrainRequest  # noqa: E402
from inspector.jobs.training.train import train  # noqa: E402
from inspector.jobs.training.training import TrainRequest  # noqa: E402
from inspector.project import Project  # noqa: E402
from inspector.samples import LOCAL_CLASSES, draw_local, local_counts  # noqa: E402
from models.classification.classifier import fit_linear  # noqa: E402
from models.classification.comparison import macro_f1  # noqa: E402
from models.classification.labelled_pool import LabelledPool  # noqa: E402
from models.features.extraction import describe, joined  # noqa: E402
from models.prediction.model_file import Classifier, load_classifier  # noqa: E402
from models.stages import returned  # noqa: E402

IMAGES = 1_000
RARE_COUNTS = {"good": 950, "crack": 10, "pore": 10, "fray": 10, "edge_break": 10, "foreign_particle": 10}
SUGGESTED, AT_A_TIME = 50, 10
NEAR_PX = 4  # a peak so near to a defect's mask still lies on it
PIXELS_AN_IMAGE = 4_000  # drawn at random, for the pixel AUROC
CPU = torch.device("cpu")


class Kept:
    """Figures by name in one JSON file: what is there is not measured again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.figures: dict = self._stored()

    def get(self, name: str, measure: Callable[[], dict]) -> dict:
        """The figures of that name, measured now if they are not there."""
        if name not in self.figures:
            print(f"... {name}", file=sys.stderr, flush=True)
            measured = measure()
            self.figures = {**self._stored(), name: measured}  # another process may have added its own meanwhile
            self._path.write_text(json.dumps(self.figures, indent=1), encoding="utf-8")
        return self.figures[name]

    def _stored(self) -> dict:
        return json.loads(self._path.read_text(encoding="utf-8")) if self._path.is_file() else {}


class Pictures:
    """Generated images on disk, a folder a class, with masks in memory when asked for."""

    def __init__(self, folder: Path, *, counts: dict[str, int], seed: int) -> None:
        self.folder = folder
        self.paths: list[Path] = []
        self.labels: list[str] = []
        self._drawn: list[tuple[str, int]] = []
        self._seed = seed
        for name, count in counts.items():
            for index in range(count):
                path = folder / name / f"{name}_{index:04d}.png"
                if not path.is_file():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    cv2.imwrite(str(path), draw_local(seed=seed, index=index, class_name=name)[0])
                self.paths.append(path)
                self.labels.append(name)
                self._drawn.append((name, index))

    def pixels(self) -> list[np.ndarray]:
        """All of them, (H, W) uint8."""
        return [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in self.paths]

    def mask(self, k: int) -> np.ndarray:
        """Where the defect of one image is, (H, W) bool."""
        name, index = self._drawn[k]
        return draw_local(seed=self._seed, index=index, class_name=name)[1]


def drawn_labels(pictures: Pictures, count: int, seed: int) -> dict[Path, str]:
    """`count` labels by chance in the classes' shares, at least one of each."""
    rng = np.random.default_rng(seed)
    names, chosen = np.array(pictures.labels), []
    for name in LOCAL_CLASSES:
        members = rng.permutation(np.flatnonzero(names == name))
        chosen += members[: max(1, round(count * len(members) / len(names)))].tolist()
    return {pictures.paths[k]: pictures.labels[k] for k in sorted(chosen)}


def set_labels(project: Project, labels: dict[Path, str]) -> None:
    """Make these the only labels."""
    ids = {project.image_path(image.id): image.id for image in project.images()}
    wanted = {ids[path]: name for path, name in labels.items()}
    cleared = {image_id: None for image_id in project.labels() if image_id not in wanted}
    project.label_images({**cleared, **wanted}, step="Labels of the measurement", source="benchmark")


def opened(folder: Path, pictures: Pictures, seed: int, kept: Kept, name: str) -> Project:
    """A project of the pictures, pretrained with the quick preset."""
    if (folder / "project.sqlite").is_file():
        project = Project.open(folder)
    else:
        project = Project.create(folder)
        follow(project.import_folders([pictures.folder]))
    if project.latest_run("pretrain") is None:
        finished = follow(pretrain(project, PretrainRequest(overrides={"seed": seed})))
        kept.get(name, lambda: {"seconds": finished.seconds, "images": finished.images})
    return project


def figures_of(true: np.ndarray, predicted: np.ndarray) -> dict:
    """Accuracy and macro F1 over as many images."""
    return {
        "accuracy": float((true == predicted).mean()),
        "macro_f1": macro_f1(predicted, true),
        "images": len(true),
    }


def measure_training(project: Project, seed: int, unseen: Pictures) -> tuple[dict, Classifier]:
    """Train as the application does by default, and judge on the unseen images."""
    finished = follow(train(project, TrainRequest(seed=seed)))
    classifier = load_classifier(finished.model, device="cpu")
    pixels = [image[None] for image in unseen.pixels()]
    answers = np.concatenate(
        [classifier.probabilities(pixels[k : k + 32]).argmax(1) for k in range(0, len(pixels), 32)]
    )
    index = {name: k for k, name in enumerate(classifier.classes)}
    true = np.array([index[name] for name in unseen.labels])
    validation = finished.validation
    return {
        **figures_of(true, answers),
        "rule": classifier.facts["rule"],
        "out_of_fold": None if validation is None else validation.macro_f1,
        "seconds": finished.seconds,
    }, classifier


def measure_whole(project: Project, which: str, unseen: Pictures) -> dict:
    """The head on features of whole images alone."""
    classes = sorted(LOCAL_CLASSES)
    with open_cache(project) as cache:
        pool = returned(fill_pool(project, cache))
        made = returned(pool_features(project, pool, which=which, device=CPU))
        labelled = pool.labelled(project)
    positions = np.array(sorted(labelled))
    labels = np.array([classes.index(labelled[k]) for k in positions.tolist()])
    learned = LabelledPool.build(made.blocks, positions, labels, tuple(classes), use_unlabelled=True)
    head = returned(fit_linear(learned)).head
    answers = []
    for image in unseen.pixels():
        blocks = made.transform(describe(torch.from_numpy(image)[None, None], made.parts))
        answers.append(int(head.logits(joined(blocks)).argmax()))
    true = np.array([classes.index(name) for name in unseen.labels])
    return figures_of(true, np.array(answers))


def measure_peer(pool: Pictures, labels: dict[Path, str], unseen: Pictures, minutes: float, seed: int) -> dict:
    """The supervised network with the same labels and minutes."""
    classes = sorted(LOCAL_CLASSES)
    images = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in labels]
    known = np.array([classes.index(name) for name in labels.values()])
    answers = supervised_answers(images, known, unseen.pixels(), len(classes), minutes=minutes, seed=seed)
    true = np.array([classes.index(name) for name in unseen.labels])
    return {**figures_of(true, answers), "minutes": minutes}


def measure_maps(classifier: Classifier, unseen: Pictures, seed: int) -> dict:
    """Whether the peak lies on the defect, and the AUROC of pixels, on the unseen images that have one."""
    from sklearn.metrics import roc_auc_score

    if classifier.no_maps is not None:
        return {"reason": classifier.no_maps}
    rng, hits, heats, truths = np.random.default_rng(seed), [], [], []
    for k, image in enumerate(unseen.pixels()):
        if unseen.labels[k] == "good":
            continue
        heat, mask = classifier.maps([image[None]])[0], unseen.mask(k)
        near = cv2.dilate(mask.astype(np.uint8), np.ones((2 * NEAR_PX + 1, 2 * NEAR_PX + 1), np.uint8))
        hits.append(bool(near[np.unravel_index(heat.argmax(), heat.shape)]))
        drawn = rng.integers(0, heat.size, PIXELS_AN_IMAGE)
        heats.append(heat.ravel()[drawn])
        truths.append(mask.ravel()[drawn])
    auroc = roc_auc_score(np.concatenate(truths), np.concatenate(heats))
    return {
        "pointing": float(np.mean(hits)),
        "pixel_auroc": float(auroc),
        "images": len(hits),
        "check": classifier.facts["maps"],
    }


def measure_suggestions(project: Project, pictures: Pictures, seed: int) -> dict:
    """Label what is suggested, ten at a time: how many of the first fifty show a defect, and of how many kinds."""
    names = dict(zip(pictures.paths, pictures.labels, strict=True))
    labels: dict[Path, str] = {}
    for _ in range(SUGGESTED // AT_A_TIME):
        set_labels(project, labels)
        finished = follow(suggest(project, count=AT_A_TIME, seed=seed))
        labels |= {image.path: names[image.path] for image in finished.images}
    found = [name for name in labels.values() if name != "good"]
    return {"defects": len(found), "kinds": len(set(found)), "suggested": len(labels)}


def measure_seed(seed: int, arguments: argparse.Namespace) -> dict:
    """All figures of one seed."""
    work = arguments.work / f"seed{seed}"
    work.mkdir(parents=True, exist_ok=True)
    kept = Kept(work / "figures.json")
    unseen = Pictures(work / "unseen", counts=local_counts(IMAGES), seed=seed + 1_000)
    if "labels" in arguments.parts:
        pool = Pictures(work / "pool", counts=local_counts(IMAGES), seed=seed)
        with opened(work / "project", pool, seed, kept, "pretrain") as project:
            for count in arguments.labels:
                labels = drawn_labels(pool, count, seed)
                set_labels(project, labels)
                _measure_labels(project, pool, labels, unseen, count, seed, kept, arguments)
    if "suggestions" in arguments.parts:
        rare = Pictures(work / "rare", counts=RARE_COUNTS, seed=seed + 2_000)
        with opened(work / "rare-project", rare, seed, kept, "pretrain rare") as project:
            kept.get("suggestions", lambda: measure_suggestions(project, rare, seed))
    return kept.figures


def _measure_labels(
    project: Project,
    pool: Pictures,
    labels: dict[Path, str],
    unseen: Pictures,
    count: int,
    seed: int,
    kept: Kept,
    arguments: argparse.Namespace,
) -> None:
    def own() -> dict:
        figures, classifier = measure_training(project, seed, unseen)
        return {**figures, "labels": len(labels), "maps": measure_maps(classifier, unseen, seed)}

    trained = kept.get(f"{count} labels: application", own)
    for which in ("texture", "encoder"):
        kept.get(f"{count} labels: {which} alone", lambda which=which: measure_whole(project, which, unseen))
    if "peer" in arguments.parts:
        minutes = (kept.figures["pretrain"]["seconds"] + trained["seconds"]) / 60
        kept.get(f"{count} labels: supervised", lambda: measure_peer(pool, labels, unseen, minutes, seed))


def show(results: dict[int, dict]) -> None:
    """A line a figure: mean and 95 % interval over the seeds (Student's t), and what each seed gave."""
    from scipy.stats import t

    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    for name in names:
        rows = [figures[name] for figures in results.values() if name in figures]
        for key in ("accuracy", "macro_f1", "defects", "kinds", "seconds"):
            _show_row(f"{name}, {key}", [row[key] for row in rows if key in row], t)
        maps = [row["maps"] for row in rows if "pointing" in row.get("maps", {})]
        for key in ("pointing", "pixel_auroc"):
            _show_row(f"{name}, {key}", [row[key] for row in maps], t)


def _show_row(name: str, values: list[float], t) -> None:
    if not values:
        return
    spread = ""
    if len(values) > 1:
        half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
        spread = f" +- {half:.3f}"
    print(f"{name:48} {np.mean(values):8.3f}{spread}   " + " ".join(f"{value:.3f}" for value in values), flush=True)


def main() -> int:
    """Measure what is not measured yet, and print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where projects and figures are kept")
    parser.add_argument("--seeds", type=lambda text: [int(s) for s in text.split(",")], default=[10, 11, 12])
    parser.add_argument(
        "--labels", type=lambda text: [int(s) for s in text.split(",")], default=[10, 30, 100, 300, 1000]
    )
    parser.add_argument("--parts", default="labels,suggestions,peer", help="what to measure")
    arguments = parser.parse_args()
    started = time.perf_counter()
    results = {seed: measure_seed(seed, arguments) for seed in arguments.seeds}
    show(results)
    print(json.dumps({"seconds": round(time.perf_counter() - started), "results": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
