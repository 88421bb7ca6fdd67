// The product of a batch with the weights of a wide dense layer, factors rounded to bfloat16, sums in float32.
#pragma once
#include "tiles.h"

namespace catchlight {

constexpr int64_t kDepth = 128;       // Inputs multiplied at a time; even.
constexpr int64_t kPartColumns = 256;  // The most columns a thread takes at a time; a multiple of kColumns.

struct Product {
  int64_t samples, inputs, outputs;  // outputs: a multiple of kColumns
  const float* x;                    // [samples, inputs]
  const float* w;                    // [inputs, outputs]
  float* y;                          // [samples, outputs]
  const uint32_t* half_x;            // x as pairs of neighbours, rows rounded up to kRows
};

// Weights that come next, asked for line by line while others are multiplied.
struct NextWeights {
  const char* at;
  int64_t left, bytes, gap, in_row;
  // Rows `row` to `row + rows` of a thread's columns.
  NextWeights(const Product& p, int64_t row, int64_t rows, int64_t first, int64_t columns)
      : at(reinterpret_cast<const char*>(p.w + row * p.outputs + first)),
        left(std::max<int64_t>(0, std::min(rows, p.inputs - row)) * columns * int64_t{sizeof(float)} / kLine),
        bytes(columns * int64_t{sizeof(float)}),
        gap((p.outputs - columns) * int64_t{sizeof(float)}),
        in_row(bytes) {}
  void Ask() {
    if (left-- <= 0) return;
    __builtin_prefetch(at, 0, 2);
    at += kLine;
    in_row -= kLine;
    if (in_row > 0) return;
    at += gap;
    in_row = bytes;
  }
};

#ifdef HAS_X86
// `columns` columns of x·w from `first` on, into `sums` [samples rounded up][columns].
HALF inline void MultiplyHalf(const Product& p, int64_t first, int64_t columns, uint32_t* half_w, float* sums) {
  const int64_t blocks = (p.samples + kRows - 1) / kRows, row = (p.inputs + 1) / 2;
  for (int64_t k = 0; k < p.inputs; k += kDepth) {
    const int64_t depth = std::min(kDepth, p.inputs - k), pairs = (depth + 1) / 2;
    NextWeights next(p, k + kDepth, kDepth, first, columns);
    for (int64_t c = 0; c < columns; c += kColumns) {
      for (int64_t i = 0; i < pairs; i++) {
        const float* low = p.w + (k + 2 * i) * p.outputs + first + c;
        const bool has_high = 2 * i + 1 < depth;
        for (int64_t lane = 0; lane < kColumns; lane += 16) {
          const __m512 high = has_high ? _mm512_loadu_ps(low + p.outputs + lane) : _mm512_setzero_ps();
          _mm512_storeu_si512(half_w + i * kColumns + lane, PairLanes(_mm512_loadu_ps(low + lane), high));
        }
      }
      for (int64_t b = 0; b < blocks * kRows; b += kRows) {
        HalfTile(p.half_x + b * row + k / 2, row, 1, half_w, kColumns, pairs, sums + b * columns + c, columns, k > 0, [&](int64_t i) {
          if (i % 2 == 0) next.Ask();
        });
      }
    }
  }
}

// y of `p`, all columns on all processors. Its `outputs` are a multiple of kColumns.
inline void Multiply(Product p) {
  const int64_t rounded = (p.samples + kRows - 1) / kRows * kRows, row = (p.inputs + 1) / 2;
  std::vector<uint32_t> half_x(rounded * row);
  ForEachPart(p.samples, kRows, [&] {
    return [&](int64_t first) {
      for (int64_t b = first; b < std::min(p.samples, first + kRows); b++)
        PairNeighbours(p.x + b * p.inputs, p.inputs, half_x.data() + b * row);
    };
  });
  p.half_x = half_x.data();
  const int64_t share = (p.outputs / kColumns + CountThreads() - 1) / CountThreads() * kColumns;
  const int64_t part = std::min(share, kPartColumns);
  ForEachPart(p.outputs, part, [&] {
    std::vector<uint32_t> packed(kDepth / 2 * kColumns);
    std::vector<float> sums(rounded * part);
    return [&, packed = std::move(packed), sums = std::move(sums)](int64_t first) mutable {
      const int64_t columns = std::min(part, p.outputs - first);
      MultiplyHalf(p, first, columns, packed.data(), sums.data());
      for (int64_t b = 0; b < p.samples; b++)
        std::copy_n(sums.data() + b * columns, columns, p.y + b * p.outputs + first);
    };
  });
}
#else
inline void Multiply(const Product&) {}
#endif

}  // namespace catchlight
