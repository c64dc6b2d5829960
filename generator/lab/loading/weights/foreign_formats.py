"""Formats of weights that other libraries write: what each is, and the Python that converts it."""

from __future__ import annotations

Kind = tuple[str, str]  # what it is; what to do

_RENAME = (
    "give its tensors the network's own names in PyTorch (`network.load_state_dict(…)`), then"
    " `torch.save(network.state_dict(), '{stem}.pth')`"
)
_INDEX = (
    "the index of weights in several files",
    "join them: `import glob; from safetensors.torch import load_file, save_file;"
    " save_file({{k: v for f in glob.glob('{stem}-*.safetensors') for k, v in"
    " load_file(f).items()}}, '{stem}-whole.safetensors')` (.bin: torch.load and torch.save)",
)
_ONNX = (
    "an ONNX model",
    "`import onnx, onnx.numpy_helper as n; torch.save({{t.name: torch.tensor(n.to_array(t)) for t"
    " in onnx.load('{name}').graph.initializer}}, '{stem}.pth')`",
)
HDF5 = ("an HDF5 file, as Keras writes it", _RENAME)
KERAS = ("a Keras archive", _RENAME)
ARRAYS = (
    "an archive of NumPy arrays",
    "`torch.save({{k: torch.from_numpy(v) for k, v in numpy.load('{name}').items()}},"
    " '{stem}-state.pth')`",
)
ARRAY = (
    "a single NumPy array",
    "`torch.save({{'NAME': torch.from_numpy(numpy.load('{name}'))}}, '{stem}.pth')`",
)
_TEXT = ("a text, not weights", "name the file of weights itself")
_ARCHIVE = ("an archive", "unpack it, and name the file of weights in it")
_ENDINGS: dict[str, Kind] = {
    ".index.json": _INDEX,
    ".json": _TEXT,
    ".txt": _TEXT,
    ".yaml": _TEXT,
    ".yml": _TEXT,
    ".onnx": _ONNX,
    ".h5": HDF5,
    ".hdf5": HDF5,
    ".keras": KERAS,
    ".npz": ARRAYS,
    ".npy": ARRAY,
    ".tflite": ("a TensorFlow Lite model", _RENAME),
    ".pb": ("a TensorFlow graph", _RENAME),
    ".data-00000-of-00001": ("a TensorFlow checkpoint", _RENAME),
    ".msgpack": ("a Flax checkpoint", _RENAME),
    ".gguf": ("a GGUF file, whose numbers are quantised", _RENAME),
    ".mlmodel": ("a Core ML model", _RENAME),
    ".mlpackage": ("a Core ML model", _RENAME),
    ".caffemodel": ("a Caffe model", _RENAME),
    ".engine": ("a TensorRT engine", _RENAME),
    ".t7": ("a file of Torch for Lua", _RENAME),
    ".params": ("an MXNet checkpoint", _RENAME),
    ".pdparams": ("a Paddle checkpoint", _RENAME),
    ".zip": _ARCHIVE,
    ".gz": _ARCHIVE,
    ".7z": _ARCHIVE,
    ".rar": _ARCHIVE,
}
_TFLITE = slice(4, 8)  # where a TensorFlow Lite model says what it is


def by_name(name: str) -> Kind | None:
    """What a file is by the ending of its name; None if the ending is not known."""
    known = name.casefold()
    return next((kind for ending, kind in _ENDINGS.items() if known.endswith(ending)), None)


def by_content(head: bytes) -> Kind | None:
    """What a file is by its first bytes; None if they tell nothing."""
    if head[_TFLITE] == b"TFL3":
        return _ENDINGS[".tflite"]
    if head.startswith(b"GGUF"):
        return _ENDINGS[".gguf"]
    if head.startswith(b"\x08") and (b"pytorch" in head[:64] or b"onnx" in head[:64].lower()):
        return _ONNX
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b'{"', b"{\n", b"{\r", b"{ ")) or text == b"{}":
        return _INDEX if b"weight_map" in head or b"total_size" in head else _TEXT
    return None
