"""Active learning with PyTorch and scikit-activeml, as their users would write it well: one line of JSON for each line on
standard input, which says the budget, and the gradient steps and the batch of a round.

    python loop_peers.py <folder with pool, poolLabels, test, testLabels, initial> <threads>
"""

import json
import sys
import time

import numpy as np
import torch
from skactiveml.pool import uncertainty_scores
from skactiveml.utils import simple_batch
from torch import nn
from torch.nn import functional as F

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)
# Faster here than the usual layout, in training and in prediction.
layout = torch.channels_last


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def fit(images, labels, steps, batch):
    network = cnn().to(memory_format=layout).train()
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    step = 0
    while step < steps:
        for chosen in torch.randperm(len(images)).split(batch)[: steps - step]:
            optimizer.zero_grad()
            F.cross_entropy(network(images[chosen]), labels[chosen]).backward()
            optimizer.step()
            step += 1
    return network.eval()


@torch.inference_mode()
def probabilities(network, images):
    return torch.cat([network(block).softmax(1) for block in images.split(256)])


def read(part):
    images = np.fromfile(f"{folder}/{part}", np.uint8).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    images = torch.from_numpy((images - 0.2860) / 0.3530).contiguous(memory_format=layout)
    return images, torch.from_numpy(np.fromfile(f"{folder}/{part}Labels", np.int32).astype(np.int64))


def run(pool, test, labelled, steps, batch, budget):
    images, labels = pool
    accuracies = []
    while True:
        network = fit(images[labelled], labels[labelled], steps, batch)
        accuracies.append((probabilities(network, test[0]).argmax(1) == test[1]).float().mean().item())
        if len(labelled) >= budget:
            return accuracies
        left = np.setdiff1d(np.arange(len(images)), labelled)
        scores = uncertainty_scores(probabilities(network, images[left]).numpy(), method="margin_sampling")
        labelled = np.concatenate([labelled, left[simple_batch(scores, batch_size=100)]])


pool, test = read("pool"), read("test")
initial = np.fromfile(f"{folder}/initial", np.int32)
for line in sys.stdin:
    began = time.perf_counter()
    accuracies = run(pool, test, initial, **json.loads(line))
    print(json.dumps({"seconds": time.perf_counter() - began, "accuracies": accuracies}), flush=True)
