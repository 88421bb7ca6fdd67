"""Training pictures: random crops of photographs, pictures drawn here, and shapes pasted on either, whose outlines are known because we drew them.

No label of any data set is read. A sample is (picture, objects, has_unknown): the picture is square RGB; objects are boxes and masks of what was
pasted; `has_unknown` says that the background is a photograph, which may hold creatures nobody marked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter
from torch.utils.data import IterableDataset

#: Teacher pixels per student pixel: the teacher sees each sample one and a half times as large, so its maps are finer.
SCALE = 1.5


@dataclass(frozen=True)
class Background:
    image: Image.Image
    is_photo: bool


def load_photos(folder: Path, longest_px: int = 1024) -> list[Image.Image]:
    """All photographs of a folder, RGB, shrunk to `longest_px`. Kept in memory: about 2 MB each."""
    photos = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"}):
        image = Image.open(path).convert("RGB")
        image.thumbnail((longest_px, longest_px))
        photos.append(image)
    if not photos:
        raise SystemExit(f"{folder} holds no photographs (.jpg, .png)")
    return photos


def crop_photo(rng: np.random.Generator, photos: list[Image.Image], size: int) -> Image.Image:
    """A random crop, 15 % to 100 % of the short side, stretched by up to a third, sometimes rotated, mirrored or upside down."""
    photo = photos[rng.integers(len(photos))]
    if rng.random() < 0.12:
        photo = photo.rotate(rng.uniform(-180, 180), Image.Resampling.BILINEAR, fillcolor=tuple(rng.integers(0, 256, 3).tolist()))
    short = min(photo.size)
    side = short * math.exp(rng.uniform(math.log(0.22), 0))
    width = min(photo.width, side * rng.uniform(0.75, 1.33))
    height = min(photo.height, side)
    left, top = rng.uniform(0, photo.width - width), rng.uniform(0, photo.height - height)
    crop = photo.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height), reducing_gap=1.5)
    if rng.random() < 0.5:
        crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.1:
        crop = crop.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return crop


def _noise(rng: np.random.Generator, size: int, octaves: int, stretch: float) -> np.ndarray:
    """Smooth noise 0..1, size×size: random grids of growing fineness, enlarged and summed. `stretch` > 1 makes streaks."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        cells = 2 ** (octave + 1) + 1
        grid = rng.random((max(2, int(cells / stretch)), cells), dtype=np.float32)
        layer = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC)
        total += np.asarray(layer) * 0.6**octave
    low, high = total.min(), total.max()
    return (total - low) / (high - low + 1e-6)


def draw_texture(rng: np.random.Generator, size: int) -> Image.Image:
    """A material: two or three colours laid along smooth noise, with grain, planks or tiles now and then."""
    noise = _noise(rng, size, int(rng.integers(2, 7)), float(rng.choice([1, 1, 1, 3, 8])))
    colours = rng.integers(0, 256, (3, 3)).astype(np.float32)
    if rng.random() < 0.6:
        colours = colours.mean(1, keepdims=True) * 0.7 + colours * 0.3
    first = colours[0] + (colours[1] - colours[0]) * noise[..., None]
    picture = first + (colours[2] - first) * (_noise(rng, size, 3, 1)[..., None] ** 2) * rng.uniform(0, 0.8)
    if rng.random() < 0.4:
        pitch = rng.uniform(4, size / 3)
        axis = np.arange(size)[:, None] if rng.random() < 0.5 else np.arange(size)[None, :]
        picture *= np.where((axis % pitch) < max(1.5, pitch * 0.06), rng.uniform(0.3, 0.9), 1.0)[..., None]
    picture += rng.normal(0, rng.uniform(0, 14), picture.shape)
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    return image.rotate(float(rng.choice([0, 90, 180, 270])) if rng.random() < 0.7 else float(rng.uniform(0, 360)))


def draw_scene(rng: np.random.Generator, size: int) -> Image.Image:
    """A drawn place: a material, with a few flat or textured quadrilaterals, discs, bars and a light falling off."""
    image = draw_texture(rng, size)
    pen = ImageDraw.Draw(image)
    for _ in range(rng.integers(0, 7)):
        colour = tuple(rng.integers(0, 256, 3).tolist())
        x, y = rng.uniform(0, size, 2)
        reach = rng.uniform(10, size / 2)
        kind = rng.integers(4)
        if kind == 0:
            angles = np.sort(rng.uniform(0, 2 * math.pi, rng.integers(3, 6)))
            pen.polygon([(x + reach * math.cos(a), y + reach * math.sin(a)) for a in angles], fill=colour)
        elif kind == 1:
            pen.ellipse((x - reach / 2, y - reach / 3, x + reach / 2, y + reach / 3), fill=colour)
        elif kind == 2:
            pen.line([(x, y), tuple(rng.uniform(0, size, 2))], fill=colour, width=int(rng.integers(2, 24)))
        else:
            patch = draw_texture(rng, max(16, int(reach)))
            image.paste(patch, (int(x), int(y)))
    if rng.random() < 0.5:
        light = Image.fromarray((_noise(rng, size, 2, 1) * 255 * rng.uniform(0.3, 0.8) + 255 * 0.2).clip(0, 255).astype(np.uint8))
        image = ImageChops.multiply(image, Image.merge("RGB", [light] * 3))
    return image


