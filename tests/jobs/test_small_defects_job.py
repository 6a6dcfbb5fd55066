"""A project of small defects from pretraining to maps: the detector beside the encoder, training by places, maps."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from inspector.jobs.evaluation.heat_maps import HeatMaps
from inspector.jobs.labelling.suggest import suggest
from inspector.jobs.pool.detectors import feature_file, find_unusual, stored_scores
from inspector.jobs.pool.encoders import DETECTOR_FILE, ENCODER_FILE
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.pretraining.pretrain import PRETRAINED, PretrainFinished, pretrain, resume
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.training.pretraining_gain import known_gain
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest, validation_of
from inspector.project import Project
from models.errors import KnownError
from models.evaluation.calibration import is_level
from models.events import EpochDone, Notice, Progress, StepDone
from models.forecasting.pretraining_gain import PLACES
from models.prediction.model_file import load_classifier, save_classifier
from models.small_defects.anomaly_training import learn_anomalies
from models.suggestions.unusual import UnusualPool

SIDE_PX = 96
IMAGES = {"good": (30, 0), "bright": (8, 100), "dark": (8, -100)}  # how many, and the spot's grey levels
REQUEST = PretrainRequest(size_px=32, width=8, overrides={"epochs": 1, "batch_size": 16, "views": 2}, device="cpu")
TRAINING = TrainRequest(device="cpu")


@pytest.fixture(scope="module", autouse=True)
def _small_networks() -> Iterator[None]:
    """Learning that takes seconds; the whole image is never good enough, so places are always looked at."""
    changes = {
        "models.small_defects.anomaly_training.learn_anomalies": partial(learn_anomalies, width=4),
        "models.small_defects.anomaly_training.WINDOW_PX": 64,
        "models.pretraining.config.ANOMALY_WINDOWS_PER_CROP": 12.0,
        "models.small_defects.anomaly_detector.LEAST_WINDOWS": 500,
        "models.small_defects.instance_training.FIRST_STEPS": 20,
        "models.small_defects.instance_training.STEPS_PER_LABEL": 0,
        "models.small_defects.instance_training.BATCH": 16,
        "inspector.jobs.training.train_places.GOOD_ENOUGH": 1.01,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changes.items():
            patch.setattr(name, value)
        yield


def draw_surfaces(folder: Path) -> None:
    """Noise, with a spot in the images of the defective classes."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
    for name, (count, strength) in IMAGES.items():
        (folder / name).mkdir(parents=True)
        for i in range(count):
            row, column = rng.integers(36, SIDE_PX - 36, 2)
            spot = strength * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 4**2))
            pixels = rng.normal(128, 12, (SIDE_PX, SIDE_PX)) + spot
            cv2.imwrite(str(folder / name / f"{i}.png"), pixels.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def _new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    draw_surfaces(folder / "images")
    with Project.create(folder / "new") as project:
        for _ in project.import_folders([folder / "images"]):
            pass
    return folder / "new"


@pytest.fixture(scope="module")
def _pretrained(_new: Path) -> Path:
    with Project.open(shutil.copytree(_new, _new.parent / "pretrained")) as project:
        for _ in pretrain(project, REQUEST):
            pass
    return _new.parent / "pretrained"


@pytest.fixture(scope="module")
def _trained(_pretrained: Path) -> Path:
    with Project.open(shutil.copytree(_pretrained, _pretrained.parent / "trained")) as project:
        project.label_from_folders()
        for _ in train(project, TRAINING):
            pass
    return _pretrained.parent / "trained"


@pytest.fixture
def new(_new: Path, tmp_path: Path) -> Iterator[Project]:
    """Images with small defects, nothing learned yet."""
    with Project.open(shutil.copytree(_new, tmp_path / "new")) as project:
        yield project


@pytest.fixture
def pretrained(_pretrained: Path, tmp_path: Path) -> Iterator[Project]:
    """The same with run 1, a pretrained encoder and the detector beside it."""
    with Project.open(shutil.copytree(_pretrained, tmp_path / "pretrained")) as project:
        yield project


@pytest.fixture
def trained(_trained: Path, tmp_path: Path) -> Iterator[Project]:
    """The same, all labelled, with run 2, a classifier."""
    with Project.open(shutil.copytree(_trained, tmp_path / "trained")) as project:
        yield project


def model_of(project: Project, run: int) -> Path:
    return project.run(run).folder / "model.safetensors"


def unusual_of(project: Project) -> tuple[UnusualPool | None, list[Any]]:
    """What the detector of run 1 finds in the project's images, and the events on the way."""
    with open_cache(project) as cache:
        pool, _ = drained(fill_pool(project, cache))
        return drained(find_unusual(project, pool, project.run(1).folder / DETECTOR_FILE, torch.device("cpu")))


def drained(events: Generator[Any, None, Any]) -> tuple[Any, list[Any]]:
    """What a generator returns, and its events."""
    told = []
    while True:
        try:
            told.append(next(events))
        except StopIteration as stop:
            return stop.value, told


def test_pretraining_ends_with_the_small_defects(new):
    events = list(pretrain(new, REQUEST))
    stages = [event.stage for event in events if isinstance(event, Progress)]
    last_step = max(i for i, event in enumerate(events) if isinstance(event, StepDone))
    first_window = next(i for i, e in enumerate(events) if isinstance(e, Progress) and e.stage == "small defects")
    assert last_step < first_window
    assert stages[-1] == "small defects"
    assert isinstance(events[-1], PretrainFinished)
    assert {ENCODER_FILE, DETECTOR_FILE} <= {path.name for path in new.run(1).folder.iterdir()}
    assert new.run(1).state == "finished"


def test_a_run_that_was_stopped_at_the_small_defects_goes_on_there(new):
    events = pretrain(new, REQUEST)
    next(event for event in events if isinstance(event, Progress) and event.stage == "small defects")
    events.close()
    assert new.run(1).state == "cancelled"
    encoder = (new.run(1).folder / ENCODER_FILE).read_bytes()
    assert not (new.run(1).folder / DETECTOR_FILE).exists()
    resumed = list(resume(new, 1, device_name="cpu"))
    assert not [event for event in resumed if isinstance(event, StepDone | EpochDone)]
    assert isinstance(resumed[-1], PretrainFinished)
    assert (resumed[-1].run, resumed[-1].images, resumed[-1].epochs) == (1, 46, 1)
    assert (new.run(1).folder / ENCODER_FILE).read_bytes() == encoder
    assert (new.run(1).folder / DETECTOR_FILE).is_file()
    assert new.run(1).state == "finished"


def test_a_run_that_is_killed_at_the_small_defects_keeps_its_encoder(new):
    events = pretrain(new, REQUEST)
    next(event for event in events if isinstance(event, Progress) and event.stage == "small defects")
    with Project.open(new.folder, read_only=True) as another:  # reads what a kill would leave on disk
        assert another.run_events(1, PRETRAINED)
        assert [path.name for path in another.run(1).folder.glob("*.safetensors")] == [ENCODER_FILE]
    events.close()


def test_a_resumed_detector_is_the_one_that_an_unbroken_run_gives(new, pretrained):
    events = pretrain(new, REQUEST)
    told = (event for event in events if isinstance(event, Progress) and event.stage == "small defects")
    assert [next(told).done for _ in range(2)] == [48, 96]
    events.close()
    list(resume(new, 1, device_name="cpu"))
    unbroken = pretrained.run(1).folder / DETECTOR_FILE
    assert (new.run(1).folder / DETECTOR_FILE).read_bytes() == unbroken.read_bytes()


def test_without_small_defects_there_is_no_detector(new):
    request = replace(REQUEST, overrides={**REQUEST.overrides, "small_defects": False})
    events = list(pretrain(new, request))
    assert "small defects" not in {event.stage for event in events if isinstance(event, Progress)}
    assert new.run(1).state == "finished"
    assert not (new.run(1).folder / DETECTOR_FILE).exists()
    new.label_from_folders()
    *_, finished = train(new, TRAINING)
    assert "places" not in load_classifier(finished.model).facts["rule"]


def test_a_project_with_small_defects_is_judged_by_places(trained):
    classifier = load_classifier(model_of(trained, 2), device="cpu")
    (logged,) = trained.run_events(2, "places")
    assert classifier.facts["rule"] == logged.data["chosen"]
    assert "most unusual place" in classifier.facts["rule"]
    assert classifier.facts["features"] == f"unusual places ({logged.data['chosen']})"
    assert classifier.plain_class == "good"
    assert len(logged.data["macro_f1_out_of_fold"]) > 3
    assert trained.run(2).metrics["validation"]["images"] == 46
    assert trained.run(2).metrics["places"] == logged.data["chosen"]
    assert len(validation_of(trained, 2).image_ids) == 46


def test_a_model_that_judges_by_places_knows_strange_images(trained):
    classifier = load_classifier(model_of(trained, 2), device="cpu")
    noise = np.random.default_rng(0).integers(0, 256, (1, 200, 200), dtype=np.uint8)
    for guarded, is_told in ((replace(classifier, guard=None), False), (classifier, True)):
        second, first = np.sort(guarded.probabilities([noise])[0])[-2:]
        assert is_level(first, second) == is_told


def test_whether_pretraining_paid_is_judged_by_the_places(trained):
    gain = known_gain(trained, 2).gain
    evaluation = trained.run(2).metrics["evaluation"]
    assert (gain.subject, gain.scores[0].name) == (PLACES, PLACES)
    assert gain.scores[0].accuracy == pytest.approx(evaluation["accuracy"])
    assert gain.difference.images == evaluation["images"]


def test_what_a_run_predicts_is_what_its_model_says(trained):
    classifier = load_classifier(model_of(trained, 2), device="cpu")
    stored = trained.predictions(2)
    assert len(stored) == 46
    files = {image.id: image.path for image in trained.images()}
    pixels = [cv2.imread(str(files[p.image_id]), cv2.IMREAD_GRAYSCALE)[None] for p in stored[:8]]
    probabilities = classifier.probabilities(pixels)
    assert [p.class_name for p in stored[:8]] == [classifier.classes[k] for k in probabilities.argmax(1)]
    np.testing.assert_allclose([p.confidence for p in stored[:8]], probabilities.max(1), atol=0.02)


def test_a_damaged_detector_is_one_sentence(pretrained):
    pretrained.label_from_folders()
    (pretrained.run(1).folder / DETECTOR_FILE).write_bytes(b"nothing")
    with pytest.raises(KnownError, match="damaged or no safetensors file"):
        list(train(pretrained, TRAINING))


def test_where_the_whole_image_is_good_enough_places_are_not_tried(pretrained, monkeypatch):
    monkeypatch.setattr("inspector.jobs.training.train_places.GOOD_ENOUGH", 0.0)
    pretrained.label_from_folders()
    events = list(train(pretrained, TRAINING))
    assert not {event.stage for event in events if isinstance(event, Progress)} & {"unusual places: network"}
    assert pretrained.run_events(2, "places") == []
    assert any("good enough at" in event.text for event in events if isinstance(event, Notice))


def test_a_detector_that_was_trained_too_shortly_has_no_say(pretrained, monkeypatch):
    monkeypatch.setattr("models.small_defects.anomaly_detector.LEAST_WINDOWS", 5_000)
    assert unusual_of(pretrained) == (None, [])
    with pytest.raises(KnownError, match="Nothing is known of what is unusual yet"):
        list(suggest(pretrained, count=3, strategy="unusual", device="cpu"))
    pretrained.label_from_folders()
    events = list(train(pretrained, TRAINING))
    assert pretrained.run_events(2, "places") == []
    assert any("trained too shortly" in event.text for event in events if isinstance(event, Notice))


def test_what_is_unusual_is_found_once_and_kept(pretrained):
    found, told = unusual_of(pretrained)
    again, told_again = unusual_of(pretrained)
    assert told
    assert told_again == []
    np.testing.assert_array_equal(found.scores, again.scores)
    assert found.positions.shape == (46, 2)
    assert ((found.positions >= 0) & (found.positions <= 1)).all()
    scores = stored_scores(pretrained, pretrained.run(1).folder / DETECTOR_FILE)
    assert sorted(scores.values()) == sorted(found.scores.tolist())


def test_a_damaged_cache_is_computed_again(pretrained):
    detector = pretrained.run(1).folder / DETECTOR_FILE
    found, _ = unusual_of(pretrained)
    feature_file(pretrained, detector).write_bytes(b"nothing")
    assert stored_scores(pretrained, detector) == {}
    np.testing.assert_array_equal(unusual_of(pretrained)[0].scores, found.scores)


def test_suggestions_lead_to_the_defects_before_anything_is_labelled(pretrained):
    *_, finished = suggest(pretrained, count=8, strategy="unusual", device="cpu")
    assert sum(image.path.parent.name != "good" for image in finished.images) >= 5
    assert all(image.reason.startswith("unusual ") for image in finished.images)


def test_more_suggestions_than_images_are_all_of_them(pretrained):
    *_, finished = suggest(pretrained, count=100, strategy="unusual", device="cpu")
    assert len({image.image_id for image in finished.images}) == len(finished.images) == 46


def test_what_is_unusual_must_have_been_learned(new):
    with pytest.raises(KnownError, match="pretrain first, with small defects"):
        list(suggest(new, count=3, strategy="unusual", device="cpu"))


def test_there_is_no_map_before_pretraining(new):
    with pytest.raises(KnownError, match="There is no map yet: pretrain long enough"):
        HeatMaps.of_project(new)


def test_the_detector_shows_where_an_image_is_unusual(pretrained):
    maps = HeatMaps.of_project(pretrained)
    file = next(image.path for image in pretrained.images() if image.path.parent.name == "dark")
    shown = maps.of_file(file)
    darkest = np.unravel_index(cv2.GaussianBlur(cv2.imread(str(file), 0), (0, 0), 3).argmin(), (SIDE_PX, SIDE_PX))
    hottest = np.unravel_index(shown.heat.argmax(), shown.heat.shape)
    assert shown.heat.shape == (SIDE_PX, SIDE_PX)
    assert np.abs(np.subtract(darkest, hottest)).max() <= 14
    assert shown.source == "where the image is unusual"


def test_a_small_image_has_a_map_of_its_own_size(pretrained, tmp_path):
    cv2.imwrite(str(tmp_path / "line.png"), np.full((3, 50), 128, np.uint8))
    assert HeatMaps.of_project(pretrained).of_file(tmp_path / "line.png").heat.shape == (3, 50)


def test_a_file_that_is_no_image_is_named(pretrained, tmp_path):
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(KnownError, match=r"text\.png"):
        HeatMaps.of_project(pretrained).of_file(tmp_path / "text.png")


@pytest.mark.parametrize("reliable", [True, False])
def test_a_trained_model_shows_its_maps_if_they_can_be_believed(trained, reliable):
    classifier = load_classifier(model_of(trained, 2), device="cpu")
    facts = {**classifier.facts, "maps": {**classifier.facts["maps"], "reliable": reliable}}
    save_classifier(model_of(trained, 2), replace(classifier, facts=facts))
    maps = HeatMaps.of_project(trained)
    assert maps.source == ("where the model sees a defect" if reliable else "where the image is unusual")
    if not reliable:
        with pytest.raises(KnownError, match="map not reliable"):
            HeatMaps.of_model(model_of(trained, 2))
