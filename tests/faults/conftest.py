"""One nursery for all samples: it imports everything once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import project
from tests.faults.nursery import Nursery


@pytest.fixture(scope="session")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nursery, ...]]:
    """A single nursery; its children's disks can fail where there is a C compiler."""
    with project.crew(tmp_path_factory.mktemp("nursery")) as nurseries:
        yield nurseries
