"""The map with 10,000 points: frames a second while it is panned and zoomed, and how long a lasso takes."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from common import print_json, print_table

SIZE_PX = (900, 640)
FRAMES = 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(Path(temporary) / "project", arguments.points)
    print_table(
        ["", "measured", "asked"],
        [
            ["pan, frames/s", figures["pan_fps"], "30"],
            ["zoom, frames/s", figures["zoom_fps"], "30"],
            ["slowest frame (ms)", figures["worst_ms"], ""],
            ["lasso to selection drawn (ms)", figures["lasso_ms"], "200"],
            ["new labels to colours drawn (ms)", figures["recolour_ms"], ""],
        ],
    )
    print_json("map_speed", points=arguments.points, **figures)


def measure(folder: Path, count: int) -> dict[str, float]:
    """Frames are drawn by the widget's own paintEvent, into a picture as the screen would have it."""
    from PySide6.QtWidgets import QApplication

    from inspector.jobs.labelling.guesses import Guesses
    from inspector.project import Project
    from inspector.ui.pictures.thumbnails import Thumbnails
    from inspector.ui.state.session import Session
    from inspector.ui.theme import prepare_application, theme
    from inspector.ui.widgets.map_view import MapView

    application = QApplication([])
    prepare_application(application)
    theme.apply("light")
    with Project.create(folder) as project:
        for number in range(6):
            project.add_class(f"class {number}")
        session = Session(project)
        thumbnails = Thumbnails(session)
        view = MapView(session, thumbnails)
        view.resize(*SIZE_PX)
        view.show()
        rng = np.random.default_rng(0)
        centres = rng.normal(size=(6, 2)) * 30
        of_class = rng.integers(0, 6, count)
        ids = np.arange(1, count + 1)
        view.set_points(ids, centres[of_class] + rng.normal(size=(count, 2)) * 6)
        probabilities = np.eye(6)[of_class]
        guesses = Guesses(ids, [f"class {number}" for number in range(6)], probabilities)
        view.grab()
        recolour = _seconds(lambda: (session.set_guesses(guesses), view.grab()))
        pan = [_seconds(lambda: (view.pan(3.0, 1.0), view.grab())) for _ in range(FRAMES)]
        zoom = [_seconds(lambda f=f: (view.zoom(f), view.grab())) for f in [1.05] * 30 + [1 / 1.05] * 30]
        view.fit()
        angles = np.linspace(0, 2 * np.pi, 200)
        ring = np.stack([SIZE_PX[0] * (0.5 + 0.4 * np.cos(angles)), SIZE_PX[1] * (0.5 + 0.4 * np.sin(angles))], axis=1)
        corners = [(float(x), float(y)) for x, y in ring]
        lasso = [_seconds(lambda: (view.lasso_polygon(corners), view.grab())) for _ in range(9)]
        thumbnails.stop()
        view.deleteLater()
    return {
        "pan_fps": 1 / statistics.median(pan),
        "zoom_fps": 1 / statistics.median(zoom),
        "worst_ms": 1000 * max(*pan, *zoom),
        "lasso_ms": 1000 * statistics.median(lasso),
        "recolour_ms": 1000 * recolour,
    }


def _seconds(act: object) -> float:
    started = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
