"""inspector pretrain: the methods, settings that make no sense, and going on with a stopped run."""

from __future__ import annotations

import signal

import pytest

from inspector.project import Project


@pytest.fixture
def stopped(imported, inspector, tiny, monkeypatch):
    """A project whose run 1 got Ctrl-C after a few of its steps."""
    from models.pretraining.trainer import Trainer

    update = Trainer.update

    def interrupted_update(self, views):
        if self.position.step == 5:
            signal.raise_signal(signal.SIGINT)
        return update(self, views)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "update", interrupted_update)
        outcome = inspector("pretrain", imported, "--method", "simclr", *tiny, "--epochs", 3)
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "inspector: Interrupted.\n")
    return imported


@pytest.mark.parametrize("method", ["simclr", "mae", "hybrid"])
def test_each_method_makes_an_encoder_that_training_reads(imported, inspector, tiny, method):
    figures = inspector("pretrain", imported, "--method", method, *tiny, "--json").json
    assert (figures["run"], figures["method"], figures["images"], figures["epochs"]) == (1, method, 72, 1)
    assert inspector("label", imported, "--from-folders", "--per-class", 3).code == 0
    trained = inspector("train", imported, "--features", "encoder", "--json").json
    assert (trained["run"], trained["labels"]) == (2, 18)


@pytest.mark.parametrize("target", ["pixels", "normalised", "texture"])
@pytest.mark.parametrize("decoder", ["attention", "mlp"])
def test_what_a_masked_autoencoder_can_be_told(imported, inspector, tiny, target, decoder):
    options = ("--target", target, "--decoder", decoder, "--mask-ratio", 0.5)
    assert inspector("pretrain", imported, "--method", "mae", *options, *tiny).code == 0


def test_a_finished_run_says_what_it_did(imported, inspector, tiny):
    outcome = inspector("pretrain", imported, "--method", "simclr", *tiny)
    done, answer = outcome.out.splitlines()
    assert done.startswith("Run 1: simclr on 72 images, 1 epoch in 0.0 min on ")
    assert done.endswith(" parameters)")
    assert "ore time would" in answer


@pytest.mark.parametrize("method", ["simclr", "mae", "hybrid"])
def test_a_run_says_whether_more_time_would_pay(imported, inspector, tiny, method):
    assert inspector("label", imported, "--from-folders").code == 0
    figures = inspector("pretrain", imported, "--method", method, *tiny, "--epochs", 3, "--json").json
    answer = figures["more_time"]
    assert answer["outcome"] in ("pays", "hardly", "unknown")
    assert "% on 72 labels" in answer["sentence"] or "of the other images half-way" in answer["sentence"]
    with Project.open(imported) as project:
        assert project.run(1).metrics["more_time"] == answer
        assert [event.data for event in project.run_events(1, "more time")] == [answer]


def test_a_run_can_start_from_another(pretrained, inspector, tiny):
    assert inspector("pretrain", pretrained, "--method", "simclr", *tiny, "--start-from", 1).code == 0
    file = pretrained / "runs" / "1" / "encoder.safetensors"
    assert inspector("pretrain", pretrained, "--method", "hybrid", *tiny, "--start-from", file).code == 0
    assert len(inspector("info", pretrained, "--json").json["runs"]) == 3


@pytest.mark.parametrize(
    "options",
    [
        ("--method", "mae", "--width", 8),
        ("--method", "mae", "--size", 36),
        ("--method", "mae", "--mask-ratio", 1),
        ("--method", "simclr", "--views", 1),
        ("--method", "simclr", "--size", 4),
        ("--method", "simclr", "--size", 5000),
        ("--method", "hybrid", "--batch-size", 1),
    ],
    ids=lambda options: " ".join(map(str, options)),
)
def test_settings_that_make_no_sense_start_no_run(imported, inspector, options):
    assert inspector("pretrain", imported, *options).error.startswith("These settings make no sense: ")
    assert inspector("info", imported, "--json").json["runs"] == []


