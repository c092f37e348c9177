"""Active learning as users of scikit-learn, modAL and PyTorch write it, on what ../curves_agree.ts has put into a folder.

    python learning_curves.py FOLDER

`protocol.json` there says what is to be done. Adds one line of JSON for each run to `runs.jsonl`: its strategy, seed and
the test accuracy after each round. Runs that are there already are not done again.
"""

import json
import sys
from pathlib import Path

import numpy as np


def read(folder, protocol):
    """Features or images, `[items, ...]`, and labels, of the pool and the test set."""
    kinds = {"features": np.float32, "cnn": np.uint8}

    def part(name):
        shape = protocol["shapes"][name]
        items = np.fromfile(folder / f"{name}.items", kinds[protocol["model"]]).reshape(shape)
        return items, np.fromfile(folder / f"{name}.labels", np.int32).astype(np.int64)

    return part("pool"), part("test")


def probe_run(pool, test, *, strategy, seed, initial, batch, budget, **_):
    """modAL's loop around scikit-learn's logistic regression; labels are asked by lot or by margin."""
    import modAL.models.learners
    from modAL.models import ActiveLearner
    from modAL.uncertainty import margin_sampling
    from sklearn.linear_model import LogisticRegression

    # modAL 0.4.2.1 hands scikit-learn an argument that it has renamed since.
    modAL.models.learners.check_X_y = lambda X, y, **_: (X, y)
    generator = np.random.default_rng(seed)

    def random_sampling(classifier, X, n_instances):
        return generator.choice(len(X), n_instances, replace=False)

    X, y = pool
    query_strategy = {"margin": margin_sampling, "random": random_sampling}[strategy]
    # The minimum that the default solver, lbfgs, comes near in 1,000 iterations; sooner, and to the end.
    regression = LogisticRegression(solver="newton-cholesky")
    learner = ActiveLearner(regression, query_strategy, X_training=X[initial], y_training=y[initial])
    left = np.setdiff1d(np.arange(len(X)), initial)
    values = [learner.score(*test)]
    while len(learner.y_training) < budget:
        asked, instances = learner.query(X[left], n_instances=batch)
        learner.teach(instances, y[left[asked]])
        left = np.delete(left, asked)
        values.append(learner.score(*test))
    return values


def cnn_run(pool, test, *, strategy, seed, initial, batch, budget, filters, denseUnits, steps, batchSize, learningRate, **_):
    """A CNN, new in each round, trained for so many steps of Adam on what is labelled."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.set_num_threads(1)
    torch.manual_seed(seed)

    def network():
        layers, inputs, side = [], 1, 28
        for count in filters:
            layers += [nn.Conv2d(inputs, count, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            inputs, side = count, side // 2
        layers.append(nn.Flatten())
        inputs *= side * side
        for units in denseUnits:
            layers += [nn.Linear(inputs, units), nn.ReLU()]
            inputs = units
        layers.append(nn.Linear(inputs, 10))
        for layer in layers:
            if hasattr(layer, "weight"):
                # TensorFlow.js cuts a normal distribution at two deviations, and does not widen it for that.
                deviation = (2 / layer.weight[0].numel()) ** 0.5
                nn.init.trunc_normal_(layer.weight, 0, deviation, -2 * deviation, 2 * deviation)
                nn.init.zeros_(layer.bias)
        nn.init.xavier_uniform_(layers[-1].weight)
        return nn.Sequential(*layers)

    images, labels = torch.from_numpy(pool[0][:, None]).float() / 255, torch.from_numpy(pool[1])
    test_images, test_labels = torch.from_numpy(test[0][:, None]).float() / 255, torch.from_numpy(test[1])
    labelled, values = list(initial), []
    while True:
        known = torch.tensor(labelled)
        mean, deviation = images[known].mean(), images[known].std(correction=0)
        model = network()
        optimizer = torch.optim.Adam(model.parameters(), learningRate, eps=1e-7)
        order = known[:0]
        for _ in range(steps):
            if len(order) == 0:
                order = known[torch.randperm(len(known))]
            now, order = order[:batchSize], order[batchSize:]
            optimizer.zero_grad()
            F.cross_entropy(model((images[now] - mean) / deviation), labels[now]).backward()
            optimizer.step()

        def beliefs(inputs):
            with torch.inference_mode():
                return torch.cat([model((part - mean) / deviation).softmax(1) for part in inputs.split(500)])

        values.append((beliefs(test_images).argmax(1) == test_labels).double().mean().item())
        if len(labelled) >= budget:
            return values
        left = np.setdiff1d(np.arange(len(images)), labelled)
        if strategy == "random":
            asked = torch.randperm(len(left))[:batch]
        else:
            top = beliefs(images[torch.from_numpy(left)]).topk(2).values
            asked = (top[:, 0] - top[:, 1]).topk(batch, largest=False).indices
        labelled += left[asked.numpy()].tolist()


def main():
    folder = Path(sys.argv[1])
    protocol = json.loads((folder / "protocol.json").read_text())
    pool, test = read(folder, protocol)
    run = {"features": probe_run, "cnn": cnn_run}[protocol["model"]]
    file = folder / "runs.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    done = {(each["strategy"], each["seed"]) for each in map(json.loads, lines)}
    for seed, initial in protocol["initial"].items():
        for strategy in ("random", "margin"):
            if (strategy, int(seed)) in done:
                continue
            values = run(pool, test, **{**protocol, "strategy": strategy, "seed": int(seed), "initial": initial})
            with file.open("a") as out:
                out.write(json.dumps({"strategy": strategy, "seed": int(seed), "values": values}) + "\n")


main()
