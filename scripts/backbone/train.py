"""Trains the embedded backbone: the student learns to reproduce a teacher's feature maps, and to outline pasted shapes, on endless drawn samples.

The schedule is told in minutes, not steps: the learning rate warms up, stays, and falls to nothing in the last third of the time given.
Checkpoints hold the running average of the weights (key `average`), which is what export.py takes, and all that resuming needs.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from scenes import SCALE, Scenes, load_photos
from student import TAP_CHANNELS, Student
from teacher import Teacher, lay_over


@dataclass
class Sample:
    """One picture (uint8, 3×side×side, as the student sees it), the shapes pasted on it, and what the teacher said (half floats a tap)."""

    picture: Tensor
    shapes: Tensor
    said: dict[str, Tensor]


class Replay:
    """Batches of which a quarter is fresh and the rest comes again from the last few hundred samples: mirrored, tinted, brightened, grained.

    The teacher, who costs as much as the student's whole step, is asked once a sample. What it said of the plain picture holds for the altered one:
    so the student also learns that light and tint do not change a thing's nature.
    """

    def __init__(self, loader: DataLoader, ask: Callable[[Tensor], dict[str, Tensor]], side: int, seed: int, keep: int = 600) -> None:
        self._fresh, self._ask, self._side, self._keep = iter(loader), ask, side, keep
        self._kept: list[Sample] = []
        self._rng = np.random.default_rng(seed)

    def _add(self, count: int) -> None:
        pictures, shapes = next(self._fresh)
        large = pictures[:count].float() / 255
        small = F.interpolate(large, size=(self._side, self._side), mode="bilinear", antialias=True)
        said = self._ask(large)
        for i in range(len(large)):
            one = {tap: maps[i].half().contiguous() for tap, maps in said.items()}
            self._kept.append(Sample((small[i] * 255).round().to(torch.uint8), shapes[i], one))
        self._kept = self._kept[-self._keep :]

    def _alter(self, sample: Sample) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        rng = self._rng
        picture, shapes, said = sample.picture.float() / 255, sample.shapes, sample.said
        if rng.random() < 0.5:
            picture, shapes = picture.flip(-1), shapes.flip(-1)[[0, 1, 4, 3, 2, 5]]
            said = {tap: maps.flip(-1) for tap, maps in said.items()}
        if rng.random() < 0.7:
            tint = torch.from_numpy(rng.uniform(0.75, 1.25, (3, 1, 1)).astype(np.float32))
            picture = picture * tint + float(rng.uniform(-0.08, 0.08))
        if rng.random() < 0.2:
            picture = picture + torch.randn_like(picture) * float(rng.uniform(0.01, 0.05))
        return picture.clamp(0, 1), shapes, said

    def batch(self, size: int) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Pictures (size×3×side×side, 0..1), shapes, and the teacher's maps by tap."""
        fresh = size // 4
        self._add(fresh)
        old = self._rng.integers(len(self._kept), size=size - fresh)
        chosen = [self._alter(s) for s in [*self._kept[-fresh:], *(self._kept[i] for i in old)]]
        said = {tap: torch.stack([c[2][tap] for c in chosen]).float() for tap in chosen[0][2]}
        return torch.stack([c[0] for c in chosen]), torch.stack([c[1] for c in chosen]), said


class Standardiser(nn.Module):
    """Square root, then zero mean and unit variance a channel, by statistics of the first batches. Tames the heavy tails of ReLU features."""

    def __init__(self, channels: int, signed: bool = False) -> None:
        super().__init__()
        self.signed = signed
        self.bn = nn.BatchNorm2d(channels, affine=False, momentum=None)

    def forward(self, x: Tensor, learn: bool) -> Tensor:
        self.bn.train(learn)
        return self.bn(x if self.signed else x.clamp_min(0).sqrt()).clamp(-6, 6)


