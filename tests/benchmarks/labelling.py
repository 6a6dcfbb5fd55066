"""How long who labels waits: for the next image after a key, for guesses and map after a label; and how many keys.

The key is measured in the window on a project of 100,000 generated images, until its label is committed and the next
image is drawn whole; the guesses on features of six clusters, until the map is drawn with them. To make the large
project takes minutes: name one that gallery.py has kept by --project.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import print_json, print_table, run_alone
from gallery import WINDOW_PX, make_project

if TYPE_CHECKING:
    from inspector.jobs.labelling.basis import LabelBasis
    from inspector.ui.window.main_window import MainWindow

CLASSES = ("crazing", "inclusion", "patches", "pitted", "rolled-in", "scratches")
KEY_LIMIT_MS, GUESS_LIMITS_MS = 50, {2_000: 300, 20_000: 1_000}
WARM_UP = 10  # keys and labels that load code and fill caches
PAUSE_S = 0.15  # between two keys; who labels looks at the image
FEATURES, SPREAD = 512, 1.5
IMAGES_BY_KEYS = 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, help="folder of a project of many images; it is copied, not changed")
    parser.add_argument("--images", type=int, default=100_000, help="of the project that is made without --project")
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--labels", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        large = arguments.project / "project" if arguments.project else _made(folder / "large", arguments.images)
        keys = run_alone(measure_keys, str(_copied(large, folder / "keys")), arguments.keys)
        rows = [["key to label on disk and next image", *_figures(keys["ms"]), f"p99 {KEY_LIMIT_MS}"]]
        guesses = {}
        for images, limit in GUESS_LIMITS_MS.items():
            project = _made(folder / str(images), images)
            guesses[images] = run_alone(measure_guesses, str(project), arguments.labels)
            rows.append([f"label to guesses and map, {images:,} images", *_figures(guesses[images]), f"p95 {limit}"])
        pressed = run_alone(count_keys, str(_made(folder / "few", 2 * IMAGES_BY_KEYS)))
    print_table(["", "median ms", "p95 ms", "p99 ms", "asked ms"], rows)
    print(f"\n{keys['images']:,} images in the project of the keys")
    print(f"{pressed} keys for {IMAGES_BY_KEYS} images beside naming {len(CLASSES)} classes (asked: {IMAGES_BY_KEYS})")
    print_json(
        "labelling",
        key_p99_ms=_percentile(keys["ms"], 99),
        key_images=keys["images"],
        guesses_p95_ms={images: _percentile(times, 95) for images, times in guesses.items()},
        keys_for_30_images=pressed,
    )


def measure_keys(project: str, keys: int) -> dict[str, Any]:
    """Milliseconds from each key to the next image drawn; to be called in a fresh process."""
    window, bench = _window(project)
    page = bench.page("label")
    for name in CLASSES:
        bench.session.apply(bench.session.project.add_class(name))
    view, loaded = page.queue_mode.well.view, []
    view.loaded.connect(lambda: loaded.append(page.current_image_id))
    times = []
    for number in range(WARM_UP + keys):
        _run_for(PAUSE_S)
        loaded.clear()
        labelled = page.current_image_id
        start = time.perf_counter()
        _press(page.queue_mode, str(1 + number % len(CLASSES)))
        _run_until(lambda: page.current_image_id in loaded)
        page.queue_mode.well.repaint()
        times.append(1_000 * (time.perf_counter() - start))
        assert bench.session.project.labels([labelled])
    images = len(bench.session.images)
    _close(window)
    return {"ms": times[WARM_UP:], "images": images}


def measure_guesses(project: str, labels: int) -> list[float]:
    """Milliseconds from each label to the map drawn with its guesses; to be called in a fresh process."""
    window, bench = _window(project)
    page, session = bench.page("label"), bench.session
    basis, clusters = _basis([image.id for image in session.images])
    session.set_basis(basis)
    page.set_mode("map")
    _run_until(lambda: not bench.guesses.is_busy)
    times = []
    for number in range(WARM_UP + labels):
        row = number * 7 % len(clusters)
        _run_for(PAUSE_S)
        start = time.perf_counter()
        session.label([int(basis.image_ids[row])], CLASSES[clusters[row]])
        _run_until(lambda: not bench.guesses.is_busy)
        page.repaint()
        times.append(1_000 * (time.perf_counter() - start))
    _close(window)
    return times[WARM_UP:]


def count_keys(project: str) -> int:
    """Keys pressed for the images, those that name a class at its first image left out."""
    window, bench = _window(project)
    page = bench.page("label")
    pressed = 0
    while (done := len(bench.session.labels)) < IMAGES_BY_KEYS:
        if done < len(CLASSES):
            _press(page.queue_mode, "n")
            editor = page.queue_mode.class_keys.editor
            editor.setText(CLASSES[done])
            _press(editor, "\r")
        else:
            _press(page.queue_mode, str(1 + done % len(CLASSES)))
            pressed += 1
    _close(window)
    return pressed + len(CLASSES)  # each new class takes a key for its image, too


def _window(project: str) -> tuple[MainWindow, Any]:
    """The window on a project's label page. Features are not computed: what is measured brings its own."""
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
    window.open_project(Path(project), page="label")
    bench = window.workbench
    assert bench is not None
    bench.jobs.stop_all()
    _run_until(lambda: bench.jobs.current is None)
    return window, bench


def _close(window: MainWindow) -> None:
    window.close()
    _run_until(lambda: window.workbench is None)


def _basis(image_ids: list[int]) -> tuple[LabelBasis, list[int]]:
    """Features of as many clusters as classes, their map, and the cluster of each image."""
    import numpy as np

    from inspector.jobs.labelling.basis import LabelBasis
    from models.classification.propagate import NeighbourGraph

    rng = np.random.default_rng(0)
    clusters = rng.integers(0, len(CLASSES), len(image_ids))
    centres = rng.normal(size=(len(CLASSES), FEATURES))
    vectors = centres[clusters] + SPREAD * rng.normal(size=(len(image_ids), FEATURES))
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    angles = 2 * np.pi * clusters / len(CLASSES)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) + 0.2 * rng.normal(size=(len(image_ids), 2))
    graph = NeighbourGraph.build(unit)
    made = LabelBasis(np.array(image_ids), unit, graph, "six clusters", None, points.astype(np.float32))
    return made, clusters.tolist()


def _press(widget: Any, text: str) -> None:
    """A key as the keyboard sends it."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    key = Qt.Key.Key_Return if text == "\r" else Qt.Key(ord(text.upper()))
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


def _run_until(condition: Callable[[], bool], limit_s: float = 120) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + limit_s
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        if time.perf_counter() > end:
            raise TimeoutError("what was waited for did not come")


def _run_for(seconds: float) -> None:
    end = time.perf_counter() + seconds
    _run_until(lambda: time.perf_counter() >= end)


def _made(folder: Path, images: int) -> Path:
    folder.mkdir()
    make_project(folder, images)
    return folder / "project"


def _copied(project: Path, target: Path) -> Path:
    return Path(shutil.copytree(project, target))


def _figures(times_ms: list[float]) -> list[float]:
    return [_percentile(times_ms, share) for share in (50, 95, 99)]


def _percentile(times_ms: list[float], share: float) -> float:
    ordered = sorted(times_ms)
    return ordered[min(len(ordered) - 1, int(share / 100 * len(ordered)))]


if __name__ == "__main__":
    main()
