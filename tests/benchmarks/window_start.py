"""From the start of the process to the first drawn window: ours beside a bare PySide6 window of the same size.

Both run from compiled bytecode, as an installed program does, after a first start that counts for neither.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial

from common import median, print_json, print_table, take_turns

SIZE_PX = (1280, 800)
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize({width}, {height})
"""
OURS = """
import sys, time
from models.system.process import prepare_process
prepare_process()
from PySide6.QtWidgets import QApplication
from inspector.ui.window.application import build_window, WindowRequest
application = QApplication([])
window = build_window(application, WindowRequest(size_px=({width}, {height})))
"""
CONTENT = OURS + "window.show_start()\n"
DRAWN = """
import json
from PySide6.QtCore import QEvent, QObject
class Drawn(QObject):
    def eventFilter(self, watched, event):
        if watched is window and event.type() == QEvent.Type.Paint:
            application.removeEventFilter(self)
            from PySide6.QtCore import QTimer
            QTimer.singleShot(0, done)
        return False
def done():
    print(json.dumps(dict(at=time.time(), torch="torch" in sys.modules)), flush=True)
    import os
    os._exit(0)
drawn = Drawn()
application.installEventFilter(drawn)
window.show()
application.exec()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    scripts = {"bare PySide6 window": BARE, "Inspector": OURS, "Inspector, start page drawn": CONTENT}
    with tempfile.TemporaryDirectory() as bytecode:
        sides = {name: partial(_drawn, script, bytecode) for name, script in scripts.items()}
        take_turns(sides, 1)
        figures = take_turns(sides, arguments.rounds)
    seconds = {name: median(rounds, "seconds") for name, rounds in figures.items()}
    bare, ours, content = seconds.values()
    loaded = any(round_["torch"] for round_ in figures["Inspector"])
    print_table(["", "ms to the first drawn window"], [[name, 1000 * value] for name, value in seconds.items()])
    print(f"\n{ours / bare:.2f} times a bare window (asked: 1.7); torch loaded by then: {'yes' if loaded else 'no'}")
    print(f"{content / bare:.2f} times until the start page is drawn too")
    print_json("window_start", bare_s=bare, ours_s=ours, content_s=content, ratio=ours / bare, torch_loaded=loaded)


def _drawn(script: str, bytecode: str) -> dict[str, float]:
    width, height = SIZE_PX
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script.format(width=width, height=height) + DRAWN],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return {"seconds": answer["at"] - started, "torch": float(answer["torch"])}


if __name__ == "__main__":
    main()