class Tutor(nn.Module):
    """Everything used only while training: what the teacher says, laid over the student's grids, and the adapters that compare."""

    def __init__(self, teacher: Teacher) -> None:
        super().__init__()
        self.teacher = teacher
        c8, c16, c32 = TAP_CHANNELS["s8"], TAP_CHANNELS["s16"], TAP_CHANNELS["s32"]
        self.norm5, self.norm9, self.norm_logits = Standardiser(256), Standardiser(512), Standardiser(1000, signed=True)
        self.to8, self.to16, self.to32 = nn.Conv2d(c8, 256 + 512, 1), nn.Conv2d(c16, 512, 1), nn.Conv2d(c32, 512 + 1000, 1)
        self.shape8, self.shape16 = nn.Conv2d(c8, 5, 1), nn.Conv2d(c16, 5, 1)

    @torch.no_grad()
    def targets(self, picture: Tensor, learn: bool) -> dict[str, Tensor]:
        maps = self.teacher.maps(picture)
        side = round(picture.shape[-1] / SCALE)
        grid8, grid16, grid32 = side // 8, side // 16, side // 32
        wide = lay_over(F.avg_pool2d(maps["fire9"], 3, 1, 1, count_include_pad=False), 16, SCALE, grid32, 32)
        logits = self.norm_logits(self.teacher.logits(wide), learn)
        fire5, fire9 = self.norm5(maps["fire5"], learn), self.norm9(maps["fire9"], learn)
        return {
            "s8": torch.cat([lay_over(fire5, 8, SCALE, grid8, 8), lay_over(fire9, 16, SCALE, grid8, 8)], 1),
            "s16": lay_over(fire9, 16, SCALE, grid16, 16),
            "s32": torch.cat([lay_over(F.avg_pool2d(fire9, 3, 1, 1, count_include_pad=False), 16, SCALE, grid32, 32), logits], 1),
        }

    def losses(self, taps: dict[str, Tensor], targets: dict[str, Tensor], shapes: Tensor) -> dict[str, Tensor]:
        """`imitate/*`: mean squared error in units of the target's variance (1 = knows nothing, 0 = equal). `outline`, `extent`: pasted shapes."""
        losses = {
            "imitate/s8": F.mse_loss(self.to8(taps["s8"]).float(), targets["s8"]),
            "imitate/s16": F.mse_loss(self.to16(taps["s16"]).float(), targets["s16"]),
            "imitate/s32": F.mse_loss(self.to32(taps["s32"]).float(), targets["s32"]),
        }
        outline8, extent8 = shape_losses(self.shape8(taps["s8"]).float(), shapes)
        outline16, extent16 = shape_losses(self.shape16(taps["s16"]).float(), halve(shapes))
        losses["outline"], losses["extent"] = outline8 + outline16, extent8 + extent16
        return losses


WEIGHTS = {"imitate/s8": 1.0, "imitate/s16": 1.0, "imitate/s32": 1.0, "outline": 0.5, "extent": 0.3}

#: The last part of the time is spent on samples a third larger (for --side 192: 256), so that the net is less used to the edge being near.
LARGE_FROM = 0.75


def halve(shapes: Tensor) -> Tensor:
    """The targets of scenes.make_targets on a grid of half the size; distances stay in stride-8 cells."""
    own = (shapes[:, :1] > 0.5).float()
    share = F.avg_pool2d(own, 2)
    distances = F.avg_pool2d(shapes[:, 2:] * own, 2) / share.clamp_min(0.25)
    return torch.cat([F.avg_pool2d(shapes[:, :1], 2), (F.avg_pool2d(shapes[:, 1:2], 2) > 0.99).float(), distances], 1)


