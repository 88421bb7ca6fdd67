"""Keras or PyTorch as the peer of `training.bench.ts`: trains lesson 7's heads on the features it is given, and times the steps it is asked for.

`python training_peer.py keras|torch` reads one JSON line a request. {"load": "dense"|"fcn", "features": file, "labels": file, "shape": [n, h, w, c],
"batch": n, "threads": n} answers {"ways": […], "version": …}; {"way": name, "steps": n} answers {"ms": milliseconds a step, "loss": of the last step}.
Features lie in memory before the clock starts, as NHWC float32; choosing the photographs of each batch counts, as it does for us. Optimiser: Adam, 1e-3.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np

CLASSES = 8
RATE = 1e-3
DROPOUT = 0.6
WIDTH = {"dense": 512, "fcn": 128}


class KerasSide:
    """`fit` on a `tf.data` stream, with XLA and without, and with Keras' own mixed precision."""

    ways = ("plain", "XLA", "mixed bfloat16")

    def __init__(self, threads: int) -> None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import keras
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        self.keras, self.tf = keras, tf
        self.version = f"Keras {keras.__version__}, TensorFlow {tf.__version__}"

    def load(self, head: str, x: np.ndarray, y: np.ndarray, batch: int) -> None:
        tf = self.tf
        self.models = {}
        for way in self.ways:
            self.keras.config.set_dtype_policy("mixed_bfloat16" if way == "mixed bfloat16" else "float32")
            model = self.dense(x.shape[1:]) if head == "dense" else self.fcn(x.shape[1:])
            loss = self.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(optimizer=self.keras.optimizers.Adam(RATE), loss=loss, jit_compile=way == "XLA")
            self.models[way] = model
        # Indices are shuffled and the photographs of a batch gathered in one op: faster than a stream of single photographs.
        features, labels = tf.constant(x), tf.constant(y)
        chosen = tf.data.Dataset.range(len(x)).shuffle(len(x)).repeat().batch(batch)
        self.stream = chosen.map(lambda i: (tf.gather(features, i), tf.gather(labels, i))).prefetch(1)

    def dense(self, shape: tuple[int, ...]):
        layers = self.keras.layers
        block = lambda rate: [layers.Dense(WIDTH["dense"], activation="relu"), layers.BatchNormalization(), layers.Dropout(rate)]
        return self.keras.Sequential(
            [
                layers.Input(shape),
                layers.MaxPooling2D(),
                layers.Dropout(DROPOUT / 4),
                layers.Flatten(),
                *block(DROPOUT),
                *block(DROPOUT / 2),
                layers.Dense(CLASSES),
            ]
        )

    def fcn(self, shape: tuple[int, ...]):
        layers = self.keras.layers
        block = lambda pool: [
            layers.Conv2D(WIDTH["fcn"], 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(pool, padding="same"),
        ]
        return self.keras.Sequential(
            [
                layers.Input(shape),
                layers.BatchNormalization(),
                *block((2, 2)),
                *block((2, 2)),
                *block((1, 2)),
                layers.Conv2D(CLASSES, 3, padding="same"),
                layers.GlobalAveragePooling2D(),
            ]
        )

    def train(self, way: str, steps: int) -> tuple[float, float]:
        """Seconds and the loss of the last step. The clock starts with the first batch's end, so that making the stream is left out."""
        clock = self.keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: self.mark(batch, logs))
        self.marks: list[float] = []
        self.models[way].fit(self.stream, steps_per_epoch=steps + 1, epochs=1, verbose=0, callbacks=[clock])
        return self.marks[-1] - self.marks[0], self.loss

    def mark(self, batch: int, logs: dict) -> None:
        self.loss = float(logs["loss"])
        self.marks.append(time.perf_counter())


class TorchSide:
    """A plain loop over tensors in channels-last order, with Adam as it comes and fused, and under autocast to bfloat16."""

    ways = ("Adam", "fused Adam", "fused Adam, autocast bfloat16")

    def __init__(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.version = f"PyTorch {torch.__version__}"

    def load(self, head: str, x: np.ndarray, y: np.ndarray, batch: int) -> None:
        torch = self.torch
        self.x = torch.from_numpy(x)
        self.y = torch.from_numpy(y).long()
        self.batch = batch
        self.models = {}
        for way in self.ways:
            made = self.dense(x.shape[1:]) if head == "dense" else self.fcn(x.shape[1:])
            model = made.to(memory_format=torch.channels_last).train()
            self.models[way] = (model, torch.optim.Adam(model.parameters(), lr=RATE, fused=way != "Adam"))

    def dense(self, shape: tuple[int, ...]):
        nn = self.torch.nn
        height, width, channels = shape
        inputs = (height // 2) * (width // 2) * channels
        block = lambda inputs, rate: [nn.Linear(inputs, WIDTH["dense"]), nn.ReLU(), nn.BatchNorm1d(WIDTH["dense"]), nn.Dropout(rate)]
        return nn.Sequential(
            nn.MaxPool2d(2),
            nn.Dropout(DROPOUT / 4),
            nn.Flatten(),
            *block(inputs, DROPOUT),
            *block(WIDTH["dense"], DROPOUT / 2),
            nn.Linear(WIDTH["dense"], CLASSES),
        )

    def fcn(self, shape: tuple[int, ...]):
        nn = self.torch.nn
        width = WIDTH["fcn"]
        block = lambda inputs, pool: [
            nn.Conv2d(inputs, width, 3, padding=1),
            nn.ReLU(),
            nn.BatchNorm2d(width),
            nn.MaxPool2d(pool, ceil_mode=True),
        ]
        return nn.Sequential(
            nn.BatchNorm2d(shape[2]),
            *block(shape[2], (2, 2)),
            *block(width, (2, 2)),
            *block(width, (1, 2)),
            nn.Conv2d(width, CLASSES, 3, padding=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )

    def train(self, way: str, steps: int) -> tuple[float, float]:
        torch = self.torch
        model, optimizer = self.models[way]
        began = time.perf_counter()
        for _ in range(steps):
            chosen = torch.randperm(len(self.x))[: self.batch]
            # NHWC in memory seen as NCHW: channels-last without a copy.
            with torch.autocast("cpu", torch.bfloat16, enabled="bfloat16" in way):
                out = model(self.x[chosen].permute(0, 3, 1, 2))
                loss = torch.nn.functional.cross_entropy(out.float(), self.y[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            last = loss.item()
        return time.perf_counter() - began, last


def main(kind: str) -> None:
    side: KerasSide | TorchSide | None = None
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            side = side or (KerasSide if kind == "keras" else TorchSide)(request["threads"])
            x = np.fromfile(request["features"], np.float32).reshape(request["shape"])
            y = np.fromfile(request["labels"], np.int32)
            side.load(request["load"], x, y, request["batch"])
            answer = {"ways": side.ways, "version": side.version}
        else:
            seconds, loss = side.train(request["way"], request["steps"])
            answer = {"ms": 1000 * seconds / request["steps"], "loss": loss}
        print(json.dumps(answer), flush=True)


main(sys.argv[1])
