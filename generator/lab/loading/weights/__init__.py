"""Where weights come from, how they are verified, and what is kept of them."""

from generator.lab.loading.weights.obtain import at_hand, class_names, obtain, own_reading, refusal
from generator.lab.loading.weights.weights import Weights, digest_of

__all__ = ["Weights", "at_hand", "class_names", "digest_of", "obtain", "own_reading", "refusal"]
