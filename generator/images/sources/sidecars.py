"""Credits images of an archive by the texts that stand beside them (their sidecar files).

A text belongs to the images with which it shares the longest stem: ``22.00.json`` to
``22.00.jpg``, and not to ``22.01.jpg``; ``1.json`` to ``1.left.jpg`` and ``1.right.jpg``;
``1.meta.json`` to ``1.img.jpg`` if no other image begins like it. Names that begin alike up to the
first dot stand side by side. A few images wait for their texts, however many begin alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from generator.images.sources.base import Item
from generator.images.sources.credits import Credits, credits_of

MAX_IMAGES = 32  # that wait for texts
MAX_WAITING = 64 << 20  # bytes of them, unless it is a single one
MAX_TEXTS = 128
UNCREDITED = "no image is credited by it"  # how a remark on a text ends
Stem = tuple[str, ...]  # folder and name up to the first dot, then what stands between dots


@dataclass(slots=True, eq=False)
class _Text:
    """A text; ``shared`` is the length of the longest stem that it shares with an image so far.

    ``images`` is how many share so much; ``late`` the length of the longest stem that it shares
    with images that had been handed on before the text came.
    """

    name: str
    stem: Stem
    kind: str
    credits: Credits
    shared: int = 0
    images: int = 0
    late: int = 0
    reported: bool = False

    def compare(self, stem: Stem) -> None:
        """Note how much of its stem it shares with an image."""
        shared = shared_parts(self.stem, stem)
        if shared > self.shared:
            self.shared, self.images = shared, 1
        elif shared == self.shared:
            self.images += 1

    def fits(self, stem: Stem) -> bool:
        """Whether it belongs to an image of that stem."""
        return self.late < shared_parts(self.stem, stem) == self.shared

    def is_ambiguous(self, stem: Stem) -> bool:
        """Whether it fits an image of that stem, and others as well, but neither begins the other.

        ``22.01.json`` is neither that of ``22.00.jpg`` nor that of ``22.02.jpg``.
        """
        return self.images > 1 and self.fits(stem) and self.shared < min(len(stem), len(self.stem))


@dataclass(slots=True, eq=False)
class _Waiting:
    """An image that waits; without an item where only its name is wanted."""

    stem: Stem
    size: int
    item: Item | None


@dataclass(slots=True, eq=False)
class Samples:
    """Images on their way: ``add`` them in the archive's order, and what is ready comes out."""

    _images: deque[_Waiting] = field(default_factory=deque)
    _texts: list[_Text] = field(default_factory=list)
    _size: int = 0
    _key: str = ""
    _last: Stem = ()  # of the image that was handed on last
    _remarks: list[str] = field(default_factory=list)

    def begin(self, stem: Stem) -> Iterator[Item]:
        """Go on to a member of that stem; what waits comes out where no name begins like it."""
        if stem[0] != self._key:
            yield from self.flush()
            self._key = stem[0]

    def add(self, stem: Stem, size: int, item: Item | None) -> Iterator[Item]:
        """An image of ``size`` bytes."""
        self._images.append(_Waiting(stem, size, item))
        self._size += size
        for text in self._texts:
            text.compare(stem)
        while len(self._images) > MAX_IMAGES or (
            len(self._images) > 1 and self._size > MAX_WAITING
        ):
            yield from self._hand_on()

    def add_text(self, stem: Stem, kind: str, name: str, data: bytes) -> None:
        """A text: ``kind`` is txt or json."""
        text = _Text(name, stem, kind, credits_of(kind, data))
        for other in (self._last, *(image.stem for image in self._images)):
            text.compare(other)
        text.late = shared_parts(text.stem, self._last)
        self._texts.append(text)
        if len(self._texts) > MAX_TEXTS:
            self._drop_texts()

    def remark(self, sentence: str) -> None:
        """Say something of the archive with the next image."""
        self._remarks.append(sentence)

    def flush(self) -> Iterator[Item]:
        """All that waits: no text can come any more."""
        while self._images:
            yield from self._hand_on()
        self._texts, self._last = [], ()

    def _hand_on(self) -> Iterator[Item]:
        """The first of those that wait, with what is said of it."""
        image = self._images.popleft()
        self._size -= image.size
        self._last = image.stem
        if image.item is not None:
            subject, source, licence = self._credits(image)
            remarks, self._remarks = tuple(self._remarks), []
            yield replace(
                image.item, subject=subject, source=source, licence=licence, remarks=remarks
            )

    def _credits(self, image: _Waiting) -> Credits:
        """By the text of each kind with the longest stem; by none where several compete."""
        subject, source, licence = self._credits_by("json", image.stem)
        caption, _, _ = self._credits_by("txt", image.stem)
        return subject or caption, source, licence

    def _credits_by(self, kind: str, stem: Stem) -> Credits:
        texts = [text for text in self._texts if text.kind == kind]
        for text in texts:
            if text.late >= text.shared > 0:
                self._report(f"it comes after more than {MAX_IMAGES} images that begin alike", text)
        ambiguous = [text for text in texts if text.is_ambiguous(stem)]
        self._report("it may be of any of several images", *ambiguous)
        own = [text for text in texts if text.fits(stem) and text not in ambiguous]
        longest = max((text.shared for text in own), default=0)
        own = [text for text in own if text.shared == longest]
        own = [text for text in own if text.stem == stem] or own
        if len({text.credits for text in own}) == 1:
            return own[0].credits
        self._report("several texts compete for an image", *own)
        return "", "", ""

    def _report(self, reason: str, *texts: _Text) -> None:
        """Remark on texts that credit nothing, on each once."""
        for text in texts:
            if not text.reported:
                text.reported = True
                self._remarks.append(f"{text.name}: {reason}: {UNCREDITED}")

    def _drop_texts(self) -> None:
        """Forget texts whose images are gone, and the oldest if that is not enough."""
        kept = [
            text
            for text in self._texts[:-1]
            if any(shared_parts(text.stem, each.stem) >= text.shared for each in self._images)
        ]
        self._texts = [*kept, self._texts[-1]][-MAX_TEXTS:]


def stem_of(folder: str, parts: Iterable[str]) -> Stem:
    """The stem of a member, from its folder and its name's parts between dots, less its ending."""
    first, *rest = parts
    return (f"{folder}/{first}", *rest)


def shared_parts(one: Stem, other: Stem) -> int:
    """How many parts two stems share from their beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
