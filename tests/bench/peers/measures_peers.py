"""Least confidence, margin and entropy in NumPy and modAL on the float32 matrix in a file.

    python measures_peers.py <file> <classes>

Reads lines `<implementation> <measure>`, answers each with its seconds as one line of JSON.
"""

import json
import sys
import time

import numpy as np
from modAL.uncertainty import classifier_entropy, classifier_margin, classifier_uncertainty

probabilities = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, int(sys.argv[2]))


class Fixed:
    """A classifier that predicts what it was given."""

    def predict_proba(self, _):
        return probabilities


def numpy_margin():
    two = np.partition(-probabilities, 1, axis=1)[:, :2]
    return two[:, 1] - two[:, 0]


works = {
    ("numpy", "leastConfidence"): lambda: 1 - probabilities.max(1),
    ("numpy", "margin"): numpy_margin,
    ("numpy", "entropy"): lambda: -(probabilities * np.log(probabilities)).sum(1),
    ("modAL", "leastConfidence"): lambda: classifier_uncertainty(Fixed(), None),
    ("modAL", "margin"): lambda: classifier_margin(Fixed(), None),
    ("modAL", "entropy"): lambda: classifier_entropy(Fixed(), None),
}
for line in sys.stdin:
    began = time.perf_counter()
    works[tuple(line.split())]()
    print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)
