"""The paper's numbers beside ours."""

from __future__ import annotations

from inspector.jobs.experiment.agreement import agreement
from inspector.jobs.experiment.intervals import share_estimate
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.paper_numbers import CONFUSIONS, OVERALL, PER_CLASS, class_in
from inspector.jobs.experiment.plan import ALL, METHOD_NAMES, Row
from inspector.jobs.experiment.tables import MEASURE_NAMES, share_text
from inspector.report.document import Cell, Table

CLASS_MEASURES = ("precision", "recall", "f1")


def paper_table(measured: Measured) -> Table:
    """The paper's overall numbers beside ours, each with a sentence."""
    rows: list[tuple[Cell, ...]] = []
    for number in OVERALL:
        row = Row(number.method, "encoder")
        ours = measured.estimate("network", row, number.amount, "frozen", measure=number.measure)
        said = "Not measured here." if ours is None else agreement(number, ours)
        best = measured.estimate("network", row, number.amount, "fine-tuned", measure=number.measure)
        what = f"{METHOD_NAMES[number.method]}, {number.amount} of the labels, {MEASURE_NAMES[number.measure]}"
        rows.append((number.source, what, f"{100 * number.value:.0f}", share_text(ours), share_text(best), said))
    headers = ("paper", "figure", "paper's %", "ours, frozen %", "ours, fine-tuned %", "agreement of the frozen one")
    note = "The paper's classifier is a linear layer on the frozen encoder, so the frozen figure is the one to compare."
    return Table("paper", "The paper's numbers beside ours", headers, rows, note)


def paper_class_table(measured: Measured) -> Table:
    """The paper's figures of single classes, where the classes have its names: a row a class, judged by F1."""
    given = {(n.source, n.method, n.class_name, n.measure): n for n in PER_CLASS}
    rows: list[tuple[Cell, ...]] = []
    for number in PER_CLASS:
        name = class_in(measured.classes, number.class_name)
        evaluation = measured.evaluation("network", Row(number.method, "encoder"), ALL, "frozen")
        if number.measure != "f1" or name is None or evaluation is None:
            continue
        score = evaluation.per_class[evaluation.classes.index(name)]
        if not score.support:
            continue
        papers = [given.get((number.source, number.method, number.class_name, m)) for m in CLASS_MEASURES]
        ours = [f"{getattr(score, measure):.2f}" for measure in CLASS_MEASURES]
        said = agreement(number, share_estimate([[score.f1]], images=score.support))
        theirs = ["" if paper is None else f"{paper.value:.2f}" for paper in papers]
        pairs = [cell for pair in zip(theirs, ours, strict=True) for cell in pair]
        rows.append((number.source, METHOD_NAMES[number.method], name, *pairs, said))
    measures = [cell for name in ("precision", "recall", "F1") for cell in (f"paper's {name}", f"our {name}")]
    headers = ("paper", "method", "class", *measures, "agreement of F1")
    return Table("paper-classes", "The paper's figures of single classes beside ours", headers, rows)


def paper_confusion_table(measured: Measured) -> Table:
    """The mistakes that figure 6 shows, and how often ours makes them."""
    rows: list[tuple[Cell, ...]] = []
    for cell in CONFUSIONS:
        evaluation = measured.evaluation("network", Row(cell.method, "encoder"), ALL, "frozen")
        true = class_in(measured.classes, cell.true)
        answer = class_in(measured.classes, cell.answer) if cell.answer else ""
        if evaluation is None or true is None or answer is None:
            continue
        counts = evaluation.confusion[measured.classes.index(true)]
        support = int(counts.sum())
        ours = (
            int(counts[measured.classes.index(answer)])
            if answer
            else support - int(counts[measured.classes.index(true)])
        )
        made = "Ours makes this mistake too." if ours else "Ours does not make this mistake."
        what = f"{true} taken for {answer or 'another class'}"
        rows.append((METHOD_NAMES[cell.method], what, cell.images, f"{ours} of {support}", made))
    headers = ("method", "mistake", "paper's images", "ours", "agreement")
    return Table("paper-confusions", "The mistakes of the paper's figure 6", headers, rows)


def paper_tables(measured: Measured) -> list[Table]:
    """Those that have rows, in the order of the report."""
    made = [paper_table(measured), paper_class_table(measured), paper_confusion_table(measured)]
    return [table for table in made if table.rows]
