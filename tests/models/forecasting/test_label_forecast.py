"""models.forecasting.label_forecast"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.evaluate import f1_intervals
from models.forecasting.label_forecast import CurveStep, LabelForecast, forecast_labels

CLASSES = ("crazing", "patches", "scratches")


def confusion(per_class: int, errors: tuple[float, float, float]) -> np.ndarray:
    """So many labels of each class, of which a share is taken for the next class."""
    wrong = [round(per_class * share) for share in errors]
    made = np.diag([per_class - count for count in wrong])
    for k, count in enumerate(wrong):
        made[k, (k + 1) % 3] += count
    return made


def forecast(per_class: int, now: tuple, half: tuple, quarter: tuple, **options) -> LabelForecast:
    labels = 3 * per_class
    steps = [
        CurveStep(labels / 4, confusion(3 * per_class, quarter)),
        CurveStep(labels / 2, confusion(2 * per_class, half)),
    ]
    return forecast_labels(confusion(per_class, now), steps, classes=CLASSES, labels=labels, **options)


@pytest.fixture
def rising() -> LabelForecast:
    """50 labels a class, and an error that halves as labels are doubled."""
    return forecast(50, (0.1,) * 3, (0.2,) * 3, (0.4,) * 3)


def test_an_error_that_falls_is_expected_to_fall_on(rising):
    assert [point.labels for point in rising.points] == [150, 225, 300, 450, 750]
    middles = [point.macro_f1.f1 for point in rising.points]
    assert middles == sorted(middles)
    assert 0.92 < rising.told.macro_f1.f1 < 0.98
    assert rising.outcome == "help"
    assert rising.sentence.startswith("150 more labels would raise mean F1 from 90 % to about 9")


def test_limits_hold_what_they_limit(rising):
    for point in rising.points:
        for found in (point.macro_f1, *point.per_class):
            assert 0 <= found.low < found.f1 < found.high <= 1


def test_what_is_now_is_measured_and_not_modelled(rising):
    measured = confusion(50, (0.1,) * 3)
    assert rising.now.f1 == pytest.approx(0.9)
    assert [(r.low, r.high) for r in rising.now_per_class] == [
        pytest.approx(pair) for pair in f1_intervals(measured, confidence=0.9)
    ]


def test_where_hardly_an_error_is_left_more_labels_hardly_help():
    good = forecast(100, (0.01,) * 3, (0.01,) * 3, (0.01,) * 3)
    assert good.outcome == "hardly a help"
    assert good.sentence.startswith("More labels will hardly help: with 300 more, mean F1 would be about 99 % (9")


def test_the_weakest_class_is_named_where_chance_does_not_explain_it():
    weak = forecast(40, (0.0, 0.0, 0.4), (0.05, 0.0, 0.5), (0.1, 0.05, 0.6))
    assert weak.weakest[0] == "scratches"
    assert "label more of 'scratches', the weakest class at" in weak.sentence
    assert forecast(40, (0.1,) * 3, (0.1,) * 3, (0.1,) * 3).weakest is None


def test_fewer_than_five_labels_of_a_class_are_too_few():
    few = forecast(4, (0.0,) * 3, (0.25,) * 3, (0.25,) * 3)
    assert few.points == ()
    assert few.outcome == "too few labels"
    assert few.sentence == (
        "Too few labels to tell how far more would help: 'crazing' has 4 to judge by; label 5 or more images of each "
        "class."
    )


def test_an_interval_that_tells_nothing_is_said_to_tell_nothing():
    vague = forecast(5, (0.6, 0.4, 0.4), (0.6,) * 3, (0.6,) * 3)
    assert vague.outcome == "too few labels"
    assert "may lie anywhere between" in vague.sentence


def test_more_labels_make_the_forecast_surer():
    few, many = (forecast(n, (0.2,) * 3, (0.3,) * 3, (0.4,) * 3).told.macro_f1 for n in (10, 80))
    assert few.high - few.low > 1.5 * (many.high - many.low)


def test_a_figure_of_few_images_is_less_sure():
    by_many = forecast(20, (0.1,) * 3, (0.2,) * 3, (0.3,) * 3).told.macro_f1
    by_few = forecast(20, (0.1,) * 3, (0.2,) * 3, (0.3,) * 3, images=30).told.macro_f1
    assert by_few.high - by_few.low > by_many.high - by_many.low


@pytest.mark.parametrize(
    ("unlabelled", "told"),
    [
        (0, "; every image has a label, so import more images."),
        (1, "; only 1 image has none yet, so import more images."),
        (149, "; only 149 images have none yet, so import more images."),
    ],
)
def test_labels_for_images_that_do_not_exist_are_not_promised(rising, unlabelled, told):
    sentence = replace(rising, unlabelled=unlabelled).sentence
    assert sentence.startswith("150 more labels would raise mean F1 from 90 % to about 9")
    assert sentence.endswith(told)
    assert "import" not in replace(rising, unlabelled=150).sentence


def test_where_no_image_is_left_the_chance_of_those_to_come_is_not_known():
    assert forecast(20, (0.1,) * 3, (0.2,) * 3, (0.3,) * 3, images=0).points == (
        forecast(20, (0.1,) * 3, (0.2,) * 3, (0.3,) * 3).points
    )


def test_a_class_that_nothing_judges_is_left_out():
    counts = np.array([[9, 1, 0], [1, 9, 0], [0, 0, 0]])
    steps = [CurveStep(5, 3 * counts), CurveStep(10, 2 * counts)]
    told = forecast_labels(counts, steps, classes=CLASSES, labels=21)
    assert told.classes == ("crazing", "patches")
    assert len(told.points[0].per_class) == 2


def test_it_is_read_back_as_it_was_stored(rising):
    assert LabelForecast.from_json(json.loads(json.dumps(rising.to_json()))) == rising


def test_a_forecast_of_an_earlier_version_is_read(rising):
    stored = rising.to_json()
    del stored["unlabelled"]
    assert LabelForecast.from_json(stored) == rising


def test_nothing_held_out_is_refused():
    with pytest.raises(ValueError, match="at least one label"):
        forecast_labels(np.zeros((3, 3), dtype=np.int64), [], classes=CLASSES, labels=3)
