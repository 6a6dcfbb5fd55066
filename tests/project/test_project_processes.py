"""Several processes on one project, and processes that die in the middle."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inspector.project import Project
from inspector.project.file_lock import FileLock, is_locked

LABEL_BURST = """
import sys
from inspector.project import Project
project = Project.open(sys.argv[1])
for step in range(int(sys.argv[3])):
    project.label_images({step % 12 + 1: f"{sys.argv[2]} {step}"}, step=f"{sys.argv[2]} {step}", source="test")
    print(step, flush=True)
"""


def start(folder: Path, name: str, steps: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LABEL_BURST, str(folder), name, str(steps)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_label_at_once(imported):
    writers = [start(imported.folder, name, 40) for name in ("a", "b")]
    assert [len(writer.communicate(timeout=60)[0].split()) for writer in writers] == [40, 40]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert imported._database.value("SELECT count(*) FROM label_steps") == 80
    assert imported.check() == []
    while imported.undo():
        pass
    assert imported.labels() == {}


@pytest.mark.parametrize("labels_before_the_kill", [1, 7, 20])
def test_no_acknowledged_label_is_lost_to_a_kill(imported, labels_before_the_kill):
    with start(imported.folder, "x", 1000) as writer:
        acknowledged = [writer.stdout.readline().strip() for _ in range(labels_before_the_kill)][-1]
        writer.kill()
    steps = imported._database.value("SELECT count(*) FROM label_steps")
    assert steps >= int(acknowledged) + 1
    assert imported.check() == []
    assert imported.undo_name == f"x {steps - 1}"
    imported.label_images({1: "after"}, step="after", source="test")
    assert imported.labels()[1] == "after"


def test_threads_share_a_project(imported):
    def label(name: str) -> None:
        for image_id in range(1, 13):
            imported.label_images({image_id: name}, step=name, source="test")

    threads = [threading.Thread(target=label, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert imported._database.value("SELECT count(*) FROM label_history") == 36
    assert len(imported.labels()) == 12


def test_lock_is_held_by_one_and_goes_with_its_holder(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.acquire(timeout_s=0)
    assert not second.acquire(timeout_s=0.05)
    assert is_locked(tmp_path / "lock")
    first.close()
    assert second.acquire(timeout_s=0)
    second.close()
    assert not is_locked(tmp_path / "lock")
    assert (tmp_path / "lock").read_bytes() == b""


def test_window_sees_what_the_command_line_did(imported):
    with Project.open(imported.folder) as command_line:
        command_line.label_images({1: "crazing"}, step="Label", source="csv")
        assert imported.labels() == {1: "crazing"}
        assert imported.undo_name == "Label"
