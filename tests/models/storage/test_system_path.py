"""Paths that are longer than Windows takes by default."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from models.prediction import class_folders, map_pictures
from models.storage import files
from models.storage.system_path import extended, system_path

LONG = "coil\\" * 60 + "x.png"


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("C:\\" + LONG, "\\\\?\\C:\\" + LONG),
        ("C:\\mill\\..\\" + LONG, "\\\\?\\C:\\" + LONG),
        ("\\\\srv\\share\\" + LONG, "\\\\?\\UNC\\srv\\share\\" + LONG),
        ("\\\\?\\C:\\" + LONG, ""),
        ("C:\\mill\\x.png", ""),
    ],
)
def test_only_a_long_path_is_opened_in_its_other_form(name, opened):
    assert extended(name) == opened


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_path_that_needs_no_other_form_stays(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert system_path(Path("mill", "x.png")) == Path("mill", "x.png")


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the system has for each path below 'named', a name too long for it."""

    def short(path: Path) -> Path:
        return tmp_path / "real" / path.relative_to(tmp_path / "named")

    for module in (class_folders, files, map_pictures):
        monkeypatch.setattr(module, "system_path", short)
    (tmp_path / "real").mkdir()
    return tmp_path / "real"


def test_copies_of_images_with_long_paths_are_made(tmp_path, real):
    (real / "x.png").write_bytes(b"pixels")
    folders = class_folders.ClassFolders(tmp_path / "named" / "out", ["rust"])
    for _ in range(2):
        folders.copy(tmp_path / "named" / "x.png", label="rust", needs_review=False)
    assert [path.name for path in (real / "out" / "rust").iterdir()] == ["x.png"]


def test_maps_with_long_paths_are_written(tmp_path, real):
    image, heat = np.zeros((1, 8, 8), np.uint8), np.zeros((8, 8), np.float32)
    map_pictures.MapPictures(tmp_path / "named").write("coil/x.png", image, heat)
    assert [path.name for path in (real / "coil").iterdir()] == ["x.png.map.png"]
