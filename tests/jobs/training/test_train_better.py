"""Fine-tuning that is compared with the frozen encoder: which is kept, and what of the run says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from inspector.jobs.evaluation.evaluate import evaluate
from inspector.jobs.training.train import MODEL_FILE, train
from inspector.jobs.training.training import TrainRequest, validation_of
from inspector.project import Project
from models.encoders.architectures import build_encoder
from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.events import EpochDone, Notice, Progress
from models.features.extraction import EncoderFeatures
from models.images.augment import Standardiser
from models.prediction.model_file import Classifier, FeatureModel, NetworkModel, load_classifier
from models.pretraining.pretrain import save_encoder


@pytest.fixture(scope="module")
def project(_imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """36 images, all labelled. The tests share it: no run changes another's."""
    with Project.open(shutil.copytree(_imported, tmp_path_factory.mktemp("better") / "p")) as opened:
        opened.label_from_folders()
        yield opened


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> TrainRequest:
    """One epoch from a small encoder."""
    torch.manual_seed(0)
    encoder = build_encoder(EncoderSpec(width=8))
    file = tmp_path_factory.mktemp("encoder") / "encoder.safetensors"
    save_encoder(file, EncoderFeatures(encoder, Standardiser((128.0,), (50.0,)), scale=1.0), method="simclr")
    return TrainRequest(mode="finetune", encoder=str(file), epochs=1, device="cpu")


@pytest.fixture(scope="module")
def frozen_kept(project, request_) -> list[Any]:
    """The events of a run that the frozen encoder wins, since one epoch teaches a network nothing."""
    return list(train(project, request_))


@pytest.fixture(scope="module")
def tuned_kept(project, request_) -> list[Any]:
    """Those of one that fine-tuning wins, whatever the figures are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.finetuning.frozen_or_tuned.best_candidate", lambda predicted, labels: 1)
        return list(train(project, request_))


def classifier_of(project: Project, run_id: int) -> Classifier:
    return load_classifier(project.run(run_id).folder / MODEL_FILE, device="cpu")


def test_the_frozen_encoder_is_kept_and_named_where_it_is_better(project, frozen_kept):
    *events, finished = frozen_kept
    assert finished.to_json()["kept"] == "frozen"
    assert finished.verdict.frozen_accuracy > finished.verdict.tuned_accuracy
    assert Notice(finished.verdict.sentence) in events
    assert isinstance(classifier_of(project, finished.run).model, FeatureModel)
    assert len(project.predictions(finished.run)) == 36
    assert project.run(finished.run).metrics["kept_verdict"] == finished.verdict.sentence


def test_fine_tuning_is_kept_where_it_wins(project, tuned_kept):
    *events, finished = tuned_kept
    assert finished.to_json()["kept"] == "fine-tuned"
    assert isinstance(classifier_of(project, finished.run).model, NetworkModel)
    assert classifier_of(project, finished.run).guard.familiarity is not None
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == [1]
    assert project.predictions(finished.run) == []


@pytest.mark.parametrize("kept", ["frozen_kept", "tuned_kept"])
def test_every_label_judges_the_run(project, kept, request):
    *_, finished = request.getfixturevalue(kept)
    assert finished.validation.images == 36
    assert finished.protocol.endswith("The choice between frozen and fine-tuned is included.")
    assert len(validation_of(project, finished.run).image_ids) == 36


@pytest.mark.parametrize("kept", ["frozen", "fine-tuned"])
def test_of_many_labels_a_fifth_judges_fine_tuning(project, request_, monkeypatch, kept):
    monkeypatch.setattr("models.finetuning.parts.MOST_FOLDED", 10)
    monkeypatch.setattr(
        "models.finetuning.frozen_or_tuned.best_candidate", lambda predicted, labels: int(kept == "fine-tuned")
    )
    *_, finished = train(project, request_)
    assert (finished.verdict.kept, finished.verdict.images) == (kept, 6)
    assert finished.validation.images == (36 if kept == "frozen" else 6)
    assert project.run_images(finished.run, "train") == project.labels().keys()  # a choice by labels uses them up
    with pytest.raises(KnownError, match="was trained on every labelled image"):
        list(evaluate(project, run_id=finished.run))


def test_the_check_says_how_far_it_is(frozen_kept):
    steps = [event for event in frozen_kept if isinstance(event, Progress) and event.stage == "check of fine-tuning"]
    assert [(event.done, event.total) for event in steps] == [(i, 9) for i in range(1, 10)]


def test_whoever_stops_the_check_has_a_sound_project(project, request_):
    events = train(project, request_)
    next(event for event in events if isinstance(event, Progress) and event.stage == "check of fine-tuning")
    events.close()
    run = project.runs()[-1]
    assert run.state == "cancelled"
    assert project.predictions(run.id) == []


@pytest.mark.parametrize("changes", [{"mode": "linear"}, {"preset": "paper"}, {"keep_better": False}])
def test_other_ways_of_training_compare_nothing(project, request_, changes):
    *_, finished = train(project, replace(request_, **changes))
    assert (finished.to_json()["kept"], finished.to_json()["kept_verdict"]) == (None, None)
