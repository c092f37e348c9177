"""What modAL's documented examples ask for on data and beliefs that a test can make again; needs modAL, scikit-learn.

    python modal_examples.py

Prints the numbers that ../modal_examples_test.ts expects.
"""

from functools import partial

import modAL.models.base
import modAL.models.learners
import numpy as np
from modAL.batch import uncertainty_batch_sampling
from modAL.disagreement import consensus_entropy_sampling, max_disagreement_sampling
from modAL.models import ActiveLearner, Committee
from modAL.uncertainty import classifier_uncertainty, entropy_sampling, margin_sampling, uncertainty_sampling
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

# modAL 0.4.2.1 hands scikit-learn an argument that it has renamed since.
modAL.models.base.check_X_y = modAL.models.learners.check_X_y = lambda X, y, **_: (X, y)

COUNT, CENTRES = 90, [(1.0, 1.0), (3.0, 1.5), (2.0, 3.0)]


def points():
    """Three clouds that overlap; every coordinate is a multiple of 1/64, so float32 holds it."""
    labels = np.arange(COUNT) % 3
    noise = np.array([[(i * 37 + 11) % 101 - 50, (i * 53 + 29) % 97 - 48] for i in range(COUNT)]) / 64 * 2
    return np.array([CENTRES[label] for label in labels]) + noise, labels


class Fixed(ClassifierMixin, BaseEstimator):
    """Believes what a formula says, whatever it is taught."""

    classes_ = np.arange(3)

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        distances = np.array([((X - centre) ** 2).sum(axis=1) for centre in CENTRES]).T
        weights = np.exp(-distances)
        return weights / weights.sum(axis=1, keepdims=True)


X, y = points()
START = [0, 1, 2]


def learner(**options):
    return ActiveLearner(LogisticRegression(max_iter=10_000, tol=1e-10), **options)


def ask(model, ids, queries):
    """Of a pool, what each query asks for: it is taught, and taken out of the pool."""
    asked = []
    for _ in range(queries):
        query_index, query_instance = model.query(X[ids])
        picks = [int(ids[index]) for index in query_index]
        asked.append(picks if len(picks) > 1 else picks[0])
        model.teach(X=query_instance, y=y[ids[query_index]])
        ids = np.delete(ids, query_index)
    return asked


def pool_based(query_strategy, queries=12):
    """Pool-based sampling."""
    one = learner(query_strategy=query_strategy, X_training=X[START], y_training=y[START])
    asked = ask(one, ids=np.delete(np.arange(COUNT), START), queries=queries)
    return asked, round(one.score(X, y), 6)


def ranked_batches(batches=4):
    """Ranked batch-mode sampling, three at a time."""
    preset_batch = partial(uncertainty_batch_sampling, n_instances=3)
    one = ActiveLearner(Fixed(), preset_batch, X_training=X[START], y_training=y[START])
    return ask(one, ids=np.delete(np.arange(COUNT), START), queries=batches)


def stream():
    """Stream-based sampling: what is unsure enough is asked about, as it comes by."""
    one, asked = learner(X_training=X[START], y_training=y[START]), []
    for step in range(60):
        index = (step * 7 + 5) % COUNT
        if classifier_uncertainty(one, X[index].reshape(1, -1))[0] >= 0.4:
            one.teach(X[index].reshape(1, -1), y[index].reshape(-1))
            asked.append(index)
    return asked


def committee(query_strategy, queries=10):
    """Query by committee: members that began with other labels."""
    members = [learner(X_training=X[start], y_training=y[start]) for start in ([0, 1, 2], [3, 4, 5], [9, 16, 20])]
    whole = Committee(learner_list=members, query_strategy=query_strategy)
    asked = ask(whole, ids=np.arange(21, COUNT), queries=queries)
    return asked, round(whole.score(X, y), 6)


for strategy in (uncertainty_sampling, margin_sampling, entropy_sampling):
    print("pool-based", strategy.__name__, *pool_based(strategy))
print("ranked batch-mode", ranked_batches())
print("stream-based", stream())
for strategy in (consensus_entropy_sampling, max_disagreement_sampling):
    print("committee", strategy.__name__, *committee(strategy))
