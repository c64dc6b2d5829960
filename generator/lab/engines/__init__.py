"""Where the work of a plan runs: in this process, in one for each device, or on a Ray cluster.

All make the same artifacts. An engine is entered: it keeps its processes until it is left.
"""

from generator.lab.engines.factory import EngineName, open_engine
from generator.lab.engines.protocol import Engine

__all__ = ["Engine", "EngineName", "open_engine"]
