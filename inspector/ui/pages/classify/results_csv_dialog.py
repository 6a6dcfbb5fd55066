"""Where a copy of the results goes, and whether it is for Excel."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

PLAIN, EXCEL = "CSV (*.csv)", "CSV for Excel (*.csv)"


def copy_of(results: Path, folder: Path) -> Path:
    """What a copy of the results in a folder is called: as they are, unless they lie there themselves."""
    return folder / (f"{results.stem} copy.csv" if folder.resolve() == results.parent.resolve() else results.name)


def ask_for_csv(parent: QWidget, suggested: Path) -> tuple[Path, bool] | None:
    """The file to write, and whether for Excel; None if the user gives up."""
    text, chosen = QFileDialog.getSaveFileName(parent, "Save CSV", str(suggested), f"{PLAIN};;{EXCEL}", PLAIN)
    if not text:
        return None
    file = Path(text)
    return (file if file.suffix else file.with_suffix(".csv")), chosen == EXCEL
