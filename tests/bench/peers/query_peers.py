"""Runs one peer of selection_bench.ts, once for each line on standard input; answers with seconds and picks as JSON.

    python query_peers.py <folder> <work> <peer> <k> <limit in seconds>

Each function is what a user of the library would write for the work, written well: float32, matrix products, distances
kept from pick to pick.
"""

import json
import os
import signal
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def margin_numpy(x, labelled, p, labelled_p, k):
    top = np.partition(p, -2, axis=1)[:, -2:]
    return np.argsort(top[:, 1] - top[:, 0], kind="stable")[:k]


def nearest_squared(x, centres, block=4096):
    norms = np.einsum("ij,ij->i", x, x)
    centre_norms = np.einsum("ij,ij->i", centres, centres)
    nearest = np.empty(len(x), np.float32)
    for start in range(0, len(x), block):
        part = slice(start, start + block)
        nearest[part] = (centre_norms - 2 * (x[part] @ centres.T)).min(1) + norms[part]
    return nearest, norms


def k_center_numpy(x, labelled, p, labelled_p, k):
    """Furthest first, as in DISTIL's core-set, with the products in blocks and the distances kept."""
    nearest, norms = nearest_squared(x, labelled)
    picks = []
    for _ in range(k):
        pick = int(nearest.argmax())
        picks.append(pick)
        np.minimum(nearest, norms + norms[pick] - 2 * (x @ x[pick]), out=nearest)
        nearest[pick] = -np.inf
    return picks


def k_center_scikit_activeml(x, labelled, p, labelled_p, k):
    from skactiveml.pool import CoreSet

    everything = np.vstack([x, labelled])
    y = np.full(len(everything), np.nan)
    y[len(x):] = 0
    return CoreSet(random_state=0).query(everything, y, batch_size=k)


def badge_numpy(x, labelled, p, labelled_p, k):
    """k-means++ on gradient embeddings, with the distances factorised."""
    rng = np.random.default_rng(0)
    a = p.copy()
    a[np.arange(len(a)), a.argmax(1)] -= 1
    norms = np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", x, x)
    picks = [int(norms.argmax())]
    nearest = np.full(len(x), np.inf, np.float32)
    while len(picks) < k:
        last = picks[-1]
        distance = norms + norms[last] - 2 * (a @ a[last]) * (x @ x[last])
        nearest = np.minimum(nearest, np.maximum(distance, 0))
        nearest[last] = 0
        sums = np.cumsum(nearest, dtype=np.float64)
        picks.append(int(np.searchsorted(sums, rng.random() * sums[-1], "right")))
    return picks


def typiclust_scikit_learn(x, labelled, p, labelled_p, k):
    """The authors' code, with scikit-learn's neighbours in the place of faiss."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.neighbors import NearestNeighbors

    everything = np.vstack([labelled, x])
    clusters = min(len(labelled) + k, 500)
    labels = MiniBatchKMeans(clusters, batch_size=5000, random_state=0).fit_predict(everything)
    existing = np.arange(len(labelled))
    ids, sizes = np.unique(labels, return_counts=True)
    counts = np.bincount(labels[existing], minlength=labels.max() + 1)[ids]
    order = np.lexsort((-sizes, counts))
    ids = ids[order][sizes[order] > 5]
    labels[existing] = -1
    picks = []
    for turn in range(k):
        members = np.flatnonzero(labels == ids[turn % len(ids)])
        if len(members) == 0:
            continue
        count = min(20, max(1, len(members) // 2))
        count = min(count, len(members) - 1)
        if count == 0:
            best = members[0]
        else:
            distances, _ = NearestNeighbors(n_neighbors=count + 1).fit(everything[members]).kneighbors()
            best = members[distances[:, :count].mean(1).argmin()]
        picks.append(int(best) - len(labelled))
        labels[best] = -1
    return picks


def ranked_batch_numpy(x, labelled, p, labelled_p, k):
    """Cardoso's ranked batch, with the distances kept from pick to pick."""
    u = 1 - p.max(1)
    nearest, norms = nearest_squared(x, labelled)
    left = len(x)
    picks = []
    for _ in range(k):
        alpha = left / (len(x) + len(labelled))
        score = alpha * (1 - 1 / (1 + np.sqrt(np.maximum(nearest, 0)))) + (1 - alpha) * u
        score[picks] = -np.inf
        pick = int(score.argmax())
        picks.append(pick)
        np.minimum(nearest, norms + norms[pick] - 2 * (x @ x[pick]), out=nearest)
        left -= 1
    return picks