def _fish_outline(rng: np.random.Generator) -> list[tuple[float, float]]:
    """A swimming shape along x in −1..1: a spindle with a forked or round tail and one or two fins. Proportions at random."""
    depth, belly, fork = rng.uniform(0.1, 0.5), rng.uniform(0.7, 1.3), rng.uniform(-0.15, 0.2)
    nose = rng.uniform(0.5, 1.6)
    xs = np.linspace(-0.62, 1, 18)
    along = (1 - xs) / 1.62
    profile = depth * np.sin(np.pi * along.clip(0, 1) ** (1 / (1 + nose * 0.4))) ** rng.uniform(0.6, 1.1)
    tail = rng.uniform(0.12, 0.45)
    top = [(float(x), float(-p)) for x, p in zip(xs[::-1], profile[::-1])]
    bottom = [(float(x), float(p * belly)) for x, p in zip(xs, profile)]
    fin_at, fin_height = int(rng.integers(4, 11)), rng.uniform(0, 0.3)
    top[fin_at] = (top[fin_at][0] - 0.1, top[fin_at][1] - fin_height)
    if rng.random() < 0.6:
        at = int(rng.integers(4, 12))
        bottom[at] = (bottom[at][0] - 0.12, bottom[at][1] + rng.uniform(0, 0.3))
    return [*top, (-1.0, -tail), (-0.85 + fork, 0.0), (-1.0, tail), *bottom]


def _blob_outline(rng: np.random.Generator) -> list[tuple[float, float]]:
    """A closed wavy curve, a star or a bell: whatever is not a fish but is one thing."""
    angles = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    radius = np.ones_like(angles)
    for wave in range(2, 7):
        radius += rng.normal(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 6.3))
    if rng.random() < 0.25:
        radius *= 1 + rng.uniform(0.2, 0.6) * np.cos(rng.integers(4, 8) * angles)
    radius = radius.clip(0.15, None) / radius.max()
    squash = rng.uniform(0.35, 1)
    return [(float(r * math.cos(a)), float(r * math.sin(a) * squash)) for a, r in zip(angles, radius)]


def _fill(rng: np.random.Generator, photos: list[Image.Image], size: int) -> Image.Image:
    """What an object is made of: a piece of another photograph or a drawn material, darker on one side, sometimes barred or spotted."""
    base = crop_photo(rng, photos, size) if rng.random() < 0.6 else draw_texture(rng, size)
    array = np.asarray(base, np.float32) * rng.uniform(0.5, 1.3) + rng.uniform(-30, 50)
    ramp = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.8, 1.6), size, dtype=np.float32)
    array = array * ramp[:, None, None]
    if rng.random() < 0.35:
        pitch = rng.uniform(size / 14, size / 3)
        axis = np.arange(size)[None, :, None] if rng.random() < 0.6 else np.arange(size)[:, None, None]
        array = array * np.where((axis % pitch) < pitch * rng.uniform(0.15, 0.5), rng.uniform(0.3, 1.7), 1.0)
    return Image.fromarray(array.clip(0, 255).astype(np.uint8))


