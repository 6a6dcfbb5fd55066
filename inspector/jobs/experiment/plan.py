"""What an experiment measures: kinds of features, numbers of labels, draws; and the tasks that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from models.pretraining import config as pretrain_config

TENTH, ALL = "10 %", "all"
LABEL_AMOUNTS: dict[str, int | float] = {"1 a class": 1, "5 a class": 5, TENTH: 0.1, ALL: 1.0}  # a float is a share
CLICKS = (6, 12, 30, 60)  # images that a person labels, whatever their classes
METHOD_NAMES = {"random": "random encoder", "none": "", **pretrain_config.METHOD_NAMES}
NETWORK_MODES = {"frozen": "linear", "fine-tuned": "finetune"}  # -> mode of training


@dataclass(frozen=True)
class Row:
    """One kind of features: by which method the encoder learned ('random', 'none'), and what is read of an image."""

    method: str
    features: str  # 'encoder', 'fused' or 'texture'

    @property
    def name(self) -> str:
        """In words for a table."""
        if self.features == "texture":
            return "texture spectrum"
        if self.method == "random":
            return "random encoder"
        return f"{METHOD_NAMES[self.method]}, {'encoder alone' if self.features == 'encoder' else 'fused'}"


RANDOM, TEXTURE = Row("random", "encoder"), Row("none", "texture")


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        preset: of pretraining.
        methods: of pretraining, in the order in which they run.
        fused: whether each encoder is also measured together with the texture spectrum.
        label_draws: random choices of labels for each amount of `LABEL_AMOUNTS`; an amount that is absent is left out.
        clicked: rows whose suggestions are measured, each `click_draws` times.
        finetune_epochs: at most; a frozen encoder's linear layer always gets the paper's 30.
        unseen_per_class: images of each class held back; 0: a fifth of the class.
        epochs: of pretraining and of every network instead of the preset's.
        features_only: heads on features alone: no networks are trained, and no encoder sees the unseen images.
        augment: how views of pretraining differ from the preset's, as fields of `AugmentConfig`.
    """

    preset: str
    methods: tuple[str, ...] = ("simclr", "mae", "hybrid")
    fused: bool = True
    label_draws: dict[str, int] = field(default_factory=dict)
    clicked: tuple[Row, ...] = (TEXTURE, Row("simclr", "fused"))
    click_draws: int = 3
    finetune_epochs: int = 10
    unseen_per_class: int = 0
    epochs: int | None = None
    features_only: bool = False
    augment: dict[str, float] = field(default_factory=dict)

    def of_methods(self, methods: tuple[str, ...]) -> Plan:
        """The same with some of its methods alone; what needs no pretraining stays."""
        kept = tuple(method for method in self.methods if method in methods)
        clicked = tuple(row for row in self.clicked if row == TEXTURE or row.method in kept)
        return replace(self, methods=kept, clicked=clicked)

    def rows(self) -> list[Row]:
        """All kinds of features, the untrained ones first."""
        kinds = ("encoder", "fused") if self.fused else ("encoder",)
        untrained = [RANDOM, TEXTURE] if self.fused else [RANDOM]
        return untrained + [Row(method, kind) for method in self.methods for kind in kinds]

    @property
    def sees_all(self) -> bool:
        """Whether it is also measured what seeing the unseen images unlabelled would give."""
        return "simclr" in self.methods and not self.features_only

    def to_json(self) -> dict[str, Any]:
        """Plain data, to tell whether another call means the same experiment."""
        plain = {**asdict(self), "methods": list(self.methods), "clicked": [row.name for row in self.clicked]}
        return plain if self.augment else {name: value for name, value in plain.items() if name != "augment"}

    def left_out(self) -> list[str]:
        """What this plan does not measure, in sentences."""
        clicked = ", ".join(row.name for row in self.clicked) or "nothing"
        sentences = [
            f"Suggested against random images were measured for these features alone: {clicked}.",
            "The second stage of pretraining, which learns to find small defects, is no part of these experiments.",
        ]
        if self.features_only:
            return [*sentences, "No network was trained, frozen or fine-tuned: --features-only."]
        seeing = "for SimCLR and the first seed only" if self.sees_all else "for no encoder, since SimCLR is left out"
        sentences += [
            "A random encoder was trained as a network with 10 % of the labels only, as in the paper's figure 7.",
            f"What seeing the unseen images unlabelled would give was measured {seeing}.",
        ]
        if self.preset in ("quick", "paper"):
            draws = ", ".join(f"{count} at {amount}" for amount, count in self.label_draws.items())
            sentences.append(f"Labels were drawn seldom ({draws}); --preset balanced and best draw more often.")
        if self.finetune_epochs < 40:
            sentences.append(f"Fine-tuning ended after {self.finetune_epochs} epochs at most; 40 are the default.")
        return sentences


