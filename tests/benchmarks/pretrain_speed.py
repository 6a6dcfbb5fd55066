"""Pretraining images/s on the CPU: our SimCLR step beside lightly's.

Network, batch, crops and optimiser are the same: see lightly_peer.comparison_config. Beside it the share of a step that
draws views, that is, all that is not forward, backward or optimiser.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from common import grey_pixels, image_folder, median, print_json, print_table, run_alone, take_turns
from lightly_peer import WARM_UP_STEPS, Peer, comparison_config, measure_lightly

from models.system.process import prepare_process

if TYPE_CHECKING:
    import numpy as np

    from models.pretraining.config import PretrainConfig
    from models.pretraining.trainer import Trainer


@dataclass(frozen=True)
class Ours:
    """A way to run our trainer: `half` is the product's bf16, `quick` the default preset as it is."""

    half: bool = True
    quick: bool = False


OURS_HALF = "inspector, bf16"
OURS = {
    OURS_HALF: Ours(),
    "inspector, fp32": Ours(half=False),
    "inspector, preset quick: width 32, 4 views of 64 px, bf16": Ours(quick=True),
}
PEERS = {
    "lightly as documented: RGB, fp32": Peer(channels=3),
    "lightly, our network: grey, fp32": Peer(),
    "lightly, grey, bf16, channels_last": Peer(half=True),
    "lightly, grey, fp32, our process settings": Peer(prepared=True),
    "lightly, grey, bf16, channels_last, our process settings": Peer(half=True, prepared=True),
}


class ArrayStore:
    """Pixels in memory where a cache is asked for: an image's hash is its index."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def shapes(self, hashes: list[str]) -> np.ndarray:
        """Height and width (n, 2) of the images named."""
        import numpy as np

        return np.array([self._pixels.shape[2:]] * len(hashes))

    def gather(self, hashes: list[str]) -> list[np.ndarray]:
        """Pixels (C, H, W) of each of the images named."""
        return [self._pixels[int(name)] for name in hashes]


def trainer_of(images: np.ndarray, config: PretrainConfig) -> Trainer:
    """Of images (N, C, H, W) on the CPU, with a schedule that does not end."""
    import torch

    from models.images.pixels import Pixels
    from models.pretraining.trainer import Trainer

    device = torch.device("cpu")
    pixels = Pixels(ArrayStore(images), [str(i) for i in range(len(images))], device)
    return Trainer(pixels, config, device, epochs=1_000)


def timed_steps(trainer: Trainer, steps: int) -> tuple[float, float]:
    """Seconds of so many steps, and those of them in which views are drawn."""
    drawing, start = 0.0, time.perf_counter()
    for _ in range(steps):
        before = time.perf_counter()
        views = trainer.next_batch()
        drawing += time.perf_counter() - before
        trainer.update(views)
    return time.perf_counter() - start, drawing


def measure_ours(folder: Path, steps: int, ours: Ours) -> dict[str, float]:
    """images_per_second, and drawing_share: the part of a step that is not forward, backward or optimiser."""
    prepare_process()
    from models.pretraining.config import preset

    config = replace(preset("simclr") if ours.quick else comparison_config(), amp=ours.half)
    trainer = trainer_of(grey_pixels(folder), config)
    for _ in range(WARM_UP_STEPS):
        trainer.update(trainer.next_batch())
    seconds, drawing = timed_steps(trainer, steps)
    return {"images_per_second": steps * trainer.batch_size / seconds, "drawing_share": drawing / seconds}


def half_precision_here() -> str:
    """What 'bf16' means on this CPU: bfloat16, or fp32 where it has no instructions for it."""
    import torch

    from models.system.device import half_precision

    return str(half_precision(torch.device("cpu")) or torch.float32).removeprefix("torch.")


def main() -> None:
    """Measure all sides in turn and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of images (default: generated samples)")
    parser.add_argument("--steps", type=int, default=5, help="timed steps of a side in a round (default: 5)")
    parser.add_argument("--rounds", type=int, default=3, help="the table holds medians over them (default: 3)")
    arguments = parser.parse_args()
    with image_folder(arguments.folder, per_class=60, fewest=128) as folder:
        work = (folder, arguments.steps)
        sides = {name: partial(run_alone, measure_ours, *work, ours) for name, ours in OURS.items()}
        sides |= {name: partial(run_alone, measure_lightly, *work, peer) for name, peer in PEERS.items()}
        measured = take_turns(sides, arguments.rounds)
    report(measured, half=run_alone(half_precision_here))


def report(measured: dict[str, list[dict[str, float]]], *, half: str) -> None:
    """The table, then all of it as JSON."""
    rates = {name: median(figures, "images_per_second") for name, figures in measured.items()}
    drawing = {name: median(measured[name], "drawing_share") for name in OURS}
    rows = [[name, rates[name], f"{drawing[name]:.1%}", "", ""] for name in OURS]
    for name in PEERS:
        workers = ", ".join(f"{figures['workers']}" for figures in measured[name])
        rows.append([name, rates[name], "", workers, f"{rates[OURS_HALF] / rates[name]:.2f}x"])
    print(f"Medians of {len(measured[OURS_HALF])} rounds on the CPU; bf16 is {half} here.")
    print_table(["side", "images/s", "drawing views", "workers", f"'{OURS_HALF}' is"], rows)
    print_json("pretrain_speed", half=half, images_per_second=rates, drawing_share=drawing, rounds=measured)


if __name__ == "__main__":
    main()
