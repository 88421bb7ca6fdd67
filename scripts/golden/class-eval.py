"""Makes test/fixtures/class-eval.json: random image classifications with the figures scikit-learn gives them.

Needs Python with scikit-learn and numpy (made with 1.x): python3 scripts/golden/class-eval.py test/fixtures/class-eval.json
Same seed, same file. The studio's own figures must reproduce every one to 1e-9.
"""
import json
import sys

import numpy as np
from sklearn.metrics import (accuracy_score, average_precision_score, confusion_matrix, log_loss,
                             precision_recall_fscore_support)


def expected_calibration_error(right, confidence, bins=10):
    """Guo et al. 2017, equation 3: bins of equal width, the last closed."""
    at = np.minimum(bins - 1, np.floor(confidence * bins).astype(int))
    gaps = [abs(right[at == b].mean() - confidence[at == b].mean()) * (at == b).sum() for b in range(bins) if (at == b).any()]
    return float(sum(gaps) / len(right))


def make_case(name, seed, images, classes, sharpness, ties=False, absent=()):
    rng = np.random.default_rng(seed)
    present = [c for c in range(classes) if c not in absent]
    truth = rng.choice(present, images)
    logits = rng.normal(size=(images, classes))
    logits[np.arange(images), truth] += sharpness
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # Rounded as a file keeps them; equal scores on purpose where asked.
    shares = np.round(shares, 1 if ties else 6) + (0.01 if ties else 0)
    shares = shares / shares.sum(axis=1, keepdims=True)
    guess = shares.argmax(axis=1)
    labels = list(range(classes))
    precision, recall, f1, _ = precision_recall_fscore_support(truth, guess, labels=labels, zero_division=np.nan)
    number = lambda value: None if np.isnan(value) else float(value)
    per_class = []
    for c in labels:
        mine = truth == c
        per_class.append({
            'truth': int(mine.sum()), 'predicted': int((guess == c).sum()),
            'precision': number(precision[c]), 'recall': number(recall[c]), 'f1': number(f1[c]),
            'accuracy': float(accuracy_score(mine, guess == c)),
            'ap': float(average_precision_score(mine, shares[:, c])) if mine.any() else None,
        })
    return {
        'name': name, 'classes': classes, 'truth': truth.tolist(), 'probabilities': shares.tolist(),
        'expected': {
            'accuracy': float(accuracy_score(truth, guess)),
            'logLoss': float(log_loss(truth, shares, labels=labels)),
            'confusion': confusion_matrix(truth, guess, labels=labels).tolist(),
            'calibrationError': expected_calibration_error((guess == truth).astype(float), shares.max(axis=1)),
            'perClass': per_class,
        },
    }


def main(path):
    cases = [
        make_case('three classes, fair guesses', 1, 40, 3, 1.5),
        make_case('many equal probabilities', 2, 60, 4, 1.0, ties=True),
        make_case('classes that never occur', 3, 30, 5, 2.0, absent=(1, 4)),
        make_case('guesses worse than chance', 4, 30, 3, -1.0),
        make_case('one image', 5, 1, 3, 1.0),
    ]
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'madeBy': 'scripts/golden/class-eval.py', 'cases': cases}, file, separators=(',', ':'))
        file.write('\n')


main(sys.argv[1])
