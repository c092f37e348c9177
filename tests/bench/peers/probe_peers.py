"""A round on embeddings with scikit-learn and modAL: one line of JSON for each line on standard input.

    python probe_peers.py <folder with embeddings, labelledEmbeddings, labels> <work>
"""

import json
import sys
import time

import numpy as np
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV


def embedding_round(pool, labelled, labels):
    learner = ActiveLearner(
        LogisticRegression(max_iter=1000), query_strategy=margin_sampling, X_training=labelled, y_training=labels
    )
    picks, _ = learner.query(pool, n_instances=100)
    return picks


def choose_c(pool, labelled, labels):
    LogisticRegressionCV(
        Cs=10 ** (np.arange(9) / 2 - 4), cv=5, scoring="neg_log_loss", max_iter=1000, refit=False
    ).fit(labelled, labels)
    return []


WORKS = {"embedding round": embedding_round, "choose C": choose_c}


def main():
    folder, work = sys.argv[1:]
    read = lambda part, kind: np.fromfile(f"{folder}/{part}", kind)
    pool = read("embeddings", np.float32).reshape(-1, 512)
    labelled = read("labelledEmbeddings", np.float32).reshape(-1, 512)
    labels = read("labels", np.int32)
    for _ in sys.stdin:
        began = time.perf_counter()
        picks = WORKS[work](pool, labelled, labels)
        seconds = time.perf_counter() - began
        print(json.dumps({"seconds": seconds, "picks": [int(pick) for pick in picks]}), flush=True)


main()
