// What the products share: the processor's abilities, threads, and tiles of sums that stay in registers.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_X86 1
#define WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,prefer-vector-width=512")))
#define HALF __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,prefer-vector-width=512")))
#define MIDDLE __attribute__((target("avx2,fma")))
#endif
#define ALWAYS static inline __attribute__((always_inline))


namespace catchlight {

// Sixteen floats, wherever they begin; the compiler makes one, two or four registers of them.
typedef float Lanes __attribute__((vector_size(64), aligned(4)));

constexpr int64_t kRows = 8;      // Rows of weights whose gradient is held at a time.
constexpr int64_t kColumns = 32;  // Columns of one tile: 8 × 32 sums fill half of the registers.
constexpr int64_t kChunk = 64;    // Rows a thread takes at a time; a multiple of kRows.
constexpr int64_t kLine = 64;     // Bytes of a cache line.

enum class Speed { kPlain, kMiddle, kWide, kHalf };

inline Speed DetectSpeed() {
#ifdef HAS_X86
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (wide && __builtin_cpu_supports("avx512bf16")) return Speed::kHalf;
  if (wide) return Speed::kWide;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Speed::kMiddle;
#endif
  return Speed::kPlain;
}

inline Speed FindSpeed() {
  static const Speed speed = DetectSpeed();
  return speed;
}

inline int64_t CountThreads() { return std::min(32u, std::max(1u, std::thread::hardware_concurrency())); }

/** Calls `work(first)` for first = 0, part, 2·part, … below `total`, on all processors this process may use. */
template <typename Make>
void ForEachPart(int64_t total, int64_t part, Make make_worker) {
  std::atomic<int64_t> next{0};
  const auto run = [&] {
    auto work = make_worker();
    for (int64_t first; (first = next.fetch_add(part)) < total;) work(first);
  };
  const int64_t parts = (total + part - 1) / part;
  const int64_t threads = std::min(CountThreads(), parts);
  std::vector<std::thread> others;
  for (int64_t i = 1; i < threads; i++) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

#ifdef HAS_X86
// The first `count` of sixteen lanes.
inline __mmask16 FirstLanes(int64_t count) {
  return count >= 16 ? 0xffff : count <= 0 ? 0 : static_cast<__mmask16>((1u << count) - 1);
}

// Two rows of sixteen floats as sixteen pairs.
HALF static inline __m512i PairLanes(__m512 low, __m512 high) {
  const __m512i lows = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(low)));
  const __m512i highs = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(high)));
  return _mm512_or_si512(lows, _mm512_slli_epi32(highs, 16));
}

HALF static inline __m512 MultiplyPairs(__m512 sum, uint32_t factor, __m512i pairs) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(factor))),
                          reinterpret_cast<__m512bh>(pairs));
}

// kRows × kColumns sums over pairs: `left` has its rows and pairs so far apart as told, `right` is [pairs][…], its rows `right_stride` apart.
// `ask(pair)` is called at each pair, to ask memory for what comes next.
template <typename Ask>
HALF static inline void HalfTile(const uint32_t* left, int64_t left_row, int64_t left_pair, const uint32_t* right,
                                 int64_t right_stride, int64_t pairs, float* sums, int64_t stride, bool adds,
                                 Ask ask) {
  __m512 held[kRows][2];
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; r++) {
    held[r][0] = adds ? _mm512_loadu_ps(sums + r * stride) : _mm512_setzero_ps();
    held[r][1] = adds ? _mm512_loadu_ps(sums + r * stride + 16) : _mm512_setzero_ps();
  }
  for (int64_t p = 0; p < pairs; p++) {
    const __m512i first = _mm512_loadu_si512(right + p * right_stride);
    const __m512i second = _mm512_loadu_si512(right + p * right_stride + 16);
    ask(p);
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; r++) {
      const uint32_t factor = left[r * left_row + p * left_pair];
      held[r][0] = MultiplyPairs(held[r][0], factor, first);
      held[r][1] = MultiplyPairs(held[r][1], factor, second);
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; r++) {
    _mm512_storeu_ps(sums + r * stride, held[r][0]);
    _mm512_storeu_ps(sums + r * stride + 16, held[r][1]);
  }
}

// Rows `first` and `first + 1` of a matrix, as pairs, to `to`; behind the last row there are noughts.
HALF inline void PairTwoRows(const float* values, int64_t rows, int64_t columns, int64_t first, uint32_t* to) {
  const float* low = values + first * columns;
  for (int64_t c = 0; c < columns; c += 16) {
    const __mmask16 in = FirstLanes(columns - c);
    const __m512 high = first + 1 < rows ? _mm512_maskz_loadu_ps(in, low + columns + c) : _mm512_setzero_ps();
    _mm512_mask_storeu_epi32(to + c, in, PairLanes(_mm512_maskz_loadu_ps(in, low + c), high));
  }
}

// A row of `count` floats as pairs of neighbours.
HALF inline void PairNeighbours(const float* values, int64_t count, uint32_t* to) {
  for (int64_t i = 0; i < count; i += 32) {
    const __m512 low = _mm512_maskz_loadu_ps(FirstLanes(count - i), values + i);
    const __m512 high = _mm512_maskz_loadu_ps(FirstLanes(count - i - 16), values + i + 16);
    const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
    _mm512_mask_storeu_epi32(to + i / 2, FirstLanes((count - i + 1) / 2), both);
  }
}
#endif

}  // namespace catchlight
