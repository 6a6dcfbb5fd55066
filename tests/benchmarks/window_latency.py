"""How late the window's event loop is while SimCLR trains behind it, and whether the training notices the window.

The window is open on its Pretrain page, whose plots, pictures and map follow the run. A timer asks to be called every
5 ms; how much later it is called is the latency. The command line then does the same job.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import image_folder, print_json, print_table

TICK_MS = 5
LIMIT_S = 600


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of images (default: generated samples)")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1, help="of each side, in turn")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with image_folder(arguments.folder, per_class=60) as folder, tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "project"
        _inspector("new", project, folder)
        window, alone = [], []
        for _ in range(arguments.rounds):
            window.append(_run_in_window(project, arguments.epochs))
            words = ("pretrain", project, "--method", "simclr", "--epochs", arguments.epochs, "--json")
            alone.append(json.loads(_inspector(*words))["images_per_second"])
    _report(window, alone)


def _report(window: list[dict], alone: list[float]) -> None:
    late = sorted(value for run in window for value in run["late_ms"])
    p99, worst = late[int(0.99 * len(late))], late[-1]
    rate, rate_alone = (sum(values) / len(values) for values in ([r["rate"] for r in window], alone))
    seconds = sum(run["seconds"] for run in window)
    print_table(
        ["", "measured", "asked"],
        [
            ["event loop late, p99 (ms)", p99, "50"],
            ["event loop late, worst (ms)", worst, "250"],
            ["training, images/s, in the window", rate, ""],
            ["training, images/s, by command line", rate_alone, ""],
            ["ratio in per cent", 100 * rate / rate_alone, "90"],
        ],
    )
    print(f"over {seconds:.0f} s of training, {len(late):,} calls")
    print_json("window_latency", p99_ms=p99, worst_ms=worst, rate=rate, rate_alone=rate_alone, seconds=seconds)


def _run_in_window(project: Path, epochs: int) -> dict:
    """In a process of its own: {late_ms, rate, seconds}."""
    done = subprocess.run(
        [sys.executable, __file__, "--", str(project), str(epochs)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _inspector(*words: object) -> str:
    command = [sys.executable, "-m", "inspector", *(str(word) for word in words)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def measured_run(project: Path, epochs: int) -> dict:
    """Train behind an open window and watch its event loop."""
    from models.system.process import prepare_process

    prepare_process()
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from inspector.jobs.pretraining.pretrain import pretrain
    from inspector.jobs.pretraining.request import PretrainRequest
    from inspector.ui.background.jobs import Job
    from inspector.ui.window.application import WindowRequest, build_window

    application = QApplication([])
    window = build_window(application, WindowRequest(size_px=(1280, 800)))
    window.show()
    window.open_project(project, page="pretrain")
    bench = window.workbench
    assert bench is not None
    until(application, bench.is_settled)
    late_ms: list[float] = []
    results: list = []
    last = [0.0]

    def on_tick() -> None:
        now = time.perf_counter()
        late_ms.append(1000 * (now - last[0]) - TICK_MS)
        last[0] = now

    def start():
        yield from pretrain(bench.session.project, PretrainRequest(overrides={"epochs": epochs}), maps=True)

    bench.jobs.ended.connect(lambda _, ended: results.append(ended))
    # The first step imports what training needs; what is asked for is the time while it trains.
    first: list = []
    bench.jobs.event_arrived.connect(lambda _, event: first.append(event) if hasattr(event, "loss") else None)
    bench.jobs.submit(Job("pretrain", "Pretraining", "SimCLR", start, "pretrain"))
    until(application, lambda: bool(first) or bool(results))
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
    timer.timeout.connect(on_tick)
    last[0] = started = time.perf_counter()
    timer.start()
    until(application, lambda: bool(results))
    timer.stop()
    seconds = time.perf_counter() - started
    ended = results[0]
    assert ended.outcome == "finished", ended
    bench.jobs.stop_all()
    until(application, lambda: bench.jobs.current is None)
    window.close()
    until(application, lambda: window.workbench is None)
    return {"late_ms": late_ms, "rate": ended.result.images_per_second, "seconds": seconds}


def until(application, is_true) -> None:
    """Run the event loop until something is true.

    Raises:
        TimeoutError: it is not within ten minutes.
    """
    limit = time.monotonic() + LIMIT_S
    while not is_true():
        if time.monotonic() > limit:
            raise TimeoutError
        application.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    if "--" in sys.argv:
        print(json.dumps(measured_run(Path(sys.argv[-2]), int(sys.argv[-1]))))
    else:
        main()
