"""The images that are suggested, and where somebody who labels is among them. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
from itertools import islice

from inspector.jobs.labelling.basis import Suggested

BATCH = 12  # shorter lists follow the labels sooner
REFILL_BELOW = 8  # images that wait
FILE_ORDER = "file order"


class LabelQueue:
    """Entries in the order in which they are shown; those up to `reached` were seen, the others wait.

    An image with a label is not shown unless somebody goes back to it; skipped ones do not come again until `unskip`.
    """

    def __init__(self) -> None:
        self._entries: list[Suggested] = []
        self._position = 0
        self._reached = 0
        self._skipped: set[int] = set()

    @property
    def current(self) -> Suggested | None:
        """What is to be labelled now; None at the end."""
        return self._entries[self._position] if self._position < len(self._entries) else None

    @property
    def current_id(self) -> int | None:
        """The id of that image."""
        return None if self.current is None else self.current.image_id

    @property
    def skipped(self) -> frozenset[int]:
        """Images that were skipped."""
        return frozenset(self._skipped)

    @property
    def queued(self) -> frozenset[int]:
        """Every image that is or was in the queue."""
        return frozenset(entry.image_id for entry in self._entries)

    @property
    def can_go_back(self) -> bool:
        """Whether an image was shown before this one."""
        return self._position > 0

    @property
    def waiting_ids(self) -> list[int]:
        """The images that come next, skipped ones left out."""
        waiting = (entry.image_id for entry in self._entries[self._position + 1 :])
        return [image_id for image_id in waiting if image_id not in self._skipped]

    @property
    def shown_or_waiting_ids(self) -> list[int]:
        """The current image and those that come next."""
        return [*([] if self.current_id is None else [self.current_id]), *self.waiting_ids]

    def neighbours(self, *, before: int, count: int) -> list[int]:
        """At most `count` ids around the current image, `before` of them from before it if there are so many."""
        start = max(0, self._position - before)
        return [entry.image_id for entry in self._entries[start : start + count]]

    def wants_more(self, labels: Container[int]) -> bool:
        """Whether only a few images without label wait."""
        free = (image_id for image_id in self.waiting_ids if image_id not in labels)
        return sum(1 for _ in islice(free, REFILL_BELOW)) < REFILL_BELOW

    def offer(self, suggested: Iterable[Suggested], labels: Container[int], *, replaces: bool = False) -> None:
        """Put images at the end, or in place of all that wait; the one that is shown stays, and learns its reason."""
        suggested = list(suggested)
        if replaces:
            del self._entries[self._reached + 1 :]
        reasons = {s.image_id: s for s in suggested}
        self._entries = [reasons.get(e.image_id, e) if e.kind == FILE_ORDER else e for e in self._entries]
        known = self.queued | self._skipped
        self._entries += [s for s in suggested if s.image_id not in known and s.image_id not in labels]
        self._pass_over(labels)

    def advance(self, labels: Container[int]) -> None:
        """Go on to the next image that has no label and was not skipped."""
        self._position = min(self._position + 1, len(self._entries))
        self._pass_over(labels)

    def skip(self, labels: Container[int]) -> None:
        """Go on without a label for this one."""
        if self.current_id is not None and self.current_id not in labels:
            self._skipped.add(self.current_id)
        self.advance(labels)

    def back(self) -> None:
        """Return to the image before, labelled or not."""
        self._position = max(0, self._position - 1)

    def go_to(self, image_id: int) -> None:
        """Show an image of the queue; nothing happens if it is in none of its places."""
        place = next((i for i, entry in enumerate(self._entries) if entry.image_id == image_id), None)
        if place is None:
            return
        if place > self._reached:  # chosen before its turn: it changes places, the others keep theirs
            self._entries.insert(self._reached + 1, self._entries.pop(place))
            place = self._reached + 1
        self._position = place
        self._reached = max(self._reached, place)

    def follow(self, changed: Collection[int], labels: Container[int]) -> None:
        """Labels of these images are others now: return to one that lost its label, leave one that got it."""
        seen, waiting = self._entries[: self._reached + 1], self._entries[self._reached + 1 :]
        self._entries = seen + [entry for entry in waiting if entry.image_id not in labels]
        lost = [i for i, entry in enumerate(seen) if entry.image_id in changed and entry.image_id not in labels]
        if lost:
            self._skipped.difference_update(seen[i].image_id for i in lost)
            self._position = lost[0]
        elif self.current_id in changed:
            self.advance(labels)

    def keep(self, image_ids: Container[int], labels: Container[int]) -> None:
        """Forget images that are no longer among these."""
        shown = self.current_id
        self._drop(lambda image_id: image_id not in image_ids)
        if shown not in image_ids:
            self._pass_over(labels)

    def unskip(self) -> None:
        """Let skipped images come again; the one that is shown stays."""
        skipped = self._skipped - {self.current_id}
        self._drop(lambda image_id: image_id in skipped)
        self._skipped.clear()

    def _drop(self, is_unwanted: Callable[[int], bool]) -> None:
        wanted = [not is_unwanted(entry.image_id) for entry in self._entries]
        self._entries = [entry for entry, stays in zip(self._entries, wanted, strict=True) if stays]
        self._position, self._reached = sum(wanted[: self._position]), max(0, sum(wanted[: self._reached + 1]) - 1)

    def _pass_over(self, labels: Container[int]) -> None:
        while (shown := self.current_id) is not None and (shown in labels or shown in self._skipped):
            self._position += 1
        self._reached = max(self._reached, min(self._position, len(self._entries) - 1), 0)


def in_file_order(image_ids: Iterable[int], *, left_out: Container[int], labels: Container[int]) -> list[Suggested]:
    """A batch of the images without label, as they come."""
    free = (i for i in image_ids if i not in labels and i not in left_out)
    return [Suggested(image_id, "", FILE_ORDER, (image_id,)) for image_id in islice(free, BATCH)]
