"""Makes test/fixtures/coco-eval.json: random detections with the figures pycocotools gives them.

Needs Python with pycocotools (made with 2.0.x): python3 scripts/golden/coco-eval.py test/fixtures/coco-eval.json
Same seed, same file. The studio's own metrics must reproduce every figure to 1e-6.
"""
import contextlib
import copy
import io
import json
import random
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def make_case(name, seed, images, classes, truth_per_image, noise, extras, ties=False, crowds=False, snap=False):
    rng = random.Random(seed)
    truth, detections = [], []

    def number(value):
        return float(round(value)) if snap else round(value, 3)

    def random_box():
        w, h = rng.uniform(8, 200), rng.uniform(8, 150)
        return [number(rng.uniform(0, 640 - w)), number(rng.uniform(0, 480 - h)), max(1.0, number(w)), max(1.0, number(h))]

    def score():
        return rng.choice([0.1, 0.3, 0.5, 0.7, 0.9]) if ties else round(rng.random(), 4)

    for image in range(1, images + 1):
        # Every fifth image is empty; the last class never has truth.
        count = 0 if image % 5 == 0 else rng.randint(0, truth_per_image)
        for _ in range(count):
            box, cls = random_box(), rng.randint(1, max(1, classes - 1))
            crowd = crowds and rng.random() < 0.25
            truth.append({'image': image, 'class': cls, 'box': box, 'crowd': crowd})
            for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
                shifted = [number(box[0] + rng.gauss(0, noise) * box[2]), number(box[1] + rng.gauss(0, noise) * box[3]),
                           max(1.0, number(box[2] * (1 + rng.gauss(0, noise)))), max(1.0, number(box[3] * (1 + rng.gauss(0, noise))))]
                guess = cls if rng.random() < 0.85 else rng.randint(1, classes)
                detections.append({'image': image, 'class': guess, 'box': shifted, 'score': score()})
                if rng.random() < 0.1:
                    detections.append(copy.deepcopy(detections[-1]))
        for _ in range(rng.randint(0, extras)):
            detections.append({'image': image, 'class': rng.randint(1, classes), 'box': random_box(), 'score': score()})
    rng.shuffle(detections)
    return {'name': name, 'images': images, 'classes': classes, 'truth': truth, 'detections': detections}


def evaluate(case):
    gt = COCO()
    gt.dataset = {
        'info': {},
        'images': [{'id': i, 'width': 640, 'height': 480, 'file_name': f'{i}.jpg'} for i in range(1, case['images'] + 1)],
        'categories': [{'id': c, 'name': f'c{c}'} for c in range(1, case['classes'] + 1)],
        'annotations': [{'id': n, 'image_id': t['image'], 'category_id': t['class'], 'bbox': t['box'],
                         'area': t['box'][2] * t['box'][3], 'iscrowd': int(t['crowd'])} for n, t in enumerate(case['truth'], 1)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        gt.createIndex()
        results = [{'image_id': d['image'], 'category_id': d['class'], 'bbox': d['box'], 'score': d['score']} for d in case['detections']]
        run = COCOeval(gt, gt.loadRes(results), 'bbox')
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision = run.eval['precision'][:, :, :, 0, -1]
    recall = run.eval['recall'][:, :, 0, -1]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else None

    per_class = [{'ap': mean(precision[:, :, k]), 'ap50': mean(precision[0, :, k]),
                  'recall50': None if recall[0, k] < 0 else float(recall[0, k])} for k in range(case['classes'])]
    stats = [None if value < 0 else float(value) for value in run.stats[:3]]
    return {'map': stats[0], 'map50': stats[1], 'map75': stats[2], 'perClass': per_class}


def main(path):
    cases = [
        make_case('few boxes, loose detections', 1, 12, 3, 4, 0.15, 3),
        make_case('many equal scores', 2, 20, 4, 5, 0.1, 4, ties=True),
        make_case('whole-pixel boxes, where IoU falls on the cuts', 3, 25, 3, 6, 0.08, 2, ties=True, snap=True),
        make_case('crowd regions', 4, 20, 3, 6, 0.1, 5, crowds=True),
        make_case('more than a hundred detections an image and class', 5, 4, 2, 6, 0.1, 260),
        make_case('tight detections', 6, 30, 5, 5, 0.02, 1),
        make_case('no truth at all', 7, 6, 3, 0, 0.1, 4),
    ]
    for case in cases:
        case['expected'] = evaluate(case)
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'madeBy': 'scripts/golden/coco-eval.py', 'cases': cases}, file, separators=(',', ':'))
        file.write('\n')


main(sys.argv[1])
