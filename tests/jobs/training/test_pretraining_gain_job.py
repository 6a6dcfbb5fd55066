"""inspector.jobs.training.pretraining_gain: measured with each training, kept with its run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.jobs.pretraining.pretrain import pretrain
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.training import pretraining_gain as job
from inspector.jobs.training.pretraining_gain import known_gain
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.project import Project
from models.events import Notice
from models.forecasting.pretraining_gain import ENCODER, FUSED, RANDOM, RANDOM_FUSED, TEXTURE, Outcome

OVERRIDES = {"epochs": 2, "batch_size": 12, "small_defects": False}
QUICK = PretrainRequest(size_px=32, width=12, overrides=OVERRIDES, device="cpu")


def gain_after(project: Project, **request: object) -> job.KnownGain:
    *_, finished = train(project, TrainRequest(device="cpu", **request))
    return known_gain(project, finished.run)


@pytest.fixture(scope="session")
def _pretrained(_imported: Path) -> Path:
    folder = shutil.copytree(_imported, _imported.parent / "pretrained")
    with Project.open(folder) as project:
        for _ in pretrain(project, QUICK):
            pass
    return folder


@pytest.fixture
def pretrained(_pretrained: Path, tmp_path: Path) -> Iterator[Project]:
    """The labelled project with run 1, a finished pretraining."""
    with Project.open(shutil.copytree(_pretrained, tmp_path / "pretrained")) as project:
        project.label_from_folders()
        yield project


@pytest.fixture
def shuffled_encoder(labelled: Project, tmp_path: Path) -> Path:
    """An encoder pretrained on the same images, the pixels of each in random order."""
    rng = np.random.default_rng(0)
    for image in labelled.images():
        pixels = cv2.imread(str(labelled.image_path(image.id)), cv2.IMREAD_GRAYSCALE)
        path = tmp_path / "shuffled" / f"{image.id}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(cv2.imencode(".png", rng.permutation(pixels.ravel()).reshape(pixels.shape))[1].tobytes())
    with Project.create(tmp_path / "noise") as noise:
        for _ in noise.import_folders([tmp_path / "shuffled"]):
            pass
        for _ in pretrain(noise, QUICK):
            pass
        return noise.latest_run("pretrain").folder / "encoder.safetensors"


def test_an_encoder_of_shuffled_pixels_brings_no_gain(labelled, shuffled_encoder):
    gain = gain_after(labelled, encoder=str(shuffled_encoder)).gain
    assert gain.outcome == Outcome.NO_GAIN
    assert gain.verdict.startswith("No gain")


def test_every_kind_is_judged_on_the_same_labels_and_the_run_tells(pretrained):
    events = list(train(pretrained, TrainRequest(device="cpu")))
    gain = known_gain(pretrained, events[-1].run).gain
    assert [score.name for score in gain.scores] == [ENCODER, FUSED, TEXTURE, RANDOM, RANDOM_FUSED]
    assert gain.subject == FUSED
    assert gain.difference.images == gain.encoder_against_random.images == 36
    assert gain.verdict in [event.text for event in events if isinstance(event, Notice)]


def test_who_uses_the_encoder_alone_is_told_about_that(pretrained):
    assert gain_after(pretrained, features="encoder").gain.subject == ENCODER


def test_a_fine_tuned_run_is_told_what_its_encoder_started_with(pretrained):
    gain = gain_after(pretrained, mode="finetune", epochs=1).gain
    assert gain.difference.images == 36


@pytest.mark.parametrize(
    ("request_", "reason"), [({"features": "texture"}, "reads no encoder"), ({"encoder": "random"}, "random weights")]
)
def test_without_pretraining_there_is_nothing_to_judge(labelled, request_, reason):
    known = gain_after(labelled, **request_)
    assert known.gain is None
    assert reason in known.reason
    assert known.to_json() == {"pretraining_gain": None, "pretraining_gain_unknown": known.reason}


def test_one_label_a_class_is_too_few(pretrained):
    seen: set[str] = set()
    more = [i for i, name in pretrained.labels().items() if name in seen or seen.add(name)]
    pretrained.label_images(dict.fromkeys(more), step="Remove labels", source="test")
    assert gain_after(pretrained).reason.startswith("Too few labels to tell")


def test_a_large_pool_is_cut_and_every_label_kept(pretrained, monkeypatch):
    monkeypatch.setattr(job, "MAX_IMAGES", 30)
    few = [image.id for image in pretrained.images() if image.id % 2]
    pretrained.label_images(dict.fromkeys(few), step="Remove labels", source="test")
    assert gain_after(pretrained).gain.difference.images == 18


def test_a_run_of_an_earlier_version_says_that_it_was_not_measured(labelled):
    with labelled.start_run("train", {}) as run:
        run.finish({})
    assert known_gain(labelled, run.id).reason.startswith("Whether pretraining paid was not measured for run 1")


def test_who_stops_while_it_is_measured_keeps_the_classifier(pretrained):
    events = train(pretrained, TrainRequest(device="cpu"))
    for event in events:
        if getattr(event, "stage", "").startswith("check of"):
            events.close()
    assert pretrained.latest_run("train").state == "finished"
