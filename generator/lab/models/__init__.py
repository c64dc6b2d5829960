"""From a model's name to a Bench: the network in eval mode, its layers, its preprocessing."""

from generator.lab.models.assembly import assemble
from generator.lab.models.bench import Bench
from generator.lab.models.classifier import class_names
from generator.lab.models.layers import catalogue

__all__ = ["Bench", "assemble", "catalogue", "class_names"]
