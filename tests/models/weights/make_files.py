"""Writes files/: small weights as PyTorch and Keras write them. Run with torch 2.13, and with Keras 3.15 as `make_files.py keras`."""

import collections
import sys
from pathlib import Path

folder = Path(__file__).parent / "files"


def torch_files():
    import torch

    line = torch.arange(24, dtype=torch.float32)
    state = collections.OrderedDict()
    state["float32"] = torch.tensor([[0.5, -1.5, 2.25], [3, 4, 5]])
    state["float16"] = torch.tensor([0.1, 65504, -2]).half()
    state["bfloat16"] = torch.tensor([0.1, 3e38, -2]).bfloat16()
    state["float64"] = torch.tensor([0.1, -2], dtype=torch.float64)
    state["int64"] = torch.tensor(7)
    state["transposed"] = line.view(4, 6).t()
    state["slice"] = line.view(4, 6)[1:3, 2:5]
    state["expanded"] = torch.tensor([5.0]).expand(3)
    state["parameter"] = torch.nn.Parameter(torch.ones(2))
    torch.save(state, folder / "zip.pth")
    torch.save(state, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    wrapped = {"module." + name: tensor for name, tensor in state.items()}
    torch.save({"epoch": 3, "best": torch.tensor(1.0), "state_dict": wrapped}, folder / "checkpoint.pth")


def keras_files():
    import keras
    import numpy
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((4, 4, 3)),
            layers.Conv2D(2, 3, name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(3, name="logits"),
        ]
    )
    place = 0
    for weight in model.weights:
        size = int(numpy.prod(weight.shape))
        weight.assign(numpy.arange(place, place + size).reshape(weight.shape) / 8)
        place += size
    model.save_weights(folder / "keras3.weights.h5")
    model.save(folder / "keras3.keras")
    model.save(folder / "keras3_model.h5")


def old_keras_file():
    """As fchollet published VGG16: fixed-length names, `_W_1:0` and `_b_1:0`."""
    import h5py
    import numpy

    with h5py.File(folder / "keras1.h5", "w") as file:
        file.attrs["layer_names"] = numpy.array([b"block1_conv1", b"flatten"])
        group = file.create_group("block1_conv1")
        group.attrs["weight_names"] = numpy.array([b"block1_conv1_W_1:0", b"block1_conv1_b_1:0"])
        group["block1_conv1_W_1:0"] = numpy.arange(54, dtype="float32").reshape(3, 3, 3, 2)
        group["block1_conv1_b_1:0"] = numpy.array([1, 2], dtype="float32")
        file.create_group("flatten").attrs["weight_names"] = numpy.array([], dtype="S1")


if sys.argv[1:] == ["keras"]:
    keras_files()
    old_keras_file()
else:
    torch_files()
