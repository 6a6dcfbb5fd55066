"""What training needs before it can start, and what the page says until then. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.jobs.training.training import TrainRequest
from inspector.ui.wording import count, listing, number_word

MIN_CLASSES = 2
MIN_LABELS_TO_FINETUNE = 3
SHOWN_CLASSES = 3


def labels_reason(label_counts: Mapping[str, int]) -> str:
    """Why nothing can be trained on these labels at all; empty if something can."""
    used = sum(1 for labels in label_counts.values() if labels)
    return "" if used >= MIN_CLASSES else f"Label at least two classes first: {used} of {MIN_CLASSES} so far."


def start_reason(
    request: TrainRequest, label_counts: Mapping[str, int], *, has_encoder: bool, read_only: bool = False
) -> str:
    """Why a run with these settings cannot start; empty if it can."""
    if read_only:
        return "The project is open for reading alone."
    reason = labels_reason(label_counts)
    if reason:
        return reason
    if request.encoder == "latest" and not has_encoder:
        if request.is_network:
            return "No encoder is pretrained yet: pretrain one first, or choose random weights."
        if request.features == "encoder":
            return "No encoder is pretrained yet: pretrain one first, or choose other features."
    few = [name for name, labels in label_counts.items() if 0 < labels < MIN_LABELS_TO_FINETUNE]
    if request.is_network and few:
        named = listing(few[:SHOWN_CLASSES]) if len(few) <= SHOWN_CLASSES else f"{', '.join(few[:SHOWN_CLASSES])}, …"
        return f"This needs three labels of each class (to train, to stop, to judge): label more images of {named}."
    return ""


def state_sentence(label_counts: Mapping[str, int]) -> str:
    """'Six classes from 30 labels'."""
    used = [labels for labels in label_counts.values() if labels]
    if not used:
        return "No labels yet"
    return f"{number_word(len(used))} {'class' if len(used) == 1 else 'classes'} from {count(sum(used), 'label')}"


def validation_sentence(request: TrainRequest, labels: int) -> str:
    """How a run with these settings is judged."""
    if request.mode == "finetune" and request.preset != "paper":
        return (
            "The frozen and the fine-tuned encoder answer for labels that neither has seen. The frozen one is kept "
            "unless fine-tuning is better beyond chance."
        )
    if request.preset == "paper":
        return (
            "A fifth of the labels judges the network once, at the end. A fifth of the others chooses the epoch to "
            "stop at; the rest trains it."
        )
    wide = (
        f" With {count(labels, 'label')} the interval is wide; {4 * labels:,} would halve it." if labels < 300 else ""
    )
    return f"Cross-validation: each label is judged by a model that has not seen it.{wide if labels else ''}"
