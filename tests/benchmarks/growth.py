"""How learning grows with the pool: seconds and memory of each step at 1,800, 20,000 and 100,000 images.

    python tests/benchmarks/growth.py [--images 1800,20000,100000] [--described 600]

Features are computed of generated images (as many as --described; their time grows with the images, their memory does
not), by the texture spectrum and an untrained encoder of the presets' size. All other steps work on synthetic features
of six clusters, as many numbers an image as the fused ones have. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common import peak_memory_mib, print_json, print_table, run_alone

BLOCKS = {
    "encoder_mean": 256,
    "encoder_deviation": 256,
    **{"global8": 32, "global16": 50, "global32": 72},
    **{"local8": 52, "local16": 79, "local32": 112},
}
CLASSES, LABELS, SUGGESTED, CLICKS = 6, 60, 30, 40
SPREAD = 2.0
CLICK_LIMIT_MS = {20_000: 300}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", default="1800,20000,100000", metavar="N,N")
    parser.add_argument("--described", type=int, default=600, help="generated images whose features are computed")
    arguments = parser.parse_args()
    described = run_alone(describe, arguments.described)
    print_table(
        ["features of generated images", "images/s", "peak MiB"],
        [[name, rate, described["peak_mib"]] for name, rate in described["rates"].items()],
    )
    sizes = {int(size): run_alone(learn, int(size)) for size in arguments.images.split(",")}
    steps = list(next(iter(sizes.values()))["seconds"])
    print()
    print_table(
        ["seconds", *(f"{size:,} images" for size in sizes)],
        [
            *([step, *(found["seconds"][step] for found in sizes.values())] for step in steps),
            ["peak MiB", *(found["peak_mib"] for found in sizes.values())],
            ["click to new guesses, p95 ms", *(found["click_p95_ms"] for found in sizes.values())],
        ],
    )
    print(f"\nasked: a click to new guesses under {CLICK_LIMIT_MS[20_000]} ms at 20,000 images")
    print_json("growth", described=described, sizes=sizes)


def describe(images: int) -> dict[str, Any]:
    """Images a second of each part of the features; to be called in a fresh process."""
    from models.system.process import prepare_process

    prepare_process()
    import torch

    from inspector.cli.progress import follow
    from inspector.jobs.pool.features import pool_features
    from inspector.jobs.pool.pool import fill_pool, open_cache
    from inspector.project import Project
    from inspector.samples import write_samples
    from models.stages import returned

    rates = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        follow(write_samples(folder / "samples", per_class=images // CLASSES, size=200, seed=0), quiet=True)
        with Project.create(folder / "project") as project:
            follow(project.import_folders([folder / "samples"]), quiet=True)
            with open_cache(project) as cache:
                pool = returned(fill_pool(project, cache))
                for which, encoder in (("texture", "latest"), ("encoder", "random")):
                    started = time.perf_counter()
                    device = torch.device("cpu")
                    returned(pool_features(project, pool, which=which, encoder=encoder, device=device))
                    rates[which] = len(pool.hashes) / (time.perf_counter() - started)
    return {"rates": rates, "peak_mib": peak_memory_mib()}


def learn(images: int) -> dict[str, Any]:
    """Seconds of each step on synthetic features; to be called in a fresh process."""
    from models.system.process import prepare_process

    prepare_process()
    import numpy as np

    from models.classification.classifier import fit_linear
    from models.classification.labelled_pool import LabelledPool
    from models.classification.live_propagation import LivePropagation
    from models.classification.propagate import NeighbourGraph
    from models.features.extraction import joined, unit_blocks
    from models.stages import returned
    from models.suggestions.quick_suggest import SuggestionPool

    seconds: dict[str, float] = {}
    blocks, clusters = _clusters(images)
    unit = unit_blocks(blocks)
    order = np.random.default_rng(1).permutation(images)
    first = [np.flatnonzero(clusters == k)[0] for k in range(CLASSES)]
    positions = np.unique(np.concatenate([first, order[:LABELS]]))
    with _timed("neighbours", seconds):
        graph = NeighbourGraph.build(unit)
    with _timed("propagation", seconds):
        graph.propagate(positions, clusters[positions], CLASSES)
    with _timed("suggestions: what does not change", seconds):
        pool = SuggestionPool.build(unit, graph)
    with _timed(f"{SUGGESTED} suggestions", seconds):
        pool.suggest(positions, SUGGESTED)
    live, clicks = LivePropagation(graph), []
    for number in range(CLICKS):
        labelled = np.unique(np.concatenate([positions, order[LABELS : LABELS + number]]))
        started = time.perf_counter()
        live.spread(labelled, clusters[labelled], CLASSES)
        clicks.append(1_000 * (time.perf_counter() - started))
    del live, pool
    labelled_pool = LabelledPool(joined(blocks), graph, positions, clusters[positions], tuple("abcdef"))
    with _timed("head: choice, fit, calibration", seconds):
        returned(fit_linear(labelled_pool))
    return {"seconds": seconds, "click_p95_ms": float(np.percentile(clicks[1:], 95)), "peak_mib": peak_memory_mib()}


def _clusters(images: int) -> tuple[dict, Any]:
    """Blocks of features (N, D), and the cluster of each image."""
    import numpy as np

    rng = np.random.default_rng(0)
    clusters = rng.integers(0, CLASSES, images)
    blocks = {}
    for name, width in BLOCKS.items():
        centres = rng.standard_normal((CLASSES, width), dtype=np.float32)
        blocks[name] = centres[clusters] + SPREAD * rng.standard_normal((images, width), dtype=np.float32)
    return blocks, clusters


@contextmanager
def _timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - started


if __name__ == "__main__":
    main()
