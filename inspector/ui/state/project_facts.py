"""What a session amounts to in a few words: for the side bar's states and the start page's rows."""

from __future__ import annotations

from collections import Counter

from inspector.ui.state.page_states import ProjectFacts
from inspector.ui.state.session import Session
from inspector.ui.wording import count, share


def project_facts(session: Session) -> ProjectFacts:
    """The facts that the page states follow from."""
    classified = session.project.setting("classifications", [])
    newest = classified[0] if isinstance(classified, list) and classified else {}
    return ProjectFacts(
        images=len(session.images),
        labels=len(session.labels),
        classes=len(Counter(session.labels.values())),
        runs=session.runs,
        classified=int(newest.get("images", 0)) if isinstance(newest, dict) else 0,
        report=session.report,
    )


def summary_lines(session: Session) -> tuple[str, str]:
    """'1,800 images · 30 labelled' and 'F1 0.94 on 360 images'."""
    labels = len(session.labels)
    first = f"{count(len(session.images), 'image')} · {f'{labels:,} labelled' if labels else 'none labelled'}"
    trained = session.finished_runs("train")
    validation = (trained[0].metrics.get("validation") or {}) if trained else {}
    if validation.get("macro_f1") is not None:
        images = validation["images"]
        return first, f"F1 {share(validation['macro_f1'], images)} on {count(images, 'image')}"
    stopped = stopped_pretraining(session)
    if stopped is not None:
        return first, f"Pretraining stopped, run {stopped}"
    return first, "Pretrained" if session.finished_runs("pretrain") else "Not pretrained yet"


def stopped_pretraining(session: Session) -> int | None:
    """The newest pretraining run, if it was stopped and can be resumed."""
    runs = [run for run in session.runs if run.kind == "pretrain"]
    if not runs or runs[-1].state not in ("cancelled", "interrupted", "failed"):
        return None
    return runs[-1].id if (runs[-1].folder / "checkpoint.safetensors").is_file() else None
