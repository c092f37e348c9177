"""Logits and gradients of networks of torchvision and Keras, whose weights follow a formula.

    python networks.py torch resnet18 vgg11_bn@56 vgg13_bn@32 vgg19@32 efficientnet_lite0 resnet50@32 >> networks.jsonl
    python networks.py keras keras_vgg16 keras_resnet50 >> networks.jsonl

Made with torch 2.13, torchvision, Keras 3 on TensorFlow 2.21. One line a network: logits at rest, and of each gradient
of the mean softmax cross-entropy in training (batch statistics, no dropout) its norm and its product with the formula's
numbers, which stand for all of it. `formula.ts` has the same formula.

A gradient jumps where a unit before a ReLU, or the lead of a maximum over its runner-up, is within rounding of 0. The
sizes are such that none is: PyTorch in float32, in both memory layouts, agrees with itself in float64 to 1e-5 there. At
other sizes it does not: VGG11 with batch norms is off by 8e-3 at 64 pixels and ResNet-50 by 7e-3 at 56, in one layout or
the other, VGG13 with batch norms by 3e-3 at 48 in both.

In networks of 50 layers and more batch norms are at rest: with the statistics of so few images PyTorch's gradients differ
by 5 % from its own in another memory layout.
"""

import json
import sys

import numpy as np

CLASSES, COUNT, HIDDEN = 7, 4, 16


def draws(name, size):
    """`size` numbers in [0, 1), by name."""
    seed = 2166136261
    for byte in name.encode():
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    x = np.arange(size, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2**32


def weight(name, shape, role, fan_in):
    u = draws(name, int(np.prod(shape)))
    value = {
        "kernel": (2 * u - 1) * np.sqrt(6 / fan_in),
        "gamma": 0.5 + u,
        "variance": 0.5 + 1.5 * u,
        "offset": 0.4 * u - 0.2,
    }[role]
    return value.astype(np.float32).reshape(shape)


def images(size):
    return np.floor(256 * draws("images", COUNT * size * size * 3)).reshape(COUNT, size, size, 3)


def at_rest(name):
    return any(depth in name for depth in ("50", "101", "152", "efficientnet"))


def line(name, size, logits, gradients):
    summary = {}
    for key, gradient in gradients.items():
        flat = np.asarray(gradient, np.float64).ravel()
        product = float(flat @ (2 * draws(f"probe {key}", flat.size) - 1))
        summary[key] = [float(f"{number:.7g}") for number in (np.linalg.norm(flat), product)]
    rows = [[float(f"{number:.8g}") for number in row] for row in np.asarray(logits)]
    print(json.dumps({"name": name, "size": size, "normsAtRest": at_rest(name), "logits": rows, "gradients": summary}))


def formula_weights(model):
    """Gives a PyTorch module the formula's weights; the names of its batch norms."""
    import torch
    from torch import nn

    norms = {key for key, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}
    for key, tensor in model.state_dict().items():
        layer, kind = key.rsplit(".", 1)
        if kind == "num_batches_tracked":
            continue
        role = {"running_var": "variance", "running_mean": "offset", "bias": "offset"}.get(kind)
        role = role or ("gamma" if layer in norms else "kernel")
        shape = tuple(tensor.shape)
        tensor.copy_(torch.from_numpy(weight(key, shape, role, int(np.prod(shape[1:])))))
    return norms


def torch_images(size, mean, deviation):
    import torch

    pixels = (images(size) / 255 - mean) / deviation
    return torch.from_numpy(pixels.transpose(0, 3, 1, 2).astype(np.float32).copy())


def of_torch(name, size):
    import torch
    import torchvision
    from torch import nn

    if name == "efficientnet_lite0":
        from efficientnet_lite0 import EfficientNetLite0

        model = EfficientNetLite0(CLASSES)
        mean, deviation = [127 / 255] * 3, [128 / 255] * 3
    else:
        with torch.device("meta"):
            model = getattr(torchvision.models, name)(weights=None)
        if name.startswith("vgg"):
            model.classifier[0] = nn.Linear(512 * 49, HIDDEN, device="meta")
            model.classifier[3] = nn.Linear(HIDDEN, HIDDEN, device="meta")
            model.classifier[6] = nn.Linear(HIDDEN, CLASSES, device="meta")
        else:
            model.fc = nn.Linear(model.fc.in_features, CLASSES, device="meta")
        model = model.to_empty(device="cpu")
        mean, deviation = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0
    norms = formula_weights(model)
    x = torch_images(size, mean, deviation)
    with torch.inference_mode():
        logits = model.eval()(x).numpy()
    loss = nn.functional.cross_entropy(model.train(not at_rest(name))(x), torch.arange(COUNT) % CLASSES)
    loss.backward()
    resting = norms if at_rest(name) else ()
    trained = {key: value for key, value in model.named_parameters() if key.rsplit(".", 1)[0] not in resting}
    line(name, size, logits, {key: parameter.grad.numpy() for key, parameter in trained.items()})


def of_keras(name, size):
    import keras
    import tensorflow as tf

    applications = keras.applications
    build = {"keras_resnet50": applications.ResNet50, "keras_vgg16": applications.VGG16}[name]
    model = build(weights=None, input_shape=(size, size, 3), classes=CLASSES, classifier_activation=None)
    if name == "keras_vgg16":
        x = model.get_layer("flatten").output
        for layer, units in (("fc1", HIDDEN), ("fc2", HIDDEN), ("predictions", CLASSES)):
            x = keras.layers.Dense(units, activation="relu" if units == HIDDEN else None, name=layer)(x)
        model = keras.Model(model.input, x)
    named = {f"{layer.name}/{variable.name}": variable for layer in model.layers for variable in layer.variables}
    for key, variable in named.items():
        kind = key.rsplit("/", 1)[1]
        role = {"kernel": "kernel", "gamma": "gamma", "moving_variance": "variance"}.get(kind, "offset")
        shape = tuple(variable.shape)
        variable.assign(weight(key, shape, role, int(np.prod(shape[:-1]))))
    x = applications.resnet50.preprocess_input(images(size).astype(np.float32))
    logits = np.asarray(model(x, training=False))
    with tf.GradientTape() as tape:
        labels = tf.one_hot(np.arange(COUNT) % CLASSES, CLASSES)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels, model(x, training=not at_rest(name))))
    trained = {key: variable for key, variable in named.items() if variable.trainable and "_bn/" not in key}
    gradients = tape.gradient(loss, [variable.value for variable in trained.values()])
    line(name, size, logits, dict(zip(trained, [gradient.numpy() for gradient in gradients])))


if __name__ == "__main__":
    framework, *names = sys.argv[1:]
    for given in names:
        network, _, side = given.partition("@")
        {"torch": of_torch, "keras": of_keras}[framework](network, int(side or 64))
