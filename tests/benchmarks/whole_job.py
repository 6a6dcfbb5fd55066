"""The job as its user does it, both stages of pretraining included, judged on images that no step has seen.

Of what is suggested 6, 12, 30 and 60 images are labelled, then it trains by its defaults.
FOLDER holds a folder of images for each class; a fifth of each is held back, near-duplicates together, and no step sees
it. Where no FOLDER is given, generated samples are used. What is pretrained is kept in --work.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

from common import image_folder, print_json, print_table  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.evaluation.evaluate import evaluate  # noqa: E402
from inspector.jobs.experiment.encoders import SplitProject, fill_project, split_project  # noqa: E402
from inspector.jobs.experiment.plan import PLANS  # noqa: E402
from inspector.jobs.labelling.suggest import suggest  # noqa: E402
from inspector.jobs.pretraining.pretrain import pretrain  # noqa: E402
from inspector.jobs.pretraining.request import PretrainRequest  # noqa: E402
from inspector.jobs.training.train import train  # noqa: E402
from inspector.jobs.training.training import TrainRequest  # noqa: E402
from models.stages import returned  # noqa: E402

CLICKS = (6, 12, 30, 60)


def main() -> None:
    """Do the job for each seed, and print what it brought."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, required=True, help="where projects are kept")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--minutes", type=float, help="of pretraining, instead of the preset's")
    parser.add_argument("--seeds", type=int, default=1, help="each holds back another fifth")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    rows, results = [], []
    with image_folder(arguments.folder, per_class=60) as folder:
        for seed in range(arguments.seeds):
            path = arguments.work / f"seed-{seed}"
            returned(fill_project(path, folder))
            with split_project(path, folder, plan=PLANS["quick"], seed=seed) as split:
                if split.project.latest_run("pretrain") is None:
                    request = PretrainRequest(
                        preset=arguments.preset, minutes=arguments.minutes, overrides={"seed": seed}
                    )
                    follow(pretrain(split.project, request))
                for result in measured(split, path / "unseen.csv", seed=seed):
                    results.append({"seed": seed, **result})
                    rows.append([seed, *result.values()])
    head = ["seed", "labels", "classes met", "accuracy %", "macro F1 %", "images", "to label as unusual"]
    print_table(head, [[f"{cell:.1f}" if isinstance(cell, float) else cell for cell in row] for row in rows])
    print_json("whole_job", results=results)


def measured(split: SplitProject, unseen_csv: Path, *, seed: int) -> list[dict[str, float | int]]:
    """The figures of the unseen images after each number of CLICKS, of which each list goes on from the one before."""
    project, truth = split.project, split.truth
    _clear_labels(split)
    with unseen_csv.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label"])
        writer.writerows([project.image_path(i), truth.classes[truth.class_of[i]]] for i in split.unseen)
    results, kinds = [], Counter()
    for clicks in CLICKS:
        wanted = follow(suggest(project, count=clicks - len(project.labels()), seed=seed)).images
        kinds.update("unusual" if image.reason.startswith("unusual") else "other" for image in wanted)
        labels = {image.image_id: truth.classes[truth.class_of[image.image_id]] for image in wanted}
        project.label_images(labels, step="Labels of the measurement", source="benchmark")
        finished = follow(train(project, TrainRequest(seed=seed)))
        judged = follow(evaluate(project, run_id=finished.run, labels_csv=unseen_csv, leave_out_leaks=True)).evaluation
        results.append(
            {
                "labels": clicks,
                "classes": len(finished.classes),
                "accuracy": 100 * judged.accuracy,
                "macro_f1": 100 * judged.macro_f1,
                "images": judged.images,
                "unusual": kinds["unusual"],
            }
        )
    return results


def _clear_labels(split: SplitProject) -> None:
    """An earlier call may have left some."""
    labelled = dict.fromkeys(split.project.labels())
    split.project.label_images(labelled, step="Labels of the measurement", source="benchmark")


if __name__ == "__main__":
    main()
