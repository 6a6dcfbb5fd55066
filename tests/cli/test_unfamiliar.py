"""Images unlike all that a model has learned from: told, and given to a person."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.prediction.results_csv import read_results

NOISY = 5


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A folder of noise, as from a camera that is not connected."""
    folder = tmp_path / "strange"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(NOISY):
        cv2.imwrite(str(folder / f"{number}.png"), rng.integers(0, 256, (64, 64), dtype=np.uint8))
    return folder


def test_they_need_review(trained, strange, inspector, tmp_path):
    out = tmp_path / "results.csv"
    outcome = inspector("classify", strange, "--model", trained, "--out", out, "--review-below", "0.3", "--json")
    assert (outcome.json["images"], outcome.json["needs_review"], outcome.json["unfamiliar"]) == (NOISY, NOISY, NOISY)
    (rows,) = read_results(out)
    assert all(row.label and row.is_unfamiliar for row in rows)
    assert (
        f"{NOISY} images are unlike all that the model learned from"
        in inspector("classify", strange, "--model", trained, "--out", out).out
    )


def test_images_of_the_same_surface_are_none_of_them(trained, samples, inspector, tmp_path):
    outcome = inspector("classify", samples, "--model", trained, "--out", tmp_path / "results.csv", "--json")
    assert outcome.json["unfamiliar"] <= 0.05 * outcome.json["images"]


def test_a_judgement_counts_them(trained, strange, inspector, tmp_path):
    labels = tmp_path / "labels.csv"
    lines = [f"{path},crazing" for path in sorted(strange.iterdir())]
    labels.write_text("\n".join(["path,label", *lines]), encoding="utf-8")
    figures = inspector("evaluate", trained, "--labels", labels, "--json").json
    assert figures["unfamiliar"] == NOISY
    assert f"{NOISY} images are unlike all that the model learned from" in figures["protocol"]
