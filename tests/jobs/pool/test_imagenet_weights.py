"""inspector.jobs.pool.imagenet_weights and what reads them: nothing is fetched unasked, half a file is never kept."""

from __future__ import annotations

import hashlib
import io
import shutil
from email.message import Message
from pathlib import Path
from urllib.error import URLError

import pytest
import torch

from inspector.jobs.pool import imagenet_weights
from inspector.jobs.pool.imagenet_weights import (
    WeightsReady,
    download_weights,
    find_weights,
    keep_weights,
    stored_weights,
)
from inspector.jobs.pretraining.pretrain import pretrain
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.training.pretraining_gain import known_gain
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from models.errors import KnownError
from models.events import Notice, Progress
from models.forecasting.pretraining_gain import IMAGENET, IMAGENET_FUSED
from models.pretraining.pretrain import load_encoder

OVERRIDES = {"epochs": 1, "batch_size": 12, "views": 2, "small_defects": False, "learning_rate": 1e-12}
REQUEST = PretrainRequest(size_px=32, overrides=OVERRIDES, start_from="imagenet", device="cpu")


@pytest.fixture
def stored(weights_folder, resnet18_file) -> Path:
    """The weights lie where they are looked for."""
    weights_folder.mkdir(parents=True)
    return Path(shutil.copy(resnet18_file, weights_folder / imagenet_weights.FILE_NAME))


@pytest.fixture
def published(weights_folder, resnet18_file, monkeypatch) -> list[str]:
    """torchvision's server has the test's file, under its own hash; gives the addresses that are opened."""
    content, opened = resnet18_file.read_bytes(), []
    name = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"

    def open_url(url: str, **_: object) -> io.BytesIO:
        opened.append(url)
        response = io.BytesIO(content)
        response.headers = Message()
        response.headers["Content-Length"] = str(len(content))
        return response

    monkeypatch.setattr(imagenet_weights, "FILE_NAME", name)
    monkeypatch.setattr("urllib.request.urlopen", open_url)
    return opened


def test_without_weights_one_sentence_says_where_they_belong(imported, weights_folder):
    with pytest.raises(KnownError, match=r"put resnet18-f37072fd.pth into .*weights, or run .* --download"):
        list(pretrain(imported, REQUEST))
    assert imported.runs() == []


def test_a_download_is_kept_whole_and_says_how_far_it_is(published, resnet18_file):
    *progress, ready = download_weights()
    assert Path(ready.path).read_bytes() == resnet18_file.read_bytes()
    assert stored_weights() == Path(ready.path)
    assert [event.done for event in progress] == sorted({event.done for event in progress})
    assert progress[-1] == Progress("download", progress[-1].total, progress[-1].total, "kB")


def test_a_cancelled_download_leaves_nothing(published, weights_folder):
    events = download_weights()
    next(events)
    events.close()
    assert not weights_folder.exists()


def test_another_file_than_the_published_one_is_not_kept(published, weights_folder, monkeypatch):
    monkeypatch.setattr(imagenet_weights, "FILE_NAME", "resnet18-00000000.pth")
    with pytest.raises(KnownError, match="not torchvision's file"):
        list(download_weights())
    assert not weights_folder.exists()


def test_no_connection_is_one_sentence(weights_folder, monkeypatch):
    def fail(url: str, **_: object) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", fail)
    with pytest.raises(KnownError, match=r"could not be downloaded .*no route to host.*put resnet18"):
        list(download_weights())


def test_a_users_file_is_checked_and_copied(weights_folder, resnet18_file, tmp_path):
    *_, ready = keep_weights(resnet18_file)
    assert isinstance(ready, WeightsReady)
    assert find_weights() == Path(ready.path) == weights_folder / imagenet_weights.FILE_NAME
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(KnownError, match="damaged"):
        list(keep_weights(tmp_path / "text.pth"))


def test_a_run_begins_with_them(imported, stored):
    *_, finished = pretrain(imported, REQUEST)
    run = imported.run(finished.run)
    encoder = load_encoder(run.folder / "encoder.safetensors").encoder
    filters = torch.load(stored, weights_only=True)["conv1.weight"].sum(1, keepdim=True)
    assert (run.config["start_from"], encoder.spec.width) == ("imagenet", 64)
    torch.testing.assert_close(encoder.conv1.weight, filters, rtol=0, atol=1e-6)


def test_they_are_downloaded_once_where_that_was_asked_for(imported, published):
    request = PretrainRequest(**{**vars(REQUEST), "download": True})
    for _ in range(2):
        stages = [event.stage for event in pretrain(imported, request) if isinstance(event, Progress)]
    assert len(published) == 1
    assert "download" not in stages


@pytest.mark.parametrize(("change", "words"), [({"method": "mae"}, "vision transformer"), ({"width": 32}, "width 64")])
def test_an_encoder_of_another_build_is_refused_before_anything_is_fetched(imported, weights_folder, change, words):
    request = PretrainRequest(**{**vars(REQUEST), "download": True, **change})
    with pytest.raises(KnownError, match=words):
        list(pretrain(imported, request))


def test_a_classifier_reads_them_without_pretraining(labelled, stored):
    *_, finished = train(labelled, TrainRequest(encoder="imagenet", features="encoder", device="cpu"))
    assert finished.validation.images == 36
    assert "ImageNet weights alone" in known_gain(labelled, finished.run).reason


def test_pretraining_is_held_against_them_where_they_are_there(labelled, stored):
    own = PretrainRequest(size_px=32, width=12, overrides=OVERRIDES, device="cpu")
    list(pretrain(labelled, own))
    *_, finished = train(labelled, TrainRequest(device="cpu"))
    scores = known_gain(labelled, finished.run).gain.scores
    assert [score.name for score in scores][-2:] == [IMAGENET, IMAGENET_FUSED]
    assert not any(score.is_pretrained for score in scores[-2:])


def test_a_damaged_file_does_not_cost_the_classifier(labelled, stored):
    stored.write_bytes(b"damaged")
    own = PretrainRequest(size_px=32, width=12, overrides=OVERRIDES, device="cpu")
    list(pretrain(labelled, own))
    *events, finished = train(labelled, TrainRequest(device="cpu"))
    assert any(isinstance(event, Notice) and "left out of the comparison" in event.text for event in events)
    assert IMAGENET not in [score.name for score in known_gain(labelled, finished.run).gain.scores]