def ranked_batch_modal(x, labelled, p, labelled_p, k):
    from modAL.batch import ranked_batch

    class Classifier:
        X_training = labelled
        on_transformed = False

    picks = ranked_batch(Classifier(), x, 1 - p.max(1), k, "euclidean", None)
    return [int(pick) for pick in (picks[0] if isinstance(picks, tuple) else picks)]


def condensed_squared_distances(x, block=1000):
    """SciPy's pdist(x, "sqeuclidean"), by matrix products."""
    norms = np.einsum("ij,ij->i", x, x)
    parts = []
    for start in range(0, len(x), block):
        rows = x[start : start + block]
        squares = norms[start : start + block, None] + norms[start:] - 2 * (rows @ x[start:].T)
        np.maximum(squares, 0, out=squares)
        parts += [squares[row, row + 1 :] for row in range(len(rows))]
    return np.concatenate(parts, dtype=np.float64)


def cluster_margin_scipy(x, labelled, p, labelled_p, k):
    from scipy.cluster.hierarchy import fcluster, linkage

    rng = np.random.default_rng(0)
    tree = linkage(condensed_squared_distances(x), "average")
    clusters = fcluster(tree, -(-len(x) // 10), "maxclust")
    uncertain = margin_numpy(x, labelled, p, labelled_p, 10 * k)
    groups = {}
    for row in rng.permutation(uncertain):
        groups.setdefault(clusters[row], []).append(int(row))
    queue = sorted(groups.values(), key=len)
    picks = []
    while len(picks) < k:
        for group in queue:
            if group and len(picks) < k:
                picks.append(group.pop())
    return picks


def contrastive_scikit_activeml(x, labelled, p, labelled_p, k):
    """The lines of scikit-activeml's ContrastiveAL, without its classifier."""
    from sklearn.neighbors import NearestNeighbors

    neighbours = NearestNeighbors(n_neighbors=10).fit(labelled).kneighbors(x, return_distance=False)
    q = np.clip(labelled_p, 1e-7, 1)
    q /= q.sum(1, keepdims=True)
    c = np.clip(p, 1e-7, 1)
    c /= c.sum(1, keepdims=True)
    near = q[neighbours]
    scores = (near * np.log(near / c[:, None, :])).sum(-1).mean(-1)
    return np.argsort(-scores, kind="stable")[:k]


PEERS = {
    ("margin", "numpy"): margin_numpy,
    ("k-center greedy", "numpy"): k_center_numpy,
    ("k-center greedy", "scikit-activeml"): k_center_scikit_activeml,
    ("badge", "numpy factorised"): badge_numpy,
    ("typiclust", "scikit-learn"): typiclust_scikit_learn,
    ("ranked batch", "numpy incremental"): ranked_batch_numpy,
    ("ranked batch", "modAL"): ranked_batch_modal,
    ("cluster-margin", "scipy"): cluster_margin_scipy,
    ("contrastive", "scikit-activeml"): contrastive_scikit_activeml,
}


def within(limit, function):
    """Runs in a process of its own, which is stopped at the limit, in whatever library it is."""
    began = time.perf_counter()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(limit)
        picks = function()
        seconds = time.perf_counter() - began
        with open(theirs, "w") as pipe:
            json.dump({"seconds": seconds, "picks": [int(pick) for pick in picks]}, pipe)
        os._exit(0)
    os.close(theirs)
    with open(ours) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return json.dumps({"seconds": limit, "picks": [], "stopped": True})
    return answer


def main():
    folder, work, peer, k, limit = sys.argv[1:]
    read = lambda part, columns: np.fromfile(f"{folder}/{part}", np.float32).reshape(-1, columns)
    inputs = (
        read("embeddings", 512),
        read("labelledEmbeddings", 512),
        read("probabilities", 10),
        read("labelledProbabilities", 10),
    )
    for _ in sys.stdin:
        print(within(int(limit), lambda: PEERS[work, peer](*inputs, int(k))), flush=True)


main()
