"""A round on embeddings with scikit-learn and modAL: one line of JSON for each line on standard input.

    python probe_peers.py <folder with what probe_bench.ts writes> <work> <tolerance>
"""

import json
import sys
import time

import numpy as np
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV


def embedding_round(pool, labelled, labels, tolerance):
    # Sums of float32 do not come as near as a small tolerance asks.
    labelled = labelled.astype(np.float64 if tolerance < 1e-4 else np.float32)
    learner = ActiveLearner(
        LogisticRegression(max_iter=10_000, tol=tolerance),
        query_strategy=margin_sampling,
        X_training=labelled,
        y_training=labels,
    )
    picks, _ = learner.query(pool, n_instances=100)
    return picks, learner


def choose_c(pool, labelled, labels, tolerance):
    LogisticRegressionCV(
        Cs=10 ** (np.arange(9) / 2 - 4), cv=5, scoring="neg_log_loss", max_iter=10_000, tol=tolerance, refit=False
    ).fit(labelled, labels)
    return [], None


WORKS = {"embedding round": embedding_round, "choose C": choose_c}


def main():
    folder, work, tolerance = sys.argv[1:]
    read = lambda part, kind: np.fromfile(f"{folder}/{part}", kind)
    features = lambda part: read(part, np.float32).reshape(-1, 512)
    pool, labelled, labels = features("embeddings"), features("labelledEmbeddings"), read("labels", np.int32)
    held_out, held_out_labels = features("heldOutEmbeddings"), read("heldOutLabels", np.int32)
    for _ in sys.stdin:
        began = time.perf_counter()
        picks, learner = WORKS[work](pool, labelled, labels, float(tolerance))
        seconds = time.perf_counter() - began
        accuracy = learner.score(held_out, held_out_labels) if learner and len(held_out) else None
        answer = {"seconds": seconds, "picks": [int(pick) for pick in picks], "accuracy": accuracy}
        print(json.dumps(answer), flush=True)


main()
