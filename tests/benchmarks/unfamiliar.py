"""Does a model know what it cannot judge? On a folder of class folders, with images altered and with a class left out.

    python tests/benchmarks/unfamiliar.py FOLDER --work DIR [--encoder FILE] [--per-class 5]

A fifth of each class is held back; a model is trained on so many labels a class of the others, by the application's own
job. Then the held-back images are classified as they are, and altered (other_surfaces.py), and one class after another
is left out of a pool of its own and classified. Printed is how many images the model calls unlike all that it learned
from, and how many of its answers are right, of those that it calls so and of the others. The features are the texture
spectrum alone, or fused with those of an encoder file, which has seen images of all classes, without labels.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402
from common import print_json, print_table  # noqa: E402
from other_surfaces import CHANGES, unchanged  # noqa: E402
from PIL import Image  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.classify import classify  # noqa: E402
from inspector.jobs.experiment.protocol import draw_labels, hold_back, truth_of, unseen_ids  # noqa: E402
from inspector.jobs.grouping.find_groups import find_groups  # noqa: E402
from inspector.jobs.training.train import train  # noqa: E402
from inspector.jobs.training.training import TrainRequest  # noqa: E402
from inspector.project import Project  # noqa: E402
from models.prediction.results_csv import read_results  # noqa: E402


def trained(path: Path, folder: Path, *, left_out: int | None, encoder: str | None, per_class: int) -> list[Path]:
    """Make a project with a trained model at `path`; returns the files of the held-back images."""
    with Project.create(path) as project:
        follow(project.import_folders([folder]), quiet=True)
        follow(find_groups(project), quiet=True)
        truth = truth_of(project, folder)
        hold_back(project, truth, seed=0)
        unseen = set(unseen_ids(project, truth))
        if left_out is not None:
            away = [image_id for image_id, k in truth.class_of.items() if k == left_out]
            project.assign_split(dict.fromkeys(away, "test"))
        pool = np.array([i for i, k in truth.class_of.items() if i not in unseen and k != left_out])
        drawn = pool[draw_labels(np.array([truth.class_of[i] for i in pool.tolist()]), per_class, 0)]
        labels = {i: truth.classes[truth.class_of[i]] for i in drawn.tolist()}
        project.label_images(labels, step="Draw labels", source="benchmark")
        request = TrainRequest(features="texture") if encoder is None else TrainRequest(encoder=encoder)
        follow(train(project, request), quiet=True)
        return [Path(image.path) for image in project.images() if image.id in unseen]


def judged(path: Path, images: Path) -> dict[str, float]:
    """What the model at `path` says of a folder of class folders."""
    out = path / "benchmark.csv"
    out.unlink(missing_ok=True)
    follow(classify(images, model=path, out=out), quiet=True)
    rows = [row for block in read_results(out) for row in block]
    strange = np.array([row.is_unfamiliar for row in rows])
    right = np.array([row.label == row.path.split("/")[0] for row in rows])
    share = {"unlike": strange.mean(), "right": right.mean(), "sure": np.mean([not row.needs_review for row in rows])}
    return {name: 100 * float(value) for name, value in share.items()} | {
        "right_of_others": 100 * float(right[~strange].mean()) if not strange.all() else float("nan")
    }


def write_changed(files: list[Path], target: Path, change, *, only: str | None = None) -> Path:
    """The files changed, a folder a class; `only` those of one class."""
    rng = np.random.default_rng(0)
    for file in files:
        if only not in (None, file.parent.name):
            continue
        (target / file.parent.name).mkdir(parents=True, exist_ok=True)
        with Image.open(file) as image:
            change(image.convert("L"), rng).save(target / file.parent.name / f"{file.stem}.png")
    return target


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="a folder that is not there yet")
    parser.add_argument("--encoder", help="an encoder file")
    parser.add_argument("--per-class", type=int, default=5)
    arguments = parser.parse_args()
    work: Path = arguments.work
    work.mkdir(parents=True)
    common = {"encoder": arguments.encoder, "per_class": arguments.per_class}
    held_back = trained(work / "all", arguments.folder, left_out=None, **common)
    found = {
        name: judged(work / "all", write_changed(held_back, work / "images" / name, change))
        for name, change in CHANGES.items()
    }
    for number, name in enumerate(sorted({file.parent.name for file in held_back})):
        path = work / f"without-{number}"
        trained(path, arguments.folder, left_out=number, **common)
        of_class = write_changed(held_back, work / "images" / path.name, unchanged, only=name)
        found[f"{name}, unknown to the model"] = judged(path, of_class)
    print_table(
        ["images", "unlike training %", "answers right %", "right of the others %", "not to be reviewed %"],
        [[name, each["unlike"], each["right"], each["right_of_others"], each["sure"]] for name, each in found.items()],
    )
    print_json("unfamiliar", found=found, held_back=len(held_back))


if __name__ == "__main__":
    main()
