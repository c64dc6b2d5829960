"""The strongest distinct images of every unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Images of every unit, each array (images, units): response, identity, place on the map."""

    values: npt.NDArray[np.float32]
    ids: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]

    def strongest(self, top: int) -> Ranking:
        """The ``top`` strongest of each unit, each image once; equals in the order of identity.

        Of an image that comes twice, the stronger response counts.
        """
        by_image = np.lexsort((self.places, -self.values, self.ids), axis=0)
        ranked = self._taken(by_image)
        values = ranked.values.copy()
        values[1:][ranked.ids[1:] == ranked.ids[:-1]] = -np.inf
        by_value = np.lexsort((ranked.ids, -values), axis=0)[:top]
        return Ranking(values, ranked.ids, ranked.places)._taken(by_value)._blanked()

    def joined(self, other: Ranking) -> Ranking:
        """Both, one above the other."""
        return Ranking(
            np.concatenate((self.values, other.values)),
            np.concatenate((self.ids, other.ids)),
            np.concatenate((self.places, other.places)),
        )

    def of(self, units: npt.NDArray[np.bool_]) -> Ranking:
        """Some units of it."""
        return Ranking(self.values[:, units], self.ids[:, units], self.places[:, units])

    def replaced(self, units: npt.NDArray[np.bool_], others: Ranking) -> Ranking:
        """The same with some units' images taken from ``others``, which has those units only."""
        values, ids, places = self.values.copy(), self.ids.copy(), self.places.copy()
        values[:, units], ids[:, units], places[:, units] = others.values, others.ids, others.places
        return Ranking(values, ids, places)

    def _taken(self, order: npt.NDArray[np.intp]) -> Ranking:
        return Ranking(
            np.take_along_axis(self.values, order, axis=0),
            np.take_along_axis(self.ids, order, axis=0),
            np.take_along_axis(self.places, order, axis=0),
        )

    def _blanked(self) -> Ranking:
        """Where there is no image, the same blank everywhere."""
        blank = np.isneginf(self.values)
        return Ranking(
            self.values, np.where(blank, np.uint64(0), self.ids), np.where(blank, -1, self.places)
        )