def _draws(one: int, five: int, tenth: int) -> dict[str, int]:
    return {"1 a class": one, "5 a class": five, TENTH: tenth, ALL: 1}


_FUSED = tuple(Row(method, "fused") for method in ("simclr", "mae", "hybrid"))
PLANS = {
    "quick": Plan("quick", label_draws=_draws(6, 4, 3), clicked=(TEXTURE, Row("hybrid", "fused"))),
    "balanced": Plan(
        "balanced",
        label_draws=_draws(10, 5, 5),
        clicked=(TEXTURE, Row("simclr", "fused"), Row("hybrid", "fused")),
        finetune_epochs=20,
    ),
    "best": Plan("best", label_draws=_draws(20, 10, 5), clicked=(TEXTURE, *_FUSED), click_draws=5, finetune_epochs=40),
    "paper": Plan("paper", label_draws=_draws(6, 4, 3), finetune_epochs=30, unseen_per_class=12),
}


@dataclass(frozen=True)
class Task:
    """One thing to do or to measure, stored under `key` when it is done.

    Attributes:
        kind: 'pretrain', 'labels', 'clicks', 'probe', 'map', 'network', 'pretrain seeing all' or 'labels seeing all'.
        amount: of labels, of `LABEL_AMOUNTS`; of a network also its mode; for clicks 'suggested' or 'random'.
        cost: expected seconds for 1,800 images on two cores, to tell how much time is left.
    """

    kind: str
    seed: int
    row: Row
    amount: str = ""
    mode: str = ""
    cost: float = 10.0

    @property
    def key(self) -> str:
        """Unique among the tasks of an experiment, and readable."""
        parts = (self.kind, self.row.method, self.row.features, self.mode, self.amount)
        return f"seed {self.seed}: " + " / ".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """For a progress bar."""
        name = METHOD_NAMES[self.row.method] if self.kind.startswith("pretrain") else self.row.name
        return ", ".join(part for part in (f"seed {self.seed}", self.kind, name, self.mode, self.amount) if part)


PRETRAIN_SECONDS = {"quick": 270.0, "balanced": 1_000.0, "best": 4_000.0, "paper": 20_000.0}
FIT_SECONDS = {"encoder": 3.0, "texture": 8.0, "fused": 15.0}


def tasks(plan: Plan, seeds: int) -> Iterator[Task]:
    """Everything to do, in order: each seed has its own split, encoders and draws."""
    for seed in range(seeds):
        yield from _of_seed(plan, seed)
        if not plan.features_only:
            yield from _network_tasks(plan, seed)
        if seed == 0 and plan.sees_all:
            yield from _seeing_all(plan)


def _of_seed(plan: Plan, seed: int) -> Iterator[Task]:
    pretrained = set()
    for row in plan.rows():
        if row.method in plan.methods and row.method not in pretrained:
            pretrained.add(row.method)
            yield Task("pretrain", seed, Row(row.method, "encoder"), cost=PRETRAIN_SECONDS[plan.preset])
        yield from _label_tasks("labels", plan, seed, row)
        if row.features == "encoder":
            yield from (Task("probe", seed, row, amount, cost=3.0) for amount in (TENTH, ALL))
            if seed == 0:
                yield Task("map", seed, row, cost=5.0)
    for row in plan.clicked if plan.click_draws else ():
        cost = FIT_SECONDS[row.features] * len(CLICKS) * plan.click_draws
        yield from (Task("clicks", seed, row, amount, cost=cost) for amount in ("suggested", "random"))


def _label_tasks(kind: str, plan: Plan, seed: int, row: Row) -> Iterator[Task]:
    for amount, draws in plan.label_draws.items():
        share = 0.2 if amount == "1 a class" else 1.0  # with one label a class there are no folds
        yield Task(kind, seed, row, amount, cost=FIT_SECONDS[row.features] * draws * share)


def _network_tasks(plan: Plan, seed: int) -> Iterator[Task]:
    for method in ("random", *plan.methods):
        for mode in NETWORK_MODES:
            for amount in (TENTH,) if method == "random" else (TENTH, ALL):
                cost = (10.0 if amount == TENTH else 80.0) * (40 if plan.preset == "paper" else 1)
                yield Task("network", seed, Row(method, "encoder"), amount, mode, cost)


def _seeing_all(plan: Plan) -> Iterator[Task]:
    kinds = ("encoder", "fused") if plan.fused else ("encoder",)
    yield Task("pretrain seeing all", 0, Row("simclr", "encoder"), cost=PRETRAIN_SECONDS[plan.preset])
    for kind in kinds:
        yield from _label_tasks("labels seeing all", plan, 0, Row("simclr", kind))
