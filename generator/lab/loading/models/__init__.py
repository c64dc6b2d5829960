"""From a model's name to a Bench: the network in eval mode, its layers, its preprocessing."""

from generator.lab.layers.discover import catalogue
from generator.lab.loading.models.assembly import assemble
from generator.lab.loading.models.bench import Bench
from generator.lab.loading.models.classifier import class_names
from generator.lab.loading.models.heads import catalogue_of_file

__all__ = ["Bench", "assemble", "catalogue", "catalogue_of_file", "class_names"]
