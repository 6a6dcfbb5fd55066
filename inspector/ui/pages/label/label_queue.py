"""The images that are to be labelled, in their order, and the place in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from inspector.jobs.basis import Suggested

BATCH = 30  # suggestions asked for at once
FEW = 8  # with fewer ahead it is time to ask again
KEPT = 7  # those next in line stay as they are when newer suggestions come, since they are on view


class LabelQueue:
    """Images behind, the current one, and those ahead.

    None ahead has a label or was skipped, whoever labelled it; going back shows labelled ones again.
    """

    def __init__(self) -> None:
        self._entries: list[Suggested] = []
        self._position = 0
        self.skipped: set[int] = set()

    @property
    def current(self) -> Suggested | None:
        """The image to label; None at the end."""
        return self._entries[self._position] if self._position < len(self._entries) else None

    @property
    def position(self) -> int:
        """How many images lie behind."""
        return self._position

    @property
    def behind(self) -> list[int]:
        """Images that were shown before, the latest last."""
        return [entry.image_id for entry in self._entries[: self._position]]

    @property
    def ahead(self) -> list[int]:
        """Images that follow the current one."""
        return [entry.image_id for entry in self._entries[self._position + 1 :]]

    def wants_refill(self) -> bool:
        """Whether it is time to ask for suggestions."""
        return len(self._entries) - self._position < FEW

    def advance(self, labels: Mapping[int, str]) -> None:
        """Go on to the next image that has no label and was not skipped."""
        self._position = min(self._position + 1, len(self._entries))
        while (entry := self.current) is not None and self._is_done(entry.image_id, labels):
            self._position += 1

    def skip(self, labels: Mapping[int, str]) -> None:
        """Go on, and do not come back to this image by itself."""
        if self.current is not None:
            if self.current.image_id not in labels:
                self.skipped.add(self.current.image_id)
            self.advance(labels)

    def back(self) -> bool:
        """Show the image before, whether it has a label or not; False at the beginning."""
        if self._position == 0:
            return False
        self._position -= 1
        return True

    def show(self, suggested: Suggested) -> None:
        """Make an image the current one: where it stands in the queue, or before the current one."""
        ids = [entry.image_id for entry in self._entries]
        if suggested.image_id in ids:
            self._position = ids.index(suggested.image_id)
        else:
            self._entries.insert(self._position, suggested)

    def take(self, suggestions: Iterable[Suggested], labels: Mapping[int, str], *, kept: int = KEPT) -> None:
        """Put newer suggestions after the current image and the `kept` that follow it."""
        stay = self._entries[: self._position + 1 + kept]
        known = {entry.image_id for entry in stay}
        fresh = (s for s in suggestions if s.image_id not in known and not self._is_done(s.image_id, labels))
        self._entries = [*stay, *fresh]
        self.drop_done(labels)

    def drop_done(self, labels: Mapping[int, str]) -> None:
        """Take out of what lies ahead what was labelled meanwhile."""
        begin = self._position + 1
        ahead = [entry for entry in self._entries[begin:] if not self._is_done(entry.image_id, labels)]
        self._entries[begin:] = ahead

    def follow(self, changed: Collection[int], labels: Mapping[int, str]) -> None:
        """Labels of these images are others now: go on from one that got its label, back to one that lost it."""
        self.skipped.difference_update(image_id for image_id in changed if image_id in labels)
        lost = [
            place
            for place, entry in enumerate(self._entries[: self._position])
            if entry.image_id in changed and not self._is_done(entry.image_id, labels)
        ]
        if lost:
            self._position = lost[0]
        elif self.current is not None and self.current.image_id in changed and self.current.image_id in labels:
            self.advance(labels)
        self.drop_done(labels)

    def restrict(self, image_ids: Collection[int]) -> None:
        """Forget images that the project does not list any more."""
        behind = sum(entry.image_id in image_ids for entry in self._entries[: self._position])
        self._entries = [entry for entry in self._entries if entry.image_id in image_ids]
        self._position = behind

    def _is_done(self, image_id: int, labels: Mapping[int, str]) -> bool:
        return image_id in labels or image_id in self.skipped


def in_file_order(image_ids: Iterable[int], left_out: Collection[int], *, reason: str) -> list[Suggested]:
    """The first images that are not left out, for when nothing better is known."""
    free: Iterator[int] = (image_id for image_id in image_ids if image_id not in left_out)
    return [Suggested(image_id, reason, "file order", (image_id,)) for image_id in islice(free, BATCH)]
