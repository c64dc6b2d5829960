"""Looking before claiming: which filter likes a concept, and what excites a filter. No verdicts."""

from generator.discovery.asking import Concept
from generator.discovery.exploring import explore
from generator.discovery.finding import find

__all__ = ["Concept", "explore", "find"]