@pytest.mark.parametrize("start", ["9", "nowhere.safetensors"])
def test_an_encoder_that_is_not_there_starts_no_run(imported, inspector, tiny, start):
    error = inspector("pretrain", imported, "--method", "simclr", *tiny, "--start-from", start).error
    assert start.split(".")[0] in error
    assert inspector("info", imported, "--json").json["runs"] == []


def test_an_encoder_of_another_shape_is_refused(pretrained, inspector, tiny):
    outcome = inspector("pretrain", pretrained, "--method", "simclr", *tiny, "--width", 8, "--start-from", 1)
    assert outcome.error == (
        f"{pretrained / 'runs' / '1' / 'encoder.safetensors'} holds a ResNet-18 of width 12 for grey images, but a "
        "ResNet-18 of width 8 for grey images is to be trained; choose the same method, width and size."
    )
    assert len(inspector("info", pretrained, "--json").json["runs"]) == 1


def test_a_file_that_is_no_encoder_starts_no_run(imported, tmp_path, inspector, tiny):
    (tmp_path / "e.safetensors").write_bytes(b"text")
    error = inspector("pretrain", imported, "--method", "simclr", *tiny, "--start-from", "e.safetensors").error
    assert error.startswith("e.safetensors is damaged or no safetensors file")
    assert inspector("info", imported, "--json").json["runs"] == []


def test_too_few_minutes(imported, inspector):
    outcome = inspector("pretrain", imported, "--method", "simclr", "--width", 8, "--size", 32, "--minutes", 1e-6)
    assert "are too short" in outcome.error
    assert inspector("info", imported, "--json").json["runs"] == []


def test_ctrl_c_leaves_a_run_that_can_be_resumed(stopped, inspector):
    assert inspector("info", stopped, "--json").json["runs"] == [{"id": 1, "kind": "pretrain", "state": "cancelled"}]
    figures = inspector("pretrain", stopped, "--resume", 1, "--json").json
    assert (figures["run"], figures["epochs"], figures["images"]) == (1, 3, 72)
    assert inspector("info", stopped, "--json").json["runs"] == [{"id": 1, "kind": "pretrain", "state": "finished"}]


def test_a_resumed_run_ends_like_one_that_was_never_stopped(stopped, inspector, tiny):
    assert inspector("pretrain", stopped, "--resume", 1).code == 0
    assert inspector("pretrain", stopped, "--method", "simclr", *tiny, "--epochs", 3).code == 0
    resumed, whole = ((stopped / "runs" / run / "encoder.safetensors").read_bytes() for run in "12")
    assert resumed == whole


def test_images_that_came_since_do_not_join_a_resumed_run(stopped, picture, tmp_path, inspector):
    picture(tmp_path / "late" / "late.png")
    assert inspector("import", stopped, tmp_path / "late").code == 0
    assert inspector("pretrain", stopped, "--resume", 1, "--json").json["images"] == 72


@pytest.mark.parametrize(
    "options",
    [
        ("--minutes", 1),
        ("--epochs", 1),
        ("--method", "hybrid"),  # the default, but not of this run
        ("--preset", "quick"),
        ("--size", 64),
        ("--width", 16),
        ("--start-from", "random"),
        ("--seed", 0),
        ("--no-flips",),
        ("--no-rotations",),
        ("--no-small-defects",),
        ("--fp32",),
    ],
)
def test_what_a_resumed_run_does_not_use_is_named(pretrained, inspector, options):
    outcome = inspector("pretrain", pretrained, "--resume", 9, *options)
    assert f"keeps the settings that it began with: {options[0]} is not used." in outcome.err


def test_all_that_a_resumed_run_does_not_use_is_named(pretrained, inspector):
    outcome = inspector("pretrain", pretrained, "--resume", 9, "--no-flips", "--size", 64, "--batch-size", 16)
    assert ": --size, --batch-size, --no-flips are not used." in outcome.err
    assert "keeps the settings" not in inspector("pretrain", pretrained, "--resume", 9, "--device", "cpu").err


