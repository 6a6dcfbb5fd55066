"""Which of the frozen and the fine-tuned encoder is kept, and what is said of it."""

from __future__ import annotations

import copy

import numpy as np
import torch

from models.encoders.network import ClassifierNetwork
from models.finetuning.finetune import FinetuneConfig, finetune, predict_logits
from models.finetuning.frozen_or_tuned import Choice, Verdict, choose
from models.finetuning.frozen_start import start_from_frozen_head
from models.finetuning.parts import judging_parts

LABELS = np.arange(40) % 2
FOLDS = np.arange(40) // 14


def draw_crossed_stripes(count: int, *, size: int = 32) -> tuple[list[np.ndarray], np.ndarray]:
    """Stripes of two directions and two widths; the class is which of these go together, which no line separates."""
    rng = np.random.default_rng(0)
    upright, fine = np.arange(count) % 2, np.arange(count) // 2 % 2
    images = 128 + 10 * rng.standard_normal((count, 1, size, size))
    for image, is_upright, is_fine in zip(images, upright, fine, strict=True):
        period = (1.8 if is_fine else 0.7) * rng.uniform(0.9, 1.1)
        wave = 60 * np.sin(np.arange(size) * period + rng.uniform(0, 6))
        image += wave[None, :] if is_upright else wave[:, None]
    return list(images.clip(0, 255).astype(np.uint8)), upright ^ fine


def answers(*, wrong: list[int]) -> np.ndarray:
    predicted = LABELS.copy()
    predicted[wrong] = 1 - predicted[wrong]
    return predicted


def chosen(*, frozen_wrong: list[int], tuned_wrong: list[int]) -> Choice:
    logits = 4.0 * np.eye(2)[answers(wrong=tuned_wrong)]
    return choose(answers(wrong=frozen_wrong), np.full(40, 0.9), logits, LABELS, FOLDS)


def test_the_frozen_encoder_stays_where_it_is_better():
    choice = chosen(frozen_wrong=[3], tuned_wrong=[5, 6])
    assert choice.verdict == Verdict("frozen", 40, 0.975, 0.95)
    assert choice.verdict.sentence == (
        "Kept: the frozen encoder (97.5% against 95.0% on 40 labels that neither had seen)."
    )
    np.testing.assert_array_equal(choice.predicted, answers(wrong=[3]))


def test_a_better_figure_may_be_luck():
    verdict = chosen(frozen_wrong=[3, 4], tuned_wrong=[5]).verdict
    assert verdict.kept == "frozen"
    assert "had seen, no more than luck explains)" in verdict.sentence


def test_fine_tuning_is_kept_where_it_is_better_beyond_chance():
    choice = chosen(frozen_wrong=list(range(0, 40, 2)), tuned_wrong=[7])
    assert choice.verdict.to_json() == {
        "kept": "fine-tuned",
        "kept_verdict": "Kept: the fine-tuned encoder (97.5% against 50.0% on 40 labels that neither had seen).",
    }
    np.testing.assert_array_equal(choice.predicted, answers(wrong=[7]))
    assert ((choice.confidence > 0.5) & (choice.confidence < 1)).all()


def test_no_label_takes_part_in_the_choice_that_it_judges():
    in_one_fold = [0, 1, 2, 3, 4, 5]
    choice = chosen(frozen_wrong=in_one_fold, tuned_wrong=[])
    assert choice.verdict.kept == "fine-tuned"
    np.testing.assert_array_equal(choice.predicted[:14], answers(wrong=in_one_fold)[:14])


def test_fine_tuning_is_kept_where_only_learning_separates_the_classes(encoder, pixels_of, standardiser):
    images, labels = draw_crossed_stripes(60)
    pixels, positions = pixels_of(images), np.arange(60)
    frozen, logits = np.zeros(60, dtype=np.int64), np.zeros((60, 2), dtype=np.float32)
    config = FinetuneConfig(epochs=20, batch_size=16, learning_rate=0.02, head_learning_rate=0.02, augment=None)
    for part in judging_parts(labels).parts:
        network = ClassifierNetwork(copy.deepcopy(encoder), standardiser, classes=2, size_px=32, norm=False)
        start_from_frozen_head(network, pixels, part.train, labels[part.train])
        frozen[part.test] = predict_logits(network, pixels, part.test).argmax(1)
        *_, done = finetune(network, pixels, positions, labels, part, config, device=torch.device("cpu"))
        logits[part.test] = done.test_logits
    verdict = choose(frozen, np.full(60, 0.9), logits, labels, positions // 20).verdict
    assert verdict.kept == "fine-tuned"
    assert verdict.tuned_accuracy > 0.85 > verdict.frozen_accuracy
