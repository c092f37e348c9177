"""CIFAR ResNets in PyTorch, their modules named as in github.com/akamaster/pytorch_resnet_cifar10.

    python cifar_resnet.py cifar_resnet20 cifar_resnet20_b >> networks.jsonl

The numbers are those that `networks.py` describes.
"""

import re
import sys

import torch
from networks import CLASSES, COUNT, formula_weights, line, torch_images
from torch import nn
from torch.nn import functional

MEAN, DEVIATION = [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]


def convolution(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, option):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = convolution(outputs, outputs, 3, 1), nn.BatchNorm2d(outputs)
        self.changes = stride > 1
        if self.changes and option == "b":
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        around = x
        if self.changes and hasattr(self, "shortcut"):
            around = self.shortcut(x)
        elif self.changes:
            margin = x.shape[1] // 2
            around = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, margin, margin))
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(y)) + around)


class ResNet(nn.Module):
    def __init__(self, depth, option):
        super().__init__()
        self.conv1, self.bn1 = convolution(3, 16, 3, 1), nn.BatchNorm2d(16)
        inputs = 16
        for stage, outputs in enumerate([16, 32, 64]):
            blocks = []
            for place in range((depth - 2) // 6):
                blocks.append(Block(inputs, outputs, 2 if stage > 0 and place == 0 else 1, option))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def write(name, size):
    depth, option = re.fullmatch(r"cifar_resnet(\d+)(?:_(b))?", name).groups()
    model = ResNet(int(depth), option or "a")
    formula_weights(model)
    x = torch_images(size, MEAN, DEVIATION)
    with torch.inference_mode():
        logits = model.eval()(x).numpy()
    functional.cross_entropy(model.train()(x), torch.arange(COUNT) % CLASSES).backward()
    line(name, size, logits, {key: parameter.grad.numpy() for key, parameter in model.named_parameters()})


if __name__ == "__main__":
    for given in sys.argv[1:]:
        write(given, 33 if given.endswith("_b") else 32)
