from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.cli import samples_command as command
from inspector.samples import CLASSES, draw, write_samples
from models.errors import KnownError
from models.events import Progress


@pytest.mark.parametrize("name", CLASSES)
def test_same_arguments_draw_the_same_pixels(name: str) -> None:
    first, again = (draw(name, size=64, seed=3, index=5) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("other", [{"index": 1}, {"seed": 1}])
def test_another_index_or_seed_draws_another_picture(other: dict[str, int]) -> None:
    assert not np.array_equal(draw("patches", size=64), draw("patches", size=64, **other))


@pytest.mark.parametrize("size", [32, 200, 301])
@pytest.mark.parametrize("name", CLASSES)
def test_pictures_are_square_grey_and_not_flat(name: str, size: int) -> None:
    image = draw(name, size=size)
    assert image.shape == (size, size)
    assert image.dtype == np.uint8
    assert image.std() > 5


def test_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="'rust'"):
        draw("rust")


@pytest.mark.parametrize("statistic", [np.mean, np.std])
def test_brightness_and_contrast_do_not_tell_the_class(statistic: Callable[[np.ndarray], float]) -> None:
    values = np.array([[statistic(draw(name, size=32, index=index)) for index in range(150)] for name in CLASSES])
    class_means = values.mean(axis=1)
    assert np.ptp(class_means) < 0.5 * values.std(axis=1).min()


def test_folder_holds_a_sub_folder_of_pngs_for_each_class(tmp_path: Path) -> None:
    events = list(write_samples(tmp_path / "new" / "strips", per_class=2, size=48))
    files = {path.relative_to(tmp_path / "new" / "strips").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {f"{name}/{name}_{number:04}.png" for name in CLASSES for number in (1, 2)}
    assert events[-1] == Progress("samples", 12, 12)


def test_files_hold_what_draw_returns_however_many_are_written(tmp_path: Path) -> None:
    for per_class in (1, 3):
        list(write_samples(tmp_path / str(per_class), per_class=per_class, size=48, seed=9))
        data = (tmp_path / str(per_class) / "scratches" / "scratches_0001.png").read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(pixels, draw("scratches", size=48, seed=9, index=0))


def test_stopped_run_leaves_whole_pictures_only(tmp_path: Path) -> None:
    events = write_samples(tmp_path, per_class=5, size=48)
    for _ in range(7):
        next(events)
    events.close()
    assert sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file()) == [".png"] * 7


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"size": 31}, "31 px: choose one from 32 to 2048"),
        ({"size": 2049}, "2049 px"),
        ({"per_class": 0}, "0 images a class"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_numbers_out_of_range_are_refused_and_nothing_is_made(
    tmp_path: Path, numbers: dict[str, int], message: str
) -> None:
    with pytest.raises(KnownError, match=message):
        list(write_samples(tmp_path / "strips", **numbers))
    assert not (tmp_path / "strips").exists()


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KnownError, match="not empty"):
        list(write_samples(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("below", ["", "strips"])
def test_file_in_the_folders_place_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(KnownError, match="taken"):
        list(write_samples(tmp_path / "taken" / below))


def test_full_disk_is_one_sentence_and_leaves_no_torn_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(KnownError, match=r"disk is full: .*crazing_0001\.png"):
        list(write_samples(tmp_path, per_class=1, size=48))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_command_prints_where_the_folder_lies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    status = command.run(parser.parse_args([str(tmp_path / "strips"), "--per-class", "1", "--size", "48"]))
    assert status == 0
    assert capsys.readouterr().out == f"6 images of 6 classes lie in {(tmp_path / 'strips').resolve()}\n"
