"""The window on a project of 100,000 images: time to the first page, frames while it scrolls, memory.

The project is made of tiny generated files, which takes minutes: name a folder by --project to keep it for next time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import peak_memory_mib, print_json, print_table, run_alone

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SIDE_PX, FILES_A_FOLDER = 64, 1_000
WINDOW_PX = (1280, 800)
FRAMES, STEP_PX = 600, 120  # a notch of the wheel a frame
TARGETS = {"first_page_s": 2.0, "frame_p99_ms": 33.0, "memory_mib": 1536.0}
NAMES = {
    "first_page_s": "open to first page drawn, s",
    "frame_p50_ms": "median frame while scrolling, ms",
    "frame_p99_ms": "99th percentile frame, ms",
    "frame_worst_ms": "worst frame, ms",
    "filter_ms": "search by name, ms",
    "select_all_ms": "select all, ms",
    "memory_mib": "peak memory, MiB",
}


def write_images(folder: Path, number: int) -> None:
    """Distinct grey PNG files of noise in sub-folders."""
    import cv2
    import numpy as np

    generator = np.random.default_rng(0)
    for i in range(number):
        place = folder / f"coil-{i // FILES_A_FOLDER:05d}"
        if i % FILES_A_FOLDER == 0:
            place.mkdir(parents=True)
        coarse = generator.integers(0, 256, (8, 8), dtype=np.uint8)
        pixels = cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(place / f"image_{i:06d}.png"), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def make_project(folder: Path, number: int) -> None:
    """Import so many generated images into a new project."""
    from inspector.project import Project

    write_images(folder / "images", number)
    with Project.create(folder / "project") as project:
        for _ in project.import_folders([folder / "images"]):
            pass


def measure(project: str) -> dict[str, float]:
    """All figures of one window; to be called in a fresh process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from inspector.ui.theme import prepare_application, theme
    from inspector.ui.window.main_window import MainWindow

    application = QApplication([])
    prepare_application(application)
    theme.apply("light")
    window = MainWindow()
    window.resize(*WINDOW_PX)
    window.show()
    application.processEvents()
    start = time.perf_counter()
    window.open_project(Path(project), page="images")
    window.repaint()
    bench = window.workbench
    assert bench is not None
    figures = {"first_page_s": time.perf_counter() - start}
    bench.jobs.stop_all()  # features of the noise would only take the processor
    while bench.jobs.current is not None:
        application.processEvents()
    page = bench.page("images")
    figures |= scroll(application, page) | others(page)
    bench.shut_down()
    return {**figures, "memory_mib": peak_memory_mib()}


def scroll(application: QApplication, page: Any) -> dict[str, float]:
    """Frame times, each from the wheel's step to the picture drawn, while thumbnails are made and arrive."""
    bar = page.gallery.verticalScrollBar()
    end = time.perf_counter() + 30
    while bar.maximum() < FRAMES * STEP_PX and time.perf_counter() < end:
        application.processEvents()
    frames_ms = []
    for frame in range(FRAMES):
        start = time.perf_counter()
        bar.setValue(frame * STEP_PX)
        application.processEvents()
        frames_ms.append(1_000 * (time.perf_counter() - start))
        time.sleep(max(0.0, 0.016 - frames_ms[-1] / 1_000))  # a screen shows sixty a second
    frames_ms.sort()
    return {
        "frame_p50_ms": frames_ms[len(frames_ms) // 2],
        "frame_p99_ms": frames_ms[int(0.99 * len(frames_ms))],
        "frame_worst_ms": frames_ms[-1],
    }


def others(page: Any) -> dict[str, float]:
    """A filter by name from the last letter to the gallery drawn, and everything selected."""
    start = time.perf_counter()
    page.gallery.selectAll()
    select_all_ms = 1_000 * (time.perf_counter() - start)
    page.gallery.clearSelection()
    start = time.perf_counter()
    page.filter_by_name("00")
    page.gallery.repaint()
    return {"select_all_ms": select_all_ms, "filter_ms": 1_000 * (time.perf_counter() - start)}


@contextmanager
def project_folder(kept: Path | None, number: int) -> Iterator[Path]:
    """The project in a kept folder, made there if there is none; or one that is gone afterwards."""
    if kept is not None:
        if not (kept / "project").exists():
            make_project(kept, number)
        yield kept / "project"
        return
    with tempfile.TemporaryDirectory() as temporary:
        make_project(Path(temporary), number)
        yield Path(temporary) / "project"


def main() -> None:
    """Make or take the project, measure in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, help="folder to keep the generated images and their project in")
    parser.add_argument("--images", type=int, default=100_000, help="number of images (default: 100000)")
    arguments = parser.parse_args()
    with project_folder(arguments.project, arguments.images) as project:
        figures = run_alone(measure, str(project))
    rows = [[NAMES[key], figures[key], f"under {TARGETS[key]:g}" if key in TARGETS else ""] for key in NAMES]
    print_table(["figure", "measured", "target"], rows)
    print_json("gallery", images=arguments.images, **figures)


if __name__ == "__main__":
    main()
