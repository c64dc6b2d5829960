"""How long the evidence takes: ``python -m benchmarks.evidence``.

Ten claims about a layer of 512 filters on 500 photographs, all resampling included; the target is
10 s on two cores. Processor time is what is compared, for a machine is seldom quiet.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.calibration import Groups, noise, shifted, verdict

CLAIMS, FILTERS = 10, 512
SIZES = (50, 100, 350)
TARGET = 10.0  # seconds on two cores


def groups(seed: int) -> Groups:
    """Responses of the whole layer to 500 photographs, filter 0 a good one."""
    return shifted(noise(np.random.default_rng(seed), sizes=SIZES, filters=FILTERS), 2.0)


def seconds(claims: int) -> float:
    """Processor time for that many claims, as a build measures and judges them."""
    made = [groups(seed) for seed in range(claims)]
    start = time.process_time()
    for number, each in enumerate(made):
        verdict(each, 0, f"claim-{number}")
    return time.process_time() - start


def main() -> None:
    """Print the time and its share of the target."""
    found = seconds(CLAIMS)
    share = found / (2 * TARGET)
    print(f"{CLAIMS} claims x {FILTERS} filters x {sum(SIZES)} photographs: {found:.1f} s of one")
    print(f"processor, {100 * share:.0f} % of what two cores have in {TARGET:.0f} s")


if __name__ == "__main__":
    main()