def shape_losses(predicted: Tensor, shapes: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of "a pasted object is here", where known; smooth L1 of the logarithm of its distances to its box, inside it."""
    known = shapes[:, 1]
    outline = (F.binary_cross_entropy_with_logits(predicted[:, 0], shapes[:, 0], reduction="none") * known).sum() / known.sum().clamp_min(1)
    own = (shapes[:, :1] > 0.5).float()
    error = F.smooth_l1_loss(predicted[:, 1:], shapes[:, 2:].clamp(0.25, 64).log(), reduction="none")
    return outline, (error * own).sum() / (own.sum() * 4).clamp_min(1)


def rate(progress: float, peak: float) -> float:
    """Learning rate at 0..1 of the time: 2 % warm-up, level to 60 %, then straight down."""
    return peak * min(1.0, (progress + 0.001) / 0.02, max(0.0, (1 - progress) / 0.4))


def save(path: Path, student: Student, average: Student, tutor: Tutor, optimiser: torch.optim.Optimizer, step: int, spent_s: float) -> None:
    state = {
        "student": student.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "spentS": spent_s,
        "tutor": tutor.state_dict(),
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def in_channels_last(value: Any) -> Any:
    """The memory order in which convolutions run fastest here."""
    if isinstance(value, dict):
        return {key: in_channels_last(part) for key, part in value.items()}
    return value.contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def follow(average: Student, student: Student, step: int) -> None:
    decay = min(0.997, (1 + step) / (20 + step))
    for mine, theirs in zip(average.state_dict().values(), student.state_dict().values()):
        if mine.dtype.is_floating_point:
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", required=True, help="SqueezeNet 1.1 as ONNX")
    parser.add_argument("--photos", required=True, type=Path, help="folder of photographs (no labels are read)")
    parser.add_argument("--out", required=True, type=Path, help="folder for checkpoint.pt and log.jsonl")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=192, help="side of the student's samples in pixels, a multiple of 96; smaller is faster")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bf16", action="store_true", help="products in bfloat16: faster where the processor has AVX512-BF16 or AMX")
    parser.add_argument("--resume", action="store_true", help="go on from checkpoint.pt; --minutes is then the whole time, first part included")
    return parser.parse_args()


def keep_memory() -> None:
    """Starts this process again with an allocator that keeps freed memory (on Linux half the time went into giving pages back and forth) and
    with threads that sleep while they wait, so that a busy machine is not slowed by idle ones."""
    if sys.platform == "linux" and "MALLOC_MMAP_MAX_" not in os.environ:
        os.environ.update(MALLOC_MMAP_MAX_="0", MALLOC_TRIM_THRESHOLD_=str(1 << 40), MALLOC_TOP_PAD_=str(64 << 20), MALLOC_ARENA_MAX="1", OMP_WAIT_POLICY="passive")
        os.execv(sys.executable, [sys.executable, *sys.argv])


def main() -> None:
    keep_memory()
    options = parse()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    student = Student().to(memory_format=torch.channels_last)
    tutor = Tutor(Teacher(options.teacher, options.threads)).to(memory_format=torch.channels_last)
    parameters = [*student.parameters(), *tutor.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.02)
    average, step, spent_s = copy.deepcopy(student), 0, 0.0
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        student.load_state_dict(state["student"])
        average.load_state_dict(state["average"])
        tutor.load_state_dict(state["tutor"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent_s = state["step"], state["spentS"]
    photos = load_photos(options.photos)

    def samples(side: int) -> Replay:
        loader = DataLoader(Scenes(photos, options.seed + step, side), batch_size=options.batch // 4, num_workers=1, prefetch_factor=4)
        return Replay(loader, lambda pictures: tutor.targets(pictures, learn=step < 60), side, options.seed + step)

    replay, large = samples(options.side), False
    started, sums, saved, steps_logged = time.monotonic() - spent_s, {}, spent_s, 0
    log = (options.out / "log.jsonl").open("a")
    while (spent := time.monotonic() - started) < options.minutes * 60:
        progress = spent / (options.minutes * 60)
        optimiser.param_groups[0]["lr"] = rate(progress, options.rate)
        if progress > LARGE_FROM and not large:
            replay, large = samples(options.side * 4 // 3), True
        pictures, shapes, said = (in_channels_last(part) for part in replay.batch(options.batch))
        student.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            losses = tutor.losses(student(pictures), said, shapes)
        optimiser.zero_grad(set_to_none=True)
        sum(losses[k] * WEIGHTS[k] for k in WEIGHTS).backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        follow(average, student, step)
        step, steps_logged = step + 1, steps_logged + 1
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        if step % 50 == 0:
            line = {"step": step, "minutes": round(spent / 60, 2), **{k: round(v / steps_logged, 4) for k, v in sums.items()}}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            sums, steps_logged = {}, 0
        if spent - saved > 180:
            save(checkpoint, student, average, tutor, optimiser, step, spent)
            saved = spent
    save(checkpoint, student, average, tutor, optimiser, step, time.monotonic() - started)
    print(f"{step} steps, {step * options.batch} pictures, {options.minutes} minutes", flush=True)


if __name__ == "__main__":
    main()
