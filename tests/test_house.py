"""Rules of the whole house that no single module can keep: what may be imported where, and what is never used."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGES = ("inspector", "models", "resources")
SLOW = {"torch", "torchvision", "cv2", "numpy", "scipy", "sklearn", "matplotlib", "PIL", "jinja2", "PySide6"}
PARSERS = """
import json, sys
from inspector.cli import COMMANDS, build_parser
for command in COMMANDS:
    build_parser([command])
print(json.dumps(sorted(sys.modules)))
"""
INFO = """
import json, sys
from inspector.__main__ import main
assert main(["info", sys.argv[1], "--json"]) == 0
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(script: str, *arguments: str) -> set[str]:
    """The modules that a fresh Python has loaded when it has run the script."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_the_parsers_of_all_commands_load_nothing_slow():
    loaded = modules_after(PARSERS)
    assert {f"inspector.cli.{command}_command" for command in COMMANDS} <= loaded
    assert loaded & SLOW == set()


def test_info_loads_nothing_slow(tmp_path):
    from inspector.project import Project

    Project.create(tmp_path / "p").close()
    assert modules_after(INFO, str(tmp_path / "p")) & SLOW == set()


def test_the_arrows_go_one_way():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("name", ["opencv-python", "opencv-contrib-python"])
def test_opencv_comes_without_a_window_system(name):
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(name)


def test_no_file_is_unpickled():
    """Weights and caches are data: no module that turns a file into code is imported, nor torch's way to it used.

    But for torchvision's published weights, read in one place.
    """
    offenders = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("torch.load", "torch.save"):
                names.append(ast.unparse(node))
            if {name.split(".")[0] for name in names} & {"pickle", "joblib", "dill", "shelve"} or "torch.load" in names:
                offenders.append((path.relative_to(ROOT).as_posix(), ast.unparse(node)))
    assert offenders == [("models/encoders/imagenet.py", "torch.load")]


def test_torchs_own_files_are_read_as_weights_alone():
    tree = ast.parse((ROOT / "models/encoders/imagenet.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (load,) = [call for call in calls if ast.unparse(call.func) == "torch.load"]
    assert "weights_only=True" in [ast.unparse(keyword) for keyword in load.keywords]


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
