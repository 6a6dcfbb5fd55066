"""Does learning hold where most images are of one class? On a folder of class folders, thinned to a long tail.

    python tests/benchmarks/long_tail.py FOLDER --work DIR [--method none|simclr] [--seeds 5] [--json FILE]

A fifth of each class is unseen by every step. Of the rest, the largest class keeps 240 images, the next 120, then 60,
30, 15 and 8; each class in turn is the rarest. Printed are, for the texture spectrum alone and, with --method, for
fused features: accuracy, macro F1 and calibration on the unseen images with five labels a class; the same when a person
has labelled 30 suggested images; how many suggestions it takes to meet the rarest class, beside images at random; and
in how many draws 30 were enough. Projects and encoders stay in DIR, where a later call goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.experiment.encoders import SplitProject, gather  # noqa: E402
from inspector.jobs.experiment.measuring import FeatureData, answers_by_labels, next_images  # noqa: E402
from inspector.jobs.experiment.plan import Row  # noqa: E402
from inspector.jobs.experiment.protocol import draw_labels, truth_of  # noqa: E402
from inspector.jobs.pretraining.pretrain import pretrain  # noqa: E402
from inspector.jobs.pretraining.request import PretrainRequest  # noqa: E402
from inspector.project import Project  # noqa: E402
from models.events import Progress  # noqa: E402
from models.stages import returned  # noqa: E402
from models.system.device import pick_device  # noqa: E402

KEPT = (240, 120, 60, 30, 15, 8)  # images of each class in the pool, where it has so many
UNSEEN_SHARE = 0.2
LABELS = 5  # a class
STEP, ENOUGH, MOST = 6, 30, 120  # suggestions: at once, asked for, at most
TICK = Progress("", 0, 1)


def thinned(project: Project, folder: Path, rarest: int) -> SplitProject:
    """The project with its unseen fifth and what is thinned out held back; class `rarest` keeps the fewest images."""
    truth = truth_of(project, folder)
    rng = np.random.default_rng(rarest)
    members: dict[int, list[int]] = {k: [] for k in range(len(truth.classes))}
    for image_id, k in truth.class_of.items():
        members[k].append(image_id)
    unseen: list[int] = []
    kept: set[int] = set()
    for k, ids in members.items():
        order = rng.permutation(ids).tolist()
        count = round(UNSEEN_SHARE * len(ids))
        unseen += order[:count]
        kept |= set(order[count : count + KEPT[(k - rarest - 1) % len(truth.classes)]])
    away = [image.id for image in project.images() if image.id not in kept]
    project.assign_split(dict.fromkeys(away, "test"))
    return SplitProject(project, truth, tuple(sorted(unseen)), sees_all=False)


def measure(data: FeatureData, rarest: int, seeds: int) -> Iterator[dict]:
    """Figures of each draw of labels."""
    for seed in range(seeds):
        drawn = data.drawable[draw_labels(data.labels[data.drawable], LABELS, seed)]
        few = returned(answers_by_labels(data, drawn, seed=seed, tick=TICK)).scores(data.classes)
        suggested = until_met(data, rarest, seed, random=False)
        clicked = returned(answers_by_labels(data, suggested[:ENOUGH], seed=seed, tick=TICK)).scores(data.classes)
        by_chance = until_met(data, rarest, seed, random=True)
        yield {
            "five_labels": few,
            "thirty_suggested": clicked,
            "met_after": first_of(data.labels[suggested], rarest),
            "met_after_random": first_of(data.labels[by_chance], rarest),
        }


def until_met(data: FeatureData, rarest: int, seed: int, *, random: bool) -> np.ndarray:
    """Positions in the order in which they are labelled: at least ENOUGH, and until the rarest class is met."""
    positions = np.zeros(0, dtype=np.int64)
    while len(positions) < ENOUGH or (len(positions) < MOST and rarest not in data.labels[positions]):
        chosen = next_images(data, positions, STEP, seed=seed, random=random)
        positions = np.concatenate([positions, [s.position for s in chosen]]).astype(np.int64)
    return positions


def first_of(labels: np.ndarray, rarest: int) -> int | None:
    """How many labels it took; None where the class never came."""
    found = np.flatnonzero(labels == rarest)
    return int(found[0]) + 1 if len(found) else None


def encoder_of(project: Project, method: str, seed: int) -> str:
    """Pretrain, unless an earlier call has."""
    run = project.latest_run("pretrain")
    if run is None:
        done = follow(pretrain(project, PretrainRequest(method, "quick", overrides={"seed": seed})))
        return str(done.run)
    return str(run.id)


def show(name: str, draws: list[dict]) -> None:
    """One line for a kind of features."""
    mean = {
        key: {figure: float(np.mean([draw[key][figure] for draw in draws])) for figure in draws[0][key]}
        for key in ("five_labels", "thirty_suggested")
    }
    met = [draw["met_after"] or MOST + 1 for draw in draws]
    by_chance = [draw["met_after_random"] or MOST + 1 for draw in draws]
    print(f"{name}:")
    for key, words in (("five_labels", f"{LABELS} labels a class"), ("thirty_suggested", f"{ENOUGH} suggested")):
        accuracy, macro_f1, ece = (mean[key][figure] for figure in ("accuracy", "macro_f1", "ece"))
        print(f"  {words}: accuracy {accuracy:.1%}, macro F1 {macro_f1:.1%}, calibration error {ece:.1%}")
    soon, soon_by_chance = (np.mean(np.array(counts) <= ENOUGH) for counts in (met, by_chance))
    print(
        f"  the rarest class is met after {np.median(met):.0f} suggestions (median; at random "
        f"{np.median(by_chance):.0f}), within {ENOUGH} in {soon:.0%} of {len(met)} draws (at random "
        f"{soon_by_chance:.0%})",
        flush=True,
    )


def main() -> int:
    """Run, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--method", choices=("none", "simclr", "mae", "hybrid"), default="none")
    parser.add_argument("--seeds", type=int, default=5, help="draws of labels and suggestions for each rarest class")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    device = pick_device("auto")
    rows = [Row("none", "texture")] + ([] if arguments.method == "none" else [Row(arguments.method, "fused")])
    arguments.work.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[dict]] = {row.name: [] for row in rows}
    for rarest in range(len(KEPT)):
        path = arguments.work / f"rarest-{rarest}"
        is_new = not (path / "project.sqlite").is_file()
        with Project.create(path) if is_new else Project.open(path) as project:
            if is_new:
                follow(project.import_folders([arguments.folder]))
            split = thinned(project, arguments.folder, rarest)
            for row in rows:
                encoder = "latest" if row.method == "none" else encoder_of(project, row.method, rarest)
                data = returned(gather(split, row, encoder=encoder, device=device, seed=0))
                draws = list(measure(data, rarest, arguments.seeds))
                results[row.name] += draws
                show(f"{row.name}, {split.truth.classes[rarest]} the rarest of {len(data.labels)}", draws)
    for name, draws in results.items():
        show(f"{name}, all", draws)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
