// An op of ours that computes row by row: a few rows at a time go through all instructions of a program, and through all steps
// of a loop whose rows do not depend on each other, as those of recurrent layers. So what one leaves for the next stays in the
// processor's nearest memory. TensorFlow takes some microseconds for each node. The program is in the op's attributes (made
// by src/backend/tensorflow/row-program.ts).
#ifndef KERAS_NODE_ROW_LOOP_H_
#define KERAS_NODE_ROW_LOOP_H_

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "crew.h"
#include "row_plan.h"

namespace keras_node {

/** Rows begin at multiples of so many floats, so that vectors of any size need no rest. */
constexpr int kPadding = 32;

constexpr int Padded(int width) { return (width + kPadding - 1) / kPadding * kPadding; }

/** A matrix in panels: some columns of all its rows one after the other, and zeros where it has no more columns. */
struct PackedMatrix {
  std::vector<float> all;
  /** From that of a group of rows to the next one's. */
  int64_t by_group = 0;
};

/** One run: tensors, and matrices in the order in which they are read. */
struct RowRun {
  const RowPlan& plan;
  std::vector<const float*> inputs;
  std::vector<float*> results;
  std::vector<const PackedMatrix*> packed;
};

/** Some rows on their way through all steps. */
struct RowTile {
  const RowRun& run;
  float *shared, *scratch;
  int first, rows;

  float* At(const RowValue& value) const {
    return (value.stride == 0 ? shared + value.start : scratch + int64_t{value.start} * rows) + value.column;
  }
};

#define KERAS_NODE_INLINE inline __attribute__((always_inline)) KERAS_NODE_TARGET
/** Of lambdas: they are not inlined by themselves. */
#define KERAS_NODE_WITHIN __attribute__((always_inline)) KERAS_NODE_TARGET

// No vector crosses a call, since all of these are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#define KERAS_NODE_LANES 16
#define KERAS_NODE_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
namespace avx512 {
#include "row_math.h"
#include "row_steps.h"
}  // namespace avx512
#undef KERAS_NODE_LANES
#undef KERAS_NODE_TARGET

#define KERAS_NODE_LANES 8
#define KERAS_NODE_TARGET __attribute__((target("avx2,fma")))
namespace avx2 {
#include "row_math.h"
#include "row_steps.h"
}  // namespace avx2
#undef KERAS_NODE_LANES
#undef KERAS_NODE_TARGET
#endif

#define KERAS_NODE_LANES 4
#define KERAS_NODE_TARGET
namespace any {
#include "row_math.h"
#include "row_steps.h"
}  // namespace any
#undef KERAS_NODE_LANES
#undef KERAS_NODE_TARGET

struct RowProcessor {
  void (*steps)(const RowTile&);
  int panel;
};

/** What this processor runs. */
inline const RowProcessor& ThisProcessor() {
  static const RowProcessor processor = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      return RowProcessor{avx512::Steps, avx512::Simd::kPanel};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      return RowProcessor{avx2::Steps, avx2::Simd::kPanel};
#endif
    return RowProcessor{any::Steps, any::Simd::kPanel};
  }();
  return processor;
}

/** Brings the matrix of one group into panels. */
inline void PackOne(const RowMatrix& matrix, const float* from, int panel, float* packed) {
  const int depth = matrix.depth, width = matrix.width;
  const int64_t stride = matrix.row_stride;
  for (int first = 0; first < width; first += panel) {
    float* to = packed + int64_t{first} * depth;
    const int count = std::min(panel, width - first);
    for (int k = 0; k < depth; k++, to += panel) {
      if (!matrix.is_transposed) {
        memcpy(to, from + k * stride + first, count * sizeof(float));
      } else {
        for (int i = 0; i < count; i++) to[i] = from[(first + i) * stride + k];
      }
    }
  }
}

inline std::unique_ptr<PackedMatrix> Pack(const RowPlan& plan, const RowMatrix& matrix, const float* from) {
  const int groups = matrix.is_grouped ? plan.Groups() : 1;
  auto packed = std::make_unique<PackedMatrix>();
  const int64_t size = int64_t{matrix.depth} * Padded(matrix.width);
  packed->all.resize(size * groups);
  packed->by_group = matrix.is_grouped ? size : 0;
  for (int group = 0; group < groups; group++)
    PackOne(matrix, from + matrix.groups.At(group), ThisProcessor().panel, packed->all.data() + group * size);
  return packed;
}

/** Memory of a run in this thread, which keeps a little for the next one. */
struct ScratchMemory {
  explicit ScratchMemory(size_t size) {
    static thread_local std::vector<float> kept;
    if (size > kMostKept) large.resize(size);
    else if (kept.size() < size) kept.resize(size);
    at = size > kMostKept ? large.data() : kept.data();
  }

  static constexpr size_t kMostKept = 1 << 18;
  std::vector<float> large;
  float* at;
};

/**
 * As long as it is there, numbers next to 0 that the processor computes slowly are 0, as in TensorFlow's own threads: what
 * comes out must not depend on the thread.
 */
class FlushDenormals {
 public:
  FlushDenormals(const FlushDenormals&) = delete;
#if defined(__SSE__)
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushResults | kFlushOperands); }
  ~FlushDenormals() { _mm_setcsr(before_); }

 private:
  static constexpr unsigned kFlushResults = 0x8000, kFlushOperands = 0x0040;
  const unsigned before_;
#else
  FlushDenormals() = default;
#endif
};

/** All tiles, by this thread and others. `shared`: what is the same for all rows. */
inline void RunTiles(const RowRun& run, std::vector<float>* shared) {
  const RowSizes& sizes = run.plan.sizes[0];
  const int of_group = (sizes.group + sizes.tile - 1) / sizes.tile;
  const int all = of_group * run.plan.Groups();
  std::atomic<int> next{0};
  Crew::Ours().Run(sizes.threads, [&] {
    const FlushDenormals flush;
    ScratchMemory scratch(static_cast<size_t>(sizes.scratch) * sizes.tile + kPadding);
    for (int tile; (tile = next++) < all;) {
      const int at = tile % of_group * sizes.tile;
      ThisProcessor().steps(RowTile{run, shared->data(), scratch.at, tile / of_group * sizes.group + at,
                                    std::min(sizes.tile, sizes.group - at)});
    }
  });
}

}  // namespace keras_node

#endif  // KERAS_NODE_ROW_LOOP_H_
