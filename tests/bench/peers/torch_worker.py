"""The work of ../network_worker.ts in PyTorch, as its users would write it well; same protocol.

    python torch_worker.py <work> <plain | channels_last | compile | onnxruntime> <threads>

Images are kept as normalised float32 in memory.
"""

import json
import os
import sys
import time

work_name, kind, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "..", "works.json")) as file:
    work = json.load(file)[work_name]
training = work["kind"] in ("train", "frozen")
half = work.get("precision") == "bfloat16"

import torch
from torch import nn
from torch.nn import functional as F

from memory import Memory

torch.set_num_threads(threads)
torch.manual_seed(1)


def conv(inputs, filters, size, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, filters, size, stride, size // 2, bias=False), nn.BatchNorm2d(filters, 1e-5, 0.1)
    )


class Residual(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.first = conv(inputs, filters, 3, stride)
        self.second = conv(filters, filters, 3)
        same = stride == 1 and inputs == filters
        self.shortcut = nn.Identity() if same else conv(inputs, filters, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.first = conv(inputs, width, 1)
        self.second = conv(width, width, 3, stride)
        self.third = conv(width, 4 * width, 1)
        same = stride == 1 and inputs == 4 * width
        self.shortcut = nn.Identity() if same else conv(inputs, 4 * width, 1, stride)

    def forward(self, x):
        y = F.relu(self.second(F.relu(self.first(x))))
        return F.relu(self.third(y) + self.shortcut(x))


def cnn():
    trunk = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(),
    )
    return trunk, nn.Linear(128, 10), (1, 28, 28)


def resnet(stem, widths, blocks, shape, kind=Residual):
    layers, inputs = stem, widths[0]
    for width, count in zip(widths, blocks):
        for block in range(count):
            layers.append(kind(inputs, width, 2 if block == 0 and width > widths[0] else 1))
            inputs = width if kind is Residual else 4 * width
    trunk = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return trunk, nn.Linear(inputs, 10), shape


def imagenet_stem():
    return [conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]


def vgg16():
    layers, inputs = [], 3
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU()]
            inputs = filters
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Flatten(), *dense), nn.Linear(4096, 10), (3, 224, 224)


networks = {
    "cnn": cnn,
    "cifar_resnet20_b": lambda: resnet([conv(3, 16, 3), nn.ReLU()], (16, 32, 64), (3, 3, 3), (3, 32, 32)),
    "resnet18": lambda: resnet(imagenet_stem(), (64, 128, 256, 512), (2, 2, 2, 2), (3, 224, 224)),
    "resnet50": lambda: resnet(imagenet_stem(), (64, 128, 256, 512), (3, 4, 6, 3), (3, 224, 224), Bottleneck),
    "vgg16": vgg16,
    "none": lambda: (nn.Linear(2048, 2048, bias=False), None, (2048, 2048)),
}

memory = Memory()
began = time.perf_counter()
trunk, head, shape = networks[work["network"]]()
frozen = work["kind"] == "frozen"
network = trunk if work["kind"] in ("embed", "product") else nn.Sequential(trunk, head)
if kind != "plain":
    network = network.to(memory_format=torch.channels_last)
network.train(training)
if frozen:
    trunk.eval().requires_grad_(False)
parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
optimizer = None
if training:
    optimizer = (
        torch.optim.Adam(parameters, 1e-3) if work["optimizer"] == "adam" else torch.optim.SGD(parameters, 1e-3, 0.9)
    )

batch, batches = work["batch"], work["batches"]
items = batch * min(batches, 8)
images = torch.randn(items, *shape)
if kind != "plain":
    images = images.to(memory_format=torch.channels_last)
labels = torch.randint(10, (items,))
session = None
if kind == "onnxruntime":
    import onnxruntime

    path = f"/tmp/curio-bench-{os.getpid()}.onnx"
    torch.onnx.export(
        network.to(memory_format=torch.contiguous_format), (images[:batch].contiguous(),), path,
        input_names=["images"], dynamo=False,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options)
    os.remove(path)
elif kind == "compile":
    network = torch.compile(network)


def run_batch():
    chosen = torch.randint(items, (batch,))
    x = images[chosen]
    if session:
        session.run(None, {"images": x.contiguous().numpy()})
        return
    if not training:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            network(x)
        return
    optimizer.zero_grad()
    loss = F.cross_entropy(network(x), labels[chosen])
    loss.backward()
    optimizer.step()
    loss.item()


def answer(**values):
    print(json.dumps(values), flush=True)


run_batch()
answer(startupSeconds=time.perf_counter() - began, idleMegabytes=memory.idle)
run_batch()
for _ in sys.stdin:
    start = time.perf_counter()
    for _ in range(batches):
        run_batch()
    answer(seconds=time.perf_counter() - start, samples=batch * batches)
answer(**memory.answer())
