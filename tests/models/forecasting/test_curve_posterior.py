"""models.forecasting.curve_posterior"""

from __future__ import annotations

import numpy as np
import pytest

from models.forecasting.curve_posterior import CurvePosterior, Doubt, Seen

SURE = Doubt(0.0, 0.0)


def limits(posterior: CurvePosterior, x: float, **options: float) -> tuple[float, float, float]:
    return tuple(np.quantile(posterior.f1(x, SURE, labels_a_class=1e9, **options), [0.05, 0.5, 0.95]))


def rising(trials: float) -> CurvePosterior:
    """Error 0.4 x ** -0.5, without a floor."""
    return CurvePosterior.of([Seen(x, 1 - 0.2 * x**-0.5, trials, 1.0) for x in (0.25, 0.5, 0.8)])


def test_a_curve_seen_often_enough_is_followed_beyond_the_labels_at_hand():
    low, middle, high = limits(rising(100_000), 4)
    assert middle == pytest.approx(1 - 0.2 / 2, abs=0.03)
    assert low < 0.9 < high


def test_more_labels_never_hurt_and_never_lead_beyond_one():
    middles = [limits(rising(50), x)[1] for x in (1, 1.5, 2, 3, 5)]
    assert middles == sorted(middles)
    assert middles[-1] < 1


def test_few_answers_leave_the_curve_wide_open():
    few, many = limits(rising(10), 2), limits(rising(1_000), 2)
    assert few[2] - few[0] > 3 * (many[2] - many[0])


def test_a_level_curve_stays_level():
    posterior = CurvePosterior.of([Seen(x, 0.7, 5_000, 1.0) for x in (0.25, 0.5, 0.8)])
    assert limits(posterior, 3)[1] == pytest.approx(0.7, abs=0.03)


def test_no_error_so_far_is_no_proof_that_none_will_come():
    posterior = CurvePosterior.of([Seen(0.8, 1.0, 15, 1.0)])
    low, _, high = limits(posterior, 1)
    assert low < 0.97
    assert high > 0.999


def test_few_images_to_measure_on_widen_the_interval_and_give_whole_shares():
    posterior = rising(1_000)
    few = limits(posterior, 1, trials=20)
    assert few[2] - few[0] > limits(posterior, 1)[2] - limits(posterior, 1)[0]
    assert np.allclose(posterior.f1(1, SURE, labels_a_class=1e9, trials=20) * 20 % 1, 0, atol=1e-9)


def test_doubt_grows_with_the_distance_and_with_fewer_labels_of_a_class():
    posterior, doubt = rising(100_000), Doubt(0.1, 1.0)

    def width(x: float, labels: float) -> float:
        f1 = posterior.f1(x, doubt, labels_a_class=labels)
        return float(np.log(f1 / (1 - f1)).std())

    assert width(1, 5) > width(1, 50)
    assert width(5, 50) > width(1, 50)


def test_the_same_question_gets_the_same_answer():
    assert limits(rising(40), 2) == limits(rising(40), 2)
