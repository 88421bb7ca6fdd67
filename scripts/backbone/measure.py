"""Measures what frozen features are worth, the student's beside the teacher's: the figures of MODEL-CARD.md.

1. `deck`: which kind is the fish? A linear probe on average-pooled features inside the hand box, on the drawn sample project (a domain neither net
   was trained on), trained on some boats and tested on others.
2. `dense`: is a cell inside a creature, and of which kind? A linear probe on every stride-8 cell of photographs; average precision and area under the
   curve on the valid split.
3. `speed`: milliseconds a picture of 512×512 in ONNX Runtime.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from teacher import MEAN_BGR, Teacher

Features = Callable[[np.ndarray], list[np.ndarray]]
SIDE = 512


def student_features(path: str, threads: int) -> Features:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    return lambda image: session.run(["s8", "s16"], {"image": image})


def teacher_features(path: str, threads: int) -> Features:
    teacher = Teacher(path, threads)
    mean = np.array(MEAN_BGR, np.float32).reshape(1, 3, 1, 1)

    def run(image: np.ndarray) -> list[np.ndarray]:
        return teacher.session.run(["fire5", "fire9"], {"image": np.ascontiguousarray(image[:, ::-1] * 255 - mean)})

    return run


def letterbox(path: Path) -> tuple[np.ndarray, float, float, float]:
    """The picture in a SIDE×SIDE grey square, N×3×H×W 0..1, and scale, left, top."""
    image = Image.open(path).convert("RGB")
    scale = SIDE / max(image.size)
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
    left, top = (SIDE - small.width) // 2, (SIDE - small.height) // 2
    square = Image.new("RGB", (SIDE, SIDE), (114, 114, 114))
    square.paste(small, (left, top))
    return np.asarray(square, np.float32).transpose(2, 0, 1)[None] / 255, scale, left, top


def on_grid8(maps: list[np.ndarray]) -> np.ndarray:
    """Both taps on the stride-8 grid, cells × channels, square-rooted (tames the tails of ReLU features, the same for every net)."""
    fine, coarse = maps[0][0], maps[1][0].repeat(2, 1).repeat(2, 2)
    both = np.concatenate([fine, coarse[:, : fine.shape[1], : fine.shape[2]]])
    return np.sqrt(np.maximum(both, 0)).reshape(len(both), -1).T


class Ridge:
    """Least squares with a small penalty, fed in pieces; columns standardised by the training statistics."""

    def __init__(self, inputs: int, outputs: int) -> None:
        self.xx, self.xy = np.zeros((inputs + 1, inputs + 1)), np.zeros((inputs + 1, outputs))
        self.weights = np.zeros((inputs + 1, outputs))

    def feed(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> None:
        one = np.concatenate([x, np.ones((len(x), 1), x.dtype)], 1).astype(np.float64)
        heavy = one if weight is None else one * weight[:, None]
        self.xx += heavy.T @ one
        self.xy += heavy.T @ y

    def solve(self, penalty: float) -> None:
        scale = np.sqrt(np.diag(self.xx) / self.xx[-1, -1]) + 1e-9
        xx = self.xx / np.outer(scale, scale) / self.xx[-1, -1]
        xx[np.diag_indices(len(xx) - 1)] += penalty
        self.weights = np.linalg.solve(xx, self.xy / scale[:, None] / self.xx[-1, -1]) / scale[:, None]

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[:-1] + self.weights[-1]


def average_precision(truth: np.ndarray, score: np.ndarray) -> float:
    order = np.argsort(-score, kind="stable")
    hits = truth[order].astype(np.float64)
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1) * hits).sum() / max(1, hits.sum()))


def area_under_curve(truth: np.ndarray, score: np.ndarray) -> float:
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    positive = truth.sum()
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive)))


def yolo_boxes(image: Path) -> np.ndarray:
    """class, centre x, centre y, width, height as shares of the picture."""
    label = image.parent.parent / "labels" / f"{image.stem}.txt"
    rows = [line.split() for line in label.read_text().splitlines() if line.strip()] if label.exists() else []
    return np.array(rows, np.float64).reshape(-1, 5)


def cell_classes(image: Path, scale: float, left: float, top: float, classes: int) -> np.ndarray:
    """cells × classes: 1 where the cell's centre lies in the middle 60 % of a box."""
    width, height = Image.open(image).size
    cells = SIDE // 8
    centre = np.arange(cells) * 8 + 4
    truth = np.zeros((cells, cells, classes), bool)
    for kind, cx, cy, w, h in yolo_boxes(image):
        inside_x = np.abs(centre - (cx * width * scale + left)) <= 0.3 * w * width * scale
        inside_y = np.abs(centre - (cy * height * scale + top)) <= 0.3 * h * height * scale
        truth[np.ix_(inside_y, inside_x, [int(kind)])] = True
    return truth.reshape(-1, classes)


