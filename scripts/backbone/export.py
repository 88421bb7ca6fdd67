"""Turns a checkpoint of train.py into resources/backbone/: the ONNX file (half-float weights) and manifest.json, checked against PyTorch."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from onnx_writer import OnnxWriter
from student import TAP_CHANNELS, TAP_STRIDES, Student

LICENCE = "MIT (weights); trained on photographs under CC BY 4.0, see MODEL-CARD.md"


def save_onnx(student: Student, path: Path) -> float:
    """Writes the net and returns the largest difference between ONNX Runtime and PyTorch, relative to the largest activation."""
    student.eval()
    writer = OnnxWriter()
    with torch.no_grad():
        taps = student.emit(writer, "image")
        onnx.save(writer.model(taps, TAP_CHANNELS, TAP_STRIDES, "RGB 0..1, H and W multiples of 32"), path)
        image = torch.rand(2, 3, 96, 160, generator=torch.Generator().manual_seed(1))
        expected = student(image)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"image": image.numpy()})))
    return max(float(np.abs(got[t] - expected[t].numpy()).max() / expected[t].abs().max()) for t in TAP_CHANNELS)


def save_manifest(path: Path, version: str) -> None:
    """Writes manifest.json beside the ONNX file: what the engine must know to feed it and to cut it."""
    manifest = {
        "id": "catchlight-s",
        "version": version,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "licence": LICENCE,
        "input": {
            "name": "image", "layout": "NCHW", "mean": [0, 0, 0], "std": [1, 1, 1],
            "scale": "0..1", "colour": "RGB", "multipleOf": 32,
        },
        "taps": [{"name": t, "stride": TAP_STRIDES[t], "channels": TAP_CHANNELS[t]} for t in TAP_CHANNELS],
    }
    (path.parent / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", help="checkpoint of train.py; without one the net is random (for trying shapes and speed)")
    parser.add_argument("--out", default=str(Path(__file__).parents[2] / "resources" / "backbone"))
    parser.add_argument("--version", default="0.1.0")
    options = parser.parse_args()
    torch.manual_seed(0)
    student = Student()
    if options.checkpoint:
        student.load_state_dict(torch.load(options.checkpoint, weights_only=True)["average"])
    path = Path(options.out) / "catchlight-s.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    difference = save_onnx(student, path)
    if difference > 0.02:
        raise SystemExit(f"the written net differs from PyTorch by {difference:.1%} of the largest activation: not kept")
    save_manifest(path, options.version)
    count = sum(p.numel() for p in student.parameters())
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {count / 1e6:.2f} M parameters, differs from PyTorch by {difference:.2%}")


if __name__ == "__main__":
    main()