def paste_object(rng: np.random.Generator, image: Image.Image, photos: list[Image.Image]) -> np.ndarray | None:
    """Pastes one object into `image` (in place) and returns its mask, as large as the image, 0..255, or None when it fell outside."""
    size = image.width
    outline = _fish_outline(rng) if rng.random() < 0.65 else _blob_outline(rng)
    reach = size * math.exp(rng.uniform(math.log(0.03), math.log(0.4)))
    angle = rng.uniform(0, 2 * math.pi) if rng.random() < 0.5 else rng.normal(0, 0.3) + (math.pi if rng.random() < 0.5 else 0)
    cx, cy = rng.uniform(0, size, 2)
    bend, squash = rng.normal(0, 0.12), rng.uniform(0.6, 1.2)
    cos, sin = math.cos(angle), math.sin(angle)
    points = []
    for x, y in outline:
        y = y * squash + bend * x * x
        points.append((cx + reach * (x * cos - y * sin), cy + reach * (x * sin + y * cos)))
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).polygon(points, fill=255)
    box = mask.getbbox()
    if box is None or (box[2] - box[0]) * (box[3] - box[1]) < 60:
        return None
    side = max(box[2] - box[0], box[3] - box[1])
    fill = _fill(rng, photos, max(16, side)).resize((box[2] - box[0], box[3] - box[1]))
    edge = mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.6)))
    if rng.random() < 0.3:
        edge = edge.point(lambda v, k=rng.uniform(0.55, 0.95): int(v * k))
    if rng.random() < 0.35:
        shadow = ImageChops.offset(mask, int(rng.integers(-12, 13)), int(rng.integers(-12, 13))).filter(ImageFilter.GaussianBlur(6))
        image.paste((0, 0, 0), (0, 0), shadow.point(lambda v: int(v * 0.4)))
    image.paste(fill, box[:2], edge.crop(box))
    return np.asarray(mask)


def _style(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Colour shift, light, contrast, blur and noise, so that no camera is favoured."""
    for enhancer, spread in ((ImageEnhance.Brightness, 0.35), (ImageEnhance.Contrast, 0.35), (ImageEnhance.Color, 0.6)):
        if rng.random() < 0.6:
            image = enhancer(image).enhance(float(rng.uniform(1 - spread, 1 + spread)))
    array = np.asarray(image, np.float32)
    if rng.random() < 0.5:
        array = array * rng.uniform(0.6, 1.35, 3).astype(np.float32)
    if rng.random() < 0.1:
        array = array[..., rng.permutation(3)]
    if rng.random() < 0.08:
        array = np.repeat(array.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.25:
        array = array + rng.normal(0, rng.uniform(2, 16), array.shape).astype(np.float32)
    image = Image.fromarray(array.clip(0, 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.8))) if rng.random() < 0.2 else image


def make_targets(masks: list[np.ndarray], grid: int) -> np.ndarray:
    """Targets on the stride-8 grid, 6×grid×grid: inside 0..1, known 0..1, and distances to the box's left, top, right, bottom in eighths of
    the student's pixels (cells), valid where inside > 0.5. Later objects cover earlier ones; smaller ones win a cell in doubt."""
    target = np.zeros((6, grid, grid), np.float32)
    centres = np.arange(grid, dtype=np.float32) + 0.5
    scale = 0.0 if not masks else grid / len(masks[0])
    for mask in masks:
        ys, xs = np.nonzero(mask)
        left, right, top, bottom = xs.min() * scale, (xs.max() + 1) * scale, ys.min() * scale, (ys.max() + 1) * scale
        inside = np.asarray(Image.fromarray(mask).resize((grid, grid), Image.Resampling.BOX), np.float32) / 255
        mx, my = (right - left) * 0.35 + 1, (bottom - top) * 0.35 + 1
        ring = ((centres[None, :] > left - mx) & (centres[None, :] < right + mx)) & ((centres[:, None] > top - my) & (centres[:, None] < bottom + my))
        own = inside > 0.5
        target[0] = np.maximum(target[0] * (1 - own), inside)
        target[1] = np.maximum(target[1], ring)
        distances = np.stack(np.broadcast_arrays(
            centres[None, :] - left, centres[:, None] - top, right - centres[None, :], bottom - centres[:, None]))
        target[2:] = np.where(own, distances, target[2:])
    return target


class Scenes(IterableDataset):
    """Endless samples for a student of `side` pixels: (picture uint8, 3×1.5·side×1.5·side; targets, 6×side/8×side/8)."""

    def __init__(self, photos: list[Image.Image], seed: int, side: int) -> None:
        self.photos, self.seed, self.side = photos, seed, side

    def __iter__(self):
        rng = np.random.default_rng(self.seed)
        while True:
            yield self.sample(rng)

    def sample(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        is_photo = rng.random() < 0.8
        size = round(self.side * SCALE)
        image = crop_photo(rng, self.photos, size) if is_photo else draw_scene(rng, size)
        masks: list[np.ndarray] = []
        if not is_photo or rng.random() < 0.4:
            for _ in range(rng.integers(1, 6)):
                mask = paste_object(rng, image, self.photos)
                if mask is not None:
                    masks = [np.where(mask > 0, 0, earlier).astype(np.uint8) for earlier in masks]
                    masks = [m for m in masks if (m > 0).sum() > 40]
                    masks.append(mask)
        target = make_targets(masks, self.side // 8)
        if not is_photo:
            target[1] = 1
        picture = np.asarray(_style(rng, image))
        return np.ascontiguousarray(picture.transpose(2, 0, 1)), target
