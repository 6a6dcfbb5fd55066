"""What a training run is called and what it was set to, in words. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.project import RunEvent, RunRecord
from inspector.ui.wording import count, share
from models.pretraining.config import METHOD_NAMES

if TYPE_CHECKING:
    from models.evaluation.evaluate import Evaluation

FEATURES = {"fused": "Encoder and texture", "encoder": "Encoder alone", "texture": "Texture spectrum"}


@dataclass(frozen=True)
class Fact:
    """One line of settings: 'Encoder', 'Run 5, SimCLR, 60 epochs'."""

    name: str
    value: str


def way_of_training(config: Mapping[str, Any]) -> str:
    """'fine-tuned', 'frozen encoder', 'random encoder', 'texture spectrum': what tells runs apart."""
    if config.get("mode") == "finetune":
        return "fine-tuned"
    if config.get("preset") == "paper":
        return "one linear layer"
    if config.get("features") == "texture":
        return "texture spectrum"
    return "random encoder" if config.get("encoder") == "random" else "frozen encoder"


def run_title(run: RunRecord) -> str:
    """'Run 6 · fine-tuned', or what it turned out to be: 'Run 7 · unusual places', 'Run 8 · kept frozen'."""
    if run.metrics.get("places"):
        way = "unusual places"
    elif run.metrics.get("kept") == "frozen":
        way = "kept frozen"
    else:
        way = way_of_training(run.config)
    return f"Run {run.id} · {way}"


def encoder_words(config: Mapping[str, Any], runs: Sequence[RunRecord], *, before: int | None = None) -> str:
    """Which encoder a run stands on; 'latest' is the newest pretraining run, or the newest `before` the run itself."""
    wanted = str(config.get("encoder", "latest"))
    if wanted == "random":
        return "Random weights"
    pretrained = [run for run in runs if run.kind == "pretrain" and run.state == "finished"]
    if wanted == "latest":
        found = next((run for run in reversed(pretrained) if before is None or run.id < before), None)
        return "None yet" if found is None else pretraining_words(found)
    found = next((run for run in pretrained if str(run.id) == wanted), None)
    return wanted if found is None else pretraining_words(found)


def pretraining_words(run: RunRecord) -> str:
    """'Run 5, SimCLR, 60 epochs'."""
    epochs = run.metrics.get("epochs") or run.config.get("epochs")
    return run_and_method(run) + (f", {count(int(epochs), 'epoch')}" if epochs else "")


def run_and_method(run: RunRecord) -> str:
    """'Run 5, SimCLR'."""
    method = METHOD_NAMES.get(str(run.config.get("method")), str(run.config.get("method")))
    return f"Run {run.id}, {method}"


def settings_facts(config: Mapping[str, Any], runs: Sequence[RunRecord], *, before: int | None = None) -> list[Fact]:
    """A training run's settings, in the order of the form."""
    is_linear = config.get("mode") != "finetune" and config.get("preset") != "paper"
    facts = [Fact("Training", way_of_training(config).capitalize())]
    if not (is_linear and config.get("features") == "texture"):
        facts.insert(0, Fact("Encoder", encoder_words(config, runs, before=before)))
    if is_linear:
        facts.append(Fact("Features", FEATURES.get(str(config.get("features")), str(config.get("features")))))
        facts.append(Fact("Unlabelled", "Used where they help" if config.get("use_unlabelled") else "Not used"))
    facts.append(Fact("Seed", str(config.get("seed", 0))))
    return facts


def rule_facts(logged: Sequence[RunEvent]) -> list[Fact]:
    """How a run judges an image, from what it logged.

    First whether fine-tuning was kept; where it was not, or not tried, whether the unusual places or the whole image.
    """
    kept = next((event.data for event in logged if event.name == "kept"), None)
    if kept is None:
        return _head_facts(logged)
    if kept["kept"] == "fine-tuned":
        return [Fact("Kept", "Fine-tuned encoder")]
    return [Fact("Kept", "Frozen encoder"), *_head_facts(logged)]


def _head_facts(logged: Sequence[RunEvent]) -> list[Fact]:
    chosen = {event.name: str(event.data["chosen"]) for event in logged if "chosen" in event.data}
    if "places" in chosen:
        places = chosen["places"].removeprefix("the ")
        return [Fact("Judged by", f"{places[:1].upper()}{places[1:]}")]
    return [Fact("Judged by", f"Whole image; {chosen['rule']}")] if "rule" in chosen else []


def evaluation_of(run: RunRecord) -> Evaluation | None:
    """The figures that a finished run stored; None if it had nothing to be judged by."""
    from models.evaluation.evaluate import Evaluation

    stored = run.metrics.get("evaluation")
    return None if not stored else Evaluation.from_json(stored)


def accuracy_words(run: RunRecord) -> str:
    """'0.93', a dash where nothing could be held out."""
    validation = run.metrics.get("validation") or {}
    accuracy = validation.get("accuracy")
    return "–" if accuracy is None else share(accuracy, validation.get("images"))


def protocol_of(run: RunRecord) -> str:
    """What a run's figures were measured on, and which encoder was kept where two were compared."""
    protocol = (run.metrics.get("validation") or {}).get("protocol", "")
    return " ".join(filter(None, [run.metrics.get("kept_verdict"), protocol]))
