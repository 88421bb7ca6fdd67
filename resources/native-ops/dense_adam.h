// The weight gradient of a wide dense layer and Adam's step with it, a few rows of weights at a time.
#pragma once
#include "tiles.h"

namespace catchlight {

struct Step {
  int64_t samples, inputs, outputs;
  const float* x;   // [samples, inputs]
  const float* dy;  // [samples, outputs]
  float* w;         // [inputs, outputs], as the next three
  float* m;
  float* v;
  float* average;  // or null
  float rate, beta1, beta2, epsilon;
  float keep;  // Factor on the weights after the step: one less their decay.
  float mix;   // How far the average moves towards the weights.
  const uint32_t* half_dy;  // dy as pairs of bfloat16, or null
};

// What lies ahead of the rows at hand, asked for while they are computed: the gradient's product then hides the memory.
struct Ahead {
  float* arrays[4];
  int64_t count, tiles, bytes;
  const char* At(int64_t tile) const {
    if (count == 0) return nullptr;
    const int64_t which = tile * count / tiles;
    const int64_t first = (which * tiles + count - 1) / count;
    const int64_t last = ((which + 1) * tiles + count - 1) / count;
    return reinterpret_cast<const char*>(arrays[which]) + (tile - first) * (bytes / (last - first) / kLine * kLine);
  }
};

// One tile of the gradient, kRows × kColumns: `x` is [samples][kRows].
ALWAYS void MultiplyTile(const float* x, const float* dy, int64_t samples, int64_t outputs, float* g, const char* ahead) {
  Lanes sums[kRows][2] = {};
  for (int64_t b = 0; b < samples; b++) {
    const Lanes left = *reinterpret_cast<const Lanes*>(dy + b * outputs);
    const Lanes right = *reinterpret_cast<const Lanes*>(dy + b * outputs + 16);
    if (ahead != nullptr) __builtin_prefetch(ahead + b * kLine, 1, 2);
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; r++) {
      const float factor = x[b * kRows + r];
      sums[r][0] += factor * left;
      sums[r][1] += factor * right;
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; r++) {
    *reinterpret_cast<Lanes*>(g + r * outputs) = sums[r][0];
    *reinterpret_cast<Lanes*>(g + r * outputs + 16) = sums[r][1];
  }
}

// The columns that fill no tile.
ALWAYS void MultiplyRest(const float* x, const float* dy, int64_t samples, int64_t outputs, int64_t columns, float* g) {
  for (int64_t r = 0; r < kRows; r++) {
    std::fill(g + r * outputs, g + r * outputs + columns, 0.0f);
    for (int64_t b = 0; b < samples; b++) {
      const float factor = x[b * kRows + r];
      for (int64_t c = 0; c < columns; c++) g[r * outputs + c] += factor * dy[b * outputs + c];
    }
  }
}

// Adam's step (Kingma & Ba 2015) in the form of TensorFlow's ApplyAdam, then the decay, then the average.
ALWAYS void Move(const Step& s, int64_t at, int64_t count, const float* g) {
  float* __restrict w = s.w + at;
  float* __restrict m = s.m + at;
  float* __restrict v = s.v + at;
  const float mean_part = 1 - s.beta1, square_part = 1 - s.beta2, rate = s.rate, epsilon = s.epsilon, keep = s.keep;
#pragma GCC ivdep
  for (int64_t i = 0; i < count; i++) {
    const float mean = m[i] + (g[i] - m[i]) * mean_part;
    const float square = v[i] + (g[i] * g[i] - v[i]) * square_part;
    m[i] = mean;
    v[i] = square;
    w[i] = (w[i] - mean * rate / (__builtin_sqrtf(square) + epsilon)) * keep;
  }
  if (s.average == nullptr) return;
  float* __restrict average = s.average + at;
  const float mix = s.mix;
#pragma GCC ivdep
  for (int64_t i = 0; i < count; i++) average[i] += (w[i] - average[i]) * mix;
}

inline Ahead LookAhead(const Step& s, int64_t row) {
  Ahead ahead{{}, 0, s.outputs / kColumns, kRows * s.outputs * int64_t{sizeof(float)}};
  if (row + kRows > s.inputs || ahead.tiles < 4) return ahead;
  for (float* array : {s.w, s.m, s.v, s.average})
    if (array != nullptr) ahead.arrays[ahead.count++] = array + row * s.outputs;
  return ahead;
}

ALWAYS void StepRows(const Step& s, int64_t first, float* packed, float* g) {
  const int64_t rows = std::min(kChunk, s.inputs - first);
  const int64_t tiled = s.outputs / kColumns * kColumns;
  for (int64_t b = 0; b < s.samples; b++)
    for (int64_t r = 0; r < kChunk; r++)
      packed[r / kRows * s.samples * kRows + b * kRows + r % kRows] = r < rows ? s.x[b * s.inputs + first + r] : 0.0f;
  for (int64_t r = 0; r < rows; r += kRows) {
    const float* x = packed + r * s.samples;
    const Ahead ahead = LookAhead(s, first + r + kRows);
    for (int64_t c = 0; c < tiled; c += kColumns)
      MultiplyTile(x, s.dy + c, s.samples, s.outputs, g + c, ahead.At(c / kColumns));
    if (tiled < s.outputs) MultiplyRest(x, s.dy + tiled, s.samples, s.outputs, s.outputs - tiled, g + tiled);
    Move(s, (first + r) * s.outputs, std::min(kRows, rows - r) * s.outputs, g);
  }
}

inline void StepPlain(const Step& s, int64_t first, float* packed, float* g) { StepRows(s, first, packed, g); }
#ifdef HAS_X86
MIDDLE inline void StepMiddle(const Step& s, int64_t first, float* packed, float* g) { StepRows(s, first, packed, g); }
WIDE inline void StepWide(const Step& s, int64_t first, float* packed, float* g) { StepRows(s, first, packed, g); }

HALF inline void StepHalf(const Step& s, int64_t first, float* packed, float* g) {
  const int64_t rows = std::min(kChunk, s.inputs - first);
  const int64_t pairs = (s.samples + 1) / 2;
  uint32_t* half = reinterpret_cast<uint32_t*>(packed);  // [kChunk / kRows][pairs][kRows]
  for (int64_t p = 0; p < pairs; p++) {
    const float* low = s.x + 2 * p * s.inputs + first;
    const bool has_high = 2 * p + 1 < s.samples;
    for (int64_t r = 0; r < kChunk; r += 16) {
      const __mmask16 in = FirstLanes(rows - r);
      const __m512 high = has_high ? _mm512_maskz_loadu_ps(in, low + s.inputs + r) : _mm512_setzero_ps();
      const __m512i both = PairLanes(_mm512_maskz_loadu_ps(in, low + r), high);
      uint32_t* at = half + r * pairs + p * kRows;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), _mm512_castsi512_si256(both));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(at + pairs * kRows), _mm512_extracti64x4_epi64(both, 1));
    }
  }
  for (int64_t r = 0; r < rows; r += kRows) {
    const Ahead ahead = LookAhead(s, first + r + kRows);
    for (int64_t c = 0; c < s.outputs; c += kColumns) {
      const char* next = ahead.At(c / kColumns);
      HalfTile(half + r * pairs, 1, kRows, s.half_dy + c, s.outputs, pairs, g + c, s.outputs, false, [next](int64_t p) {
        if (next == nullptr) return;
        __builtin_prefetch(next + 2 * p * kLine, 1, 2);
        __builtin_prefetch(next + (2 * p + 1) * kLine, 1, 2);
      });
    }
    Move(s, (first + r) * s.outputs, std::min(kRows, rows - r) * s.outputs, g);
  }
}
#endif

inline void TakeStep(Step s, bool halves) {
  const Speed speed = FindSpeed();
  auto* step = StepPlain;
  std::vector<uint32_t> pairs;
#ifdef HAS_X86
  if (speed == Speed::kMiddle) step = StepMiddle;
  if (speed == Speed::kWide || speed == Speed::kHalf) step = StepWide;
  if (halves && speed == Speed::kHalf && s.outputs % kColumns == 0) {
    pairs.resize((s.samples + 1) / 2 * s.outputs);
    for (int64_t b = 0; b < s.samples; b += 2)
      PairTwoRows(s.dy, s.samples, s.outputs, b, pairs.data() + b / 2 * s.outputs);
    s.half_dy = pairs.data();
    step = StepHalf;
  }
#endif
  ForEachPart(s.inputs, kChunk, [&] {
    std::vector<float> packed(kChunk * (s.samples + 1)), g(kRows * s.outputs);
    return [&s, step, packed = std::move(packed), g = std::move(g)](int64_t first) mutable {
      step(s, first, packed.data(), g.data());
    };
  });
}

}  // namespace catchlight