def test_a_damaged_checkpoint(stopped, inspector):
    checkpoint = stopped / "runs" / "1" / "checkpoint.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    assert str(checkpoint) in inspector("pretrain", stopped, "--resume", 1).error


def test_a_run_without_a_checkpoint(stopped, inspector):
    (stopped / "runs" / "1" / "checkpoint.safetensors").unlink()
    assert "before its first checkpoint" in inspector("pretrain", stopped, "--resume", 1).error


@pytest.mark.parametrize(("run", "sentence"), [(1, "Run 1 has finished"), (9, "has no run 9")])
def test_runs_that_cannot_be_resumed(pretrained, inspector, run, sentence):
    assert sentence in inspector("pretrain", pretrained, "--resume", run).error


def test_a_training_cannot_be_resumed(trained, inspector):
    assert "only pretraining can be resumed" in inspector("pretrain", trained, "--resume", 1).error


def test_a_run_that_goes_on_elsewhere_is_not_resumed(stopped, inspector):
    with Project.open(stopped) as project, project.resume_run(1) as run:
        assert "is running in another window or program" in inspector("pretrain", stopped, "--resume", 1).error
        run.cancel()


def test_a_project_with_one_image(tmp_path, picture, inspector, tiny):
    picture(tmp_path / "images" / "only.png")
    inspector("new", tmp_path / "p", tmp_path / "images")
    assert "at least 2 images" in inspector("pretrain", tmp_path / "p", "--method", "simclr", *tiny).error


def test_a_full_disk_while_writing_the_checkpoint(stopped, inspector, full_disk):
    checkpoint = stopped / "runs" / "1" / "checkpoint.safetensors"
    before = checkpoint.read_bytes()
    assert "The disk is full" in inspector("pretrain", stopped, "--resume", 1).error
    assert checkpoint.read_bytes() == before
    assert list(checkpoint.parent.glob(".*")) == []


def test_a_full_disk_while_writing_the_encoder(imported, inspector, tiny, monkeypatch):
    from models.storage import files

    def fail_at_weights(path, content, whole=files.write_atomically):
        monkeypatch.setattr("models.storage.files.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
        return whole(path, content)

    monkeypatch.setattr("models.storage.checkpoint.write_atomically", fail_at_weights)
    assert "The disk is full" in inspector("pretrain", imported, "--method", "simclr", *tiny).error
    assert inspector("info", imported, "--json").json["runs"][0]["state"] == "failed"
    left = {path.name for path in (imported / "runs" / "1").iterdir()}
    assert left == {"config.json", "pictures.npz"}  # what the network saw last was whole before


def test_imagenet_weights_come_from_the_users_file(imported, inspector, resnet18_file, weights_folder):
    tiny = ("--epochs", 1, "--size", 32, "--views", 2, "--batch-size", 16, "--no-small-defects")
    start = ("--start-from", "imagenet", "--imagenet-weights", resnet18_file)
    figures = inspector("pretrain", imported, "--method", "simclr", *tiny, *start, "--json").json
    assert figures["parameters"] == 11_170_240  # torchvision's, less fc and two of three channels
    assert not weights_folder.exists()


def test_without_them_the_sentence_says_what_to_do(imported, inspector, weights_folder):
    error = inspector("pretrain", imported, "--method", "simclr", "--start-from", "imagenet").error
    assert f"put resnet18-f37072fd.pth into {weights_folder}" in error
    assert "--download" in error


@pytest.mark.parametrize("option", [("--download",), ("--imagenet-weights", "file.pth")])
def test_options_of_imagenet_weights_need_that_start(imported, inspector, option):
    outcome = inspector("pretrain", imported, "--method", "simclr", *option)
    assert (outcome.code, "need --start-from imagenet" in outcome.err) == (2, True)