def measure_dense(features: Features, data: Path, classes: int, every: int) -> dict[str, float]:
    """Linear probe of cells; trained on the train split (every `every`-th photograph), tested on the whole valid split."""
    ridge: Ridge | None = None
    for path in sorted((data / "train" / "images").glob("*.jpg"))[::every]:
        image, scale, left, top = letterbox(path)
        x, y = on_grid8(features(image)), cell_classes(path, scale, left, top, classes).astype(np.float64)
        ridge = ridge or Ridge(x.shape[1], classes + 1)
        ridge.feed(x, np.concatenate([y, y.max(1, keepdims=True)], 1))
    assert ridge is not None
    ridge.solve(1e-4)
    truths, scores = [], []
    for path in sorted((data / "valid" / "images").glob("*.jpg")):
        image, scale, left, top = letterbox(path)
        truth = cell_classes(path, scale, left, top, classes)
        truths.append(np.concatenate([truth, truth.any(1, keepdims=True)], 1))
        scores.append(ridge.predict(on_grid8(features(image))).astype(np.float32))
    truth, score = np.concatenate(truths), np.concatenate(scores)
    kinds = [c for c in range(classes) if truth[:, c].any()]
    return {
        "creatureAp": average_precision(truth[:, -1], score[:, -1]),
        "creatureAuc": area_under_curve(truth[:, -1], score[:, -1]),
        "meanClassAp": float(np.mean([average_precision(truth[:, c], score[:, c]) for c in kinds])),
        "meanClassAuc": float(np.mean([area_under_curve(truth[:, c], score[:, c]) for c in kinds])),
    }


def measure_deck(features: Features, sample: Path) -> dict[str, float]:
    """Linear probe of the kind of fish from features averaged over its box; three folds of boats; accuracy over all fish."""
    manifest = json.loads((sample / "manifest.json").read_text())
    names = [c["name"] for c in manifest["classes"]]
    rows, kinds, groups = [], [], []
    for record in manifest["images"]:
        if not record["boxes"]:
            continue
        image, scale, left, top = letterbox(sample / record["fileName"])
        cells = on_grid8(features(image)).reshape(SIDE // 8, SIDE // 8, -1)
        for fish in record["boxes"]:
            box = fish["box"]
            x0, y0 = (box["x"] * scale + left) / 8, (box["y"] * scale + top) / 8
            x1, y1 = x0 + box["w"] * scale / 8, y0 + box["h"] * scale / 8
            patch = cells[int(y0) : max(int(y0) + 1, round(y1)), int(x0) : max(int(x0) + 1, round(x1))]
            rows.append(patch.mean((0, 1)))
            kinds.append(names.index(fish["className"]))
            groups.append(int(record["group"][-2:]))
    x, y, group = np.array(rows), np.array(kinds), np.array(groups)
    right, balanced = np.zeros(len(y), bool), []
    for fold in range(3):
        test = group % 3 == fold
        ridge = Ridge(x.shape[1], len(names))
        share = np.bincount(y[~test], minlength=len(names))
        ridge.feed(x[~test], np.eye(len(names))[y[~test]], 1.0 / np.maximum(share, 1)[y[~test]])
        ridge.solve(3e-2)
        right[test] = ridge.predict(x[test]).argmax(1) == y[test]
    balanced = [right[y == c].mean() for c in range(len(names)) if (y == c).any()]
    return {"fish": len(y), "accuracy": float(right.mean()), "balancedAccuracy": float(np.mean(balanced)), "majority": float(np.bincount(y).max() / len(y))}


def measure_speed(features: Features, runs: int = 20) -> dict[str, float]:
    image = np.random.default_rng(1).random((1, 3, SIDE, SIDE), dtype=np.float32)
    times = []
    for _ in range(runs + 3):
        started = time.perf_counter()
        features(image)
        times.append((time.perf_counter() - started) * 1000)
    return {"bestMs": min(times[3:]), "medianMs": float(np.median(times[3:]))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--student", default=str(Path(__file__).parents[2] / "resources" / "backbone" / "catchlight-s.onnx"))
    parser.add_argument("--teacher", help="SqueezeNet 1.1 as ONNX; without it only the student is measured")
    parser.add_argument("--sample", type=Path, help="folder of the drawn sample with its manifest.json")
    parser.add_argument("--photos", type=Path, help="folder with train/ and valid/, each images/ and labels/ (YOLO)")
    parser.add_argument("--classes", type=int, default=7)
    parser.add_argument("--every", type=int, default=1, help="train the dense probe on every n-th photograph")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    nets = {"student": student_features(options.student, options.threads)}
    if options.teacher:
        nets["teacher"] = teacher_features(options.teacher, options.threads)
    for name, features in nets.items():
        figures: dict[str, object] = {"net": name, "speed": measure_speed(features)}
        if options.sample:
            figures["deck"] = measure_deck(features, options.sample)
        if options.photos:
            figures["dense"] = measure_dense(features, options.photos, options.classes, options.every)
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
