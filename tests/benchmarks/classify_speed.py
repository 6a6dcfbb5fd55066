"""Classification images/s on the CPU: `inspector classify` beside two plain torchvision loops over the same files.

One loop runs the very same model on what Pillow, torchvision's transforms and a DataLoader hand it, which leaves the
way from file to pixels as the difference. The other runs torchvision's ResNet-18 at 224 px, what a script would do.
Then the peak memory of `inspector classify` on few and on many small files.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import image_folder, median, peak_memory_mib, print_json, print_table, run_alone, run_timed, take_turns

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

BATCH_IMAGES = 64
LOADER_WORKERS = (0, 2)
OURS = "inspector classify"
SMALL_PX = 64  # side of the images of the memory measurement


class PilFiles:
    """A map-style data set: path and transformed image of each file."""

    def __init__(self, folder: Path, mode: str, transform: Callable[[Any], Tensor]) -> None:
        self._paths = sorted(folder.iterdir())
        self._mode = mode
        self._transform = transform

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> tuple[str, Tensor]:
        from PIL import Image

        with Image.open(self._paths[index]) as image:
            return str(self._paths[index]), self._transform(image.convert(self._mode))


def inspector(*words: str) -> dict[str, Any]:
    """Run a command in this process, which should be a fresh one, and return what its --json printed."""
    from inspector.__main__ import main

    with redirect_stdout(io.StringIO()) as printed:
        code = main([*words])
    if code:
        raise SystemExit(code)
    return json.loads(printed.getvalue()) if "--json" in words else {}


def measure_inspector(folder: Path, model: Path) -> dict[str, float]:
    """images_per_second as `inspector classify` reports it, and peak_memory_mib."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "results.csv"
        words = ("classify", str(folder), "--model", str(model), "--out", str(out), "--device", "cpu", "--json")
        report = inspector(*words)
    return {"images_per_second": report["images_per_second"], "peak_memory_mib": peak_memory_mib()}


def measure_same_model(folder: Path, model: Path, workers: int) -> dict[str, float]:
    """Our model on Pillow, torchvision's transforms and a DataLoader; the images are all of one size."""
    from torchvision.transforms import PILToTensor

    from models.prediction.model_file import load_classifier

    classifier = load_classifier(model, device="cpu")
    files = PilFiles(folder, "L" if classifier.image_settings.channels == 1 else "RGB", PILToTensor())
    return loop(files, workers, lambda images: classifier.probabilities(images.numpy()), classifier.classes)


def measure_torchvision(folder: Path, workers: int) -> dict[str, float]:
    """torchvision's ResNet-18 at 224 px in fp32, ImageNet's preprocessing, six outputs."""
    import torch
    from torchvision.models import resnet18
    from torchvision.transforms import Compose, Normalize, Resize, ToTensor

    network = resnet18(num_classes=6).eval()
    normalize = Normalize(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    files = PilFiles(folder, "RGB", Compose([Resize((224, 224)), ToTensor(), normalize]))

    @torch.inference_mode()
    def probabilities(images: Tensor) -> np.ndarray:
        return network(images).softmax(1).numpy()

    return loop(files, workers, probabilities, [f"class {k}" for k in range(6)])


def loop(
    files: PilFiles, workers: int, probabilities: Callable[[Tensor], np.ndarray], classes: Iterable[str]
) -> dict[str, float]:
    """Classify batch by batch into a CSV of path, label and confidence."""
    from torch.utils.data import DataLoader

    names = list(classes)
    start = time.perf_counter()
    with tempfile.TemporaryFile("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        for paths, images in DataLoader(files, BATCH_IMAGES, num_workers=workers):
            scores = probabilities(images)
            best = scores.argmax(1)
            rows.writerows(zip(paths, (names[k] for k in best), scores.max(1), strict=True))
    return {"images_per_second": len(files) / (time.perf_counter() - start)}


def train_model(folder: Path, samples: Path) -> Path:
    """A model as `inspector train` makes it by default; its encoder is random, which is as fast as a pretrained one."""
    project = str(folder / "project")
    inspector("new", project, str(samples))
    inspector("label", project, "--from-folders", "--per-class", "10")
    return Path(inspector("train", project, "--encoder", "random", "--device", "cpu", "--json")["model"])


def copy_images(source: Path, folder: Path, count: int) -> Path:
    """Copy the first `count` images into one flat folder, so that all sides see the same files."""
    from models.images.reading import walk

    folder.mkdir()
    for i, path in enumerate(islice(walk(source), count)):
        shutil.copyfile(path, folder / f"{i:06}{path.suffix}")
    return folder


def write_small_images(folder: Path, count: int) -> Path:
    """`count` PNG files of the same noise."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(0).integers(0, 256, (SMALL_PX, SMALL_PX), dtype=np.uint8)
    data = cv2.imencode(".png", noise)[1].tobytes()
    folder.mkdir()
    for i in range(count):
        (folder / f"{i:06}.png").write_bytes(data)
    return folder


def report(measured: dict[str, list[dict[str, float]]], memory: dict[int, float], images: int) -> None:
    """The tables, then all of it as JSON."""
    rates = {name: median(figures, "images_per_second") for name, figures in measured.items()}
    seconds = {name: median(figures, "process_seconds") for name, figures in measured.items()}
    rows = [[name, rates[name], seconds[name], f"{rates[OURS] / rates[name]:.2f}x"] for name in measured]
    print(f"Medians of {len(measured[OURS])} rounds over the same {images:,} files, on the CPU.")
    print_table(["side", "images/s", "whole process, s", f"'{OURS}' is"], rows)
    print_table(["small images", "peak MiB"], [[f"{count:,}", mib] for count, mib in memory.items()])
    print_json("classify_speed", images=images, images_per_second=rates, process_seconds=seconds, peak_mib=memory)


def main() -> None:
    """Measure all sides in turn, then the memory, and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of images (default: generated samples)")
    parser.add_argument("--model", type=Path, help="model file (default: one is made from the images' folder names)")
    parser.add_argument("--images", type=int, default=600, help="at most so many of the folder (default: 600)")
    parser.add_argument("--rounds", type=int, default=3, help="the table holds medians over them (default: 3)")
    parser.add_argument(
        "--memory-images", type=int, nargs="+", default=[2_000, 20_000], help="numbers of files to measure memory on"
    )
    arguments = parser.parse_args()
    with image_folder(arguments.folder, per_class=100) as source, tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        model = arguments.model or run_alone(train_model, work, source)
        folder = copy_images(source, work / "images", arguments.images)
        sides: dict[str, partial[dict[str, float]]] = {OURS: partial(run_timed, measure_inspector, folder, model)}
        for workers in LOADER_WORKERS:
            name = f"loop, same model, {workers} workers"
            sides[name] = partial(run_timed, measure_same_model, folder, model, workers)
        for workers in LOADER_WORKERS:
            name = f"loop, torchvision ResNet-18 at 224 px, {workers} workers"
            sides[name] = partial(run_timed, measure_torchvision, folder, workers)
        measured = take_turns(sides, arguments.rounds)
        memory = {}
        for count in arguments.memory_images:
            small = write_small_images(work / f"small-{count}", count)
            memory[count] = run_alone(measure_inspector, small, model)["peak_memory_mib"]
        report(measured, memory, len(list(folder.iterdir())))


if __name__ == "__main__":
    main()
