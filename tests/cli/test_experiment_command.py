"""inspector experiment, as far as the command line goes; what it measures is tested in tests/jobs/experiment."""

from __future__ import annotations


def test_results_among_the_images(samples, inspector):
    outcome = inspector("experiment", samples, "--out", samples / "out")
    assert "would mix with the images" in outcome.error
    assert not (samples / "out").exists()


def test_the_whole_command(monkeypatch, samples, inspector):
    from inspector.jobs.experiment.plan import PLANS, Plan

    monkeypatch.setitem(
        PLANS, "quick", Plan("quick", methods=(), fused=False, label_draws={"1 a class": 1}, clicked=())
    )
    outcome = inspector("experiment", samples, "--out", "o", "--epochs", 1, "--device", "cpu", "--json")
    assert (outcome.json["images"], outcome.json["unseen"], outcome.json["preset"]) == (72, 18, "quick")
    assert set(outcome.json["accuracy"]) == {"random encoder"}
    assert "1 of" in outcome.err
    assert inspector("experiment", samples, "--out", "o", "--epochs", 1).out.startswith("Measured on 18 of 72 images")


def test_a_method_that_is_none(samples, inspector):
    outcome = inspector("experiment", samples, "--out", "o", "--methods", "simclr,dino")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'dino' is not one of simclr, mae, hybrid" in outcome.err
