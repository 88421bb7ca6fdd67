"""The peer of audit-images.bench.ts: imagededup hashes the photographs of a folder and finds duplicates; prints pairs, seconds of the processor and peak memory as JSON."""
import json
import logging
import resource
import sys
import time
import warnings

warnings.filterwarnings('ignore')
logging.disable(logging.CRITICAL)

from imagededup.methods import PHash  # noqa: E402


def spent():
    """Of this process and of the ones it hands photographs to."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


# What the imports alone need is not counted against the work.
folder, distance = sys.argv[1], int(sys.argv[2])
began, cpu = time.perf_counter(), spent()
hasher = PHash(verbose=False)
encodings = hasher.encode_images(image_dir=folder)
hash_s, hash_cpu_s = time.perf_counter() - began, spent() - cpu
began, cpu = time.perf_counter(), spent()
found = hasher.find_duplicates(encoding_map=encodings, max_distance_threshold=distance)
pairs = sorted({tuple(sorted((a, b))) for a, others in found.items() for b in others})
print(json.dumps({
    'pairs': pairs,
    'hashed': len(encodings),
    'hashS': hash_s,
    'hashCpuS': hash_cpu_s,
    'findS': time.perf_counter() - began,
    'findCpuS': spent() - cpu,
    'peakMiB': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
