"""models.classification.familiarity"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.classification.familiarity import Familiarity

CENTRES = 6 * np.eye(3, 40)


def drawn(labels: np.ndarray, *, seed: int, spread: np.ndarray | float = 1.0) -> np.ndarray:
    """Features (n, 40) about the centres of three classes; class 2 lies to neither side of the first two."""
    noise = np.random.default_rng(seed).standard_normal((len(labels), 40))
    return (CENTRES[labels] + spread * noise).astype(np.float32)


@pytest.fixture(params=[90, 600], ids=["few images", "many images"])
def labels(request) -> np.ndarray:
    return np.arange(request.param) % 2


@pytest.fixture
def familiarity(labels) -> Familiarity:
    return Familiarity.fit(drawn(labels, seed=0), labels)


def test_other_images_of_the_same_classes_are_familiar(familiarity):
    assert familiarity.is_unfamiliar(drawn(np.arange(1_000) % 2, seed=1)).mean() < 0.03


def test_a_class_that_the_pool_lacks_is_unfamiliar(familiarity):
    assert familiarity.is_unfamiliar(drawn(np.full(100, 2), seed=1)).mean() > 0.8


def test_images_that_vary_otherwise_are_strange(familiarity):
    known = np.arange(100) % 2
    assert familiarity.is_unfamiliar(drawn(known, seed=1, spread=2.0)).mean() > 0.9
    assert familiarity.is_unfamiliar(np.full((1, 40), np.nan, np.float32)).all()


def test_distances_are_about_one_for_images_like_those_of_the_pool():
    labels = np.arange(4_000) % 2
    familiarity = Familiarity.fit(drawn(labels, seed=0), labels)
    distances = familiarity.distances(torch.from_numpy(drawn(labels[:500], seed=1)))
    assert distances.mean() == pytest.approx(1, abs=0.05)


def test_a_long_axis_is_not_strange():
    labels = np.arange(400) % 2
    axes = np.where(np.arange(40) == 7, 20.0, 0.5)
    familiarity = Familiarity.fit(drawn(labels, seed=0, spread=axes), labels)
    along, across = drawn(labels[:2], seed=1, spread=0.0), drawn(labels[:2], seed=1, spread=0.0)
    along[:, 7] += 25
    across[:, 8] += 25
    assert not familiarity.is_unfamiliar(along).any()
    assert familiarity.is_unfamiliar(across).all()


def test_too_few_images_say_nothing():
    labels = np.arange(19) % 2
    assert Familiarity.fit(drawn(labels, seed=0), labels) is None


def test_a_large_pool_is_thinned_but_not_its_rare_class(monkeypatch):
    monkeypatch.setattr("models.classification.familiarity.MOST", 100)
    labels = np.repeat([0, 2], [2_000, 30])
    familiarity = Familiarity.fit(drawn(labels, seed=0), labels)
    assert familiarity.is_unfamiliar(drawn(np.full(200, 2), seed=1)).mean() < 0.1


def test_features_that_never_vary_do_no_harm():
    labels = np.arange(60) % 2
    features = drawn(labels, seed=0)
    features[:, 20:] = 0
    familiarity = Familiarity.fit(features, labels)
    assert not familiarity.is_unfamiliar(features).all()
    changed = features.copy()
    changed[:, 30] = 5
    assert familiarity.is_unfamiliar(changed).all()


def test_it_is_saved_whole(familiarity):
    again = Familiarity.from_state(familiarity.state(), features=40)
    features = torch.from_numpy(drawn(np.arange(10) % 3, seed=2))
    np.testing.assert_array_equal(again.distances(features), familiarity.distances(features))
    assert again.limit == pytest.approx(familiarity.limit)
    assert Familiarity.from_state({}, features=40) is None
    with pytest.raises(ValueError, match="for 41 features"):
        Familiarity.from_state(familiarity.state(), features=41)


def test_distances_are_right_where_classes_lie_far_apart_for_their_spread(labels):
    spread = 1e-3
    familiarity = Familiarity.fit(drawn(labels, seed=0, spread=spread), labels)
    features = torch.from_numpy(drawn(labels, seed=1, spread=spread))
    whitened, means = features.double() @ familiarity.whitening.double(), familiarity.means.double()
    exact = (whitened[:, None] - means).square().sum(2).min(1).values.numpy() / 40
    np.testing.assert_allclose(familiarity.distances(features), exact, rtol=1e-2)
