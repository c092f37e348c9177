"""The work of ../network_worker.ts in Keras on TensorFlow, as its users would write it well; same protocol.

    python keras_worker.py <work> keras <threads>

Images are kept as normalised float32 in memory; training is `fit` on arrays.
"""

import json
import os
import sys
import time

work_name, threads = sys.argv[1], int(sys.argv[3])
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "..", "works.json")) as file:
    work = json.load(file)[work_name]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(threads)
import keras
from keras import layers

from memory import Memory

keras.utils.set_random_seed(1)


def conv(x, filters, size, strides=1, relu=True):
    x = layers.Conv2D(filters, size, strides, "same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.ReLU()(x) if relu else x


def residual(x, filters, strides):
    y = conv(conv(x, filters, 3, strides), filters, 3, relu=False)
    shortcut = x if strides == 1 and x.shape[-1] == filters else conv(x, filters, 1, strides, relu=False)
    return layers.ReLU()(layers.Add()([y, shortcut]))


def cnn():
    images = keras.Input((28, 28, 1))
    x = images
    for filters in (32, 64):
        x = layers.MaxPooling2D(2, padding="same")(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
    return images, layers.Dense(128, activation="relu")(layers.Flatten()(x))


def resnet(shape, widths, blocks, stem):
    images = keras.Input(shape)
    x = stem(images)
    for width in widths:
        for block in range(blocks):
            x = residual(x, width, 2 if block == 0 and width > widths[0] else 1)
    return images, layers.GlobalAveragePooling2D()(x)


def application(network):
    return network.input, network.layers[-2].output


def matrix():
    rows = keras.Input((2048, 2048))
    return rows, layers.Dense(2048, use_bias=False)(rows)


networks = {
    "none": matrix,
    "cnn": cnn,
    "cifar_resnet20_b": lambda: resnet((32, 32, 3), (16, 32, 64), 3, lambda x: conv(x, 16, 3)),
    "resnet18": lambda: resnet(
        (224, 224, 3), (64, 128, 256, 512), 2, lambda x: layers.MaxPooling2D(3, 2, "same")(conv(x, 64, 7, 2))
    ),
    "resnet50": lambda: application(keras.applications.ResNet50(weights=None)),
    "vgg16": lambda: application(keras.applications.VGG16(weights=None)),
}

memory = Memory()
began = time.perf_counter()
inputs, features = networks[work["network"]]()
if work["kind"] == "frozen":
    keras.Model(inputs, features).trainable = False
network = keras.Model(inputs, features if work["kind"] in ("embed", "product") else layers.Dense(10)(features))
training = work["kind"] in ("train", "frozen")
batch, batches = work["batch"], work["batches"]
items = batch * batches
images = np.random.default_rng(1).standard_normal((items, *inputs.shape[1:]), np.float32)
labels = np.random.default_rng(1).integers(10, size=items)
if training:
    optimizer = keras.optimizers.Adam(1e-3) if work["optimizer"] == "adam" else keras.optimizers.SGD(1e-3, 0.9)
    network.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def run(count):
    if training:
        network.fit(images[: count * batch], labels[: count * batch], batch, verbose=0)
    else:
        network.predict(images[: count * batch], batch, verbose=0)


def answer(**values):
    print(json.dumps(values), flush=True)


run(1)
answer(startupSeconds=time.perf_counter() - began, idleMegabytes=memory.idle)
run(batches)
for _ in sys.stdin:
    start = time.perf_counter()
    run(batches)
    answer(seconds=time.perf_counter() - start, samples=batch * batches)
answer(**memory.answer())
