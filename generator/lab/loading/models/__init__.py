"""From a model's name to a Bench: the network in eval mode, its layers, its preprocessing."""

from generator.lab.layers.discover import catalogue
from generator.lab.loading.models.assembly import assemble
from generator.lab.loading.models.bench import Bench
from generator.lab.loading.models.classifier import class_names

__all__ = ["Bench", "assemble", "catalogue", "class_names"]
