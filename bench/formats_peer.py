"""The peer of formats.bench.ts: datumaro reads or writes a data set; prints seconds, boxes and peak memory as JSON."""
import json
import logging
import resource
import sys
import time
import warnings

warnings.filterwarnings('ignore')
logging.disable(logging.CRITICAL)

from datumaro.components.annotation import Bbox  # noqa: E402
from datumaro.components.dataset import Dataset  # noqa: E402

# What the imports alone need is not counted against the work.
source, source_format, target, target_format = sys.argv[1:5]
data = None
began, spent = time.perf_counter(), time.process_time()
data = Dataset.import_from(source, source_format)
boxes = sum(sum(isinstance(one, Bbox) for one in item.annotations) for item in data)
read_s, read_cpu_s = time.perf_counter() - began, time.process_time() - spent
began, spent = time.perf_counter(), time.process_time()
data.export(target, target_format, save_media=False)
write_s, write_cpu_s = time.perf_counter() - began, time.process_time() - spent
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    'boxes': boxes,
    'readS': read_s,
    'readCpuS': read_cpu_s,
    'writeS': write_s,
    'writeCpuS': write_cpu_s,
    'peakMiB': peak,
}))
