// An op of ours that runs all steps of a loop whose rows do not depend on each other, as those of recurrent layers: a few
// rows at a time go through all steps, so that what a step leaves stays in the processor's nearest memory. TensorFlow's
// own loops take some microseconds for each node of each step. What a step computes is a program in the op's attributes
// (made by src/backend/tensorflow/row-loop.ts).
#ifndef KERAS_NODE_ROW_LOOP_H_
#define KERAS_NODE_ROW_LOOP_H_

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "row_math.h"
#include "row_plan.h"

namespace keras_node {

/** One run: tensors, and matrices in the order in which they are read. */
struct RowRun {
  const RowPlan& plan;
  std::vector<const float*> inputs;
  std::vector<float*> results;
  std::vector<std::vector<float>> packed;
};

/** Some rows on their way through all steps. */
struct RowTile {
  const RowRun& run;
  float *shared, *scratch;
  int first, rows;

  float* At(const RowValue& value) const {
    return (value.stride == 0 ? shared + value.start : scratch + static_cast<int64_t>(value.start) * rows) + value.column;
  }
};

template <int L>
struct RowSteps {
  using S = Simd<L>;
  using V = typename S::V;

  /** Rows that a product takes at once: as many as their sums have registers for. */
  static constexpr int kRows = L == 16 ? 8 : 4;

  template <typename F>
  static KERAS_NODE_INLINE void Map(const RowTile& tile, const RowInstruction& i, F f) {
    const RowValue* values = tile.run.plan.values.data();
    const RowValue &to = values[i.to], &a = values[i.a], &b = values[i.b], &c = values[i.c];
    float* out = tile.At(to);
    const float *x = tile.At(a), *y = tile.At(b), *z = tile.At(c);
    for (int r = 0; r < tile.rows; r++, out += to.stride, x += a.stride, y += b.stride, z += c.stride) {
      for (int at = 0; at < to.width; at += L)
        S::Store(out + at, f(S::Load(x + at), S::Load(y + at), S::Load(z + at)));
    }
  }

  static KERAS_NODE_INLINE void Matmul(const RowTile& tile, const RowInstruction& i) {
    const RowPlan& plan = tile.run.plan;
    const RowValue &to = plan.values[i.to], &a = plan.values[i.a];
    const RowMatrix& matrix = plan.matrices[i.b];
    const float* packed = tile.run.packed[i.b].data();
    const float* x = tile.At(a);
    float* out = tile.At(to);
    int r = 0;
    for (; r + kRows <= tile.rows; r += kRows)
      S::template ProductOfRows<kRows, 1>(x + r * a.stride, a.stride, packed, matrix.depth, matrix.width,
                                          out + r * to.stride, to.stride);
    for (; r < tile.rows; r++)
      S::template ProductOfRows<1, 4>(x + r * a.stride, a.stride, packed, matrix.depth, matrix.width,
                                      out + r * to.stride, to.stride);
  }

  static KERAS_NODE_INLINE void Copy(const RowTile& tile, const RowValue& from, const RowValue& to) {
    const float* x = tile.At(from);
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++, x += from.stride, out += to.stride)
      memcpy(out, x, to.width * sizeof(float));
  }

  static KERAS_NODE_INLINE void Widen(const RowTile& tile, const RowInstruction& i) {
    const RowValue &to = tile.run.plan.values[i.to], &a = tile.run.plan.values[i.a];
    const float* x = tile.At(a);
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++, x += a.stride, out += to.stride) std::fill_n(out, to.width, *x);
  }

  static KERAS_NODE_INLINE void Step(const RowTile& tile) {
    for (const RowInstruction& i : tile.run.plan.program) {
      const V zero = {};
      switch (i.op) {
        case RowOp::kMatmul: Matmul(tile, i); break;
        case RowOp::kCopy: Copy(tile, tile.run.plan.values[i.a], tile.run.plan.values[i.to]); break;
        case RowOp::kWiden: Widen(tile, i); break;
        case RowOp::kSelect: Map(tile, i, [=](V x, V y, V z) { return x != zero ? y : z; }); break;
        case RowOp::kAdd: Map(tile, i, [](V x, V y, V) { return x + y; }); break;
        case RowOp::kSubtract: Map(tile, i, [](V x, V y, V) { return x - y; }); break;
        case RowOp::kMultiply: Map(tile, i, [](V x, V y, V) { return x * y; }); break;
        case RowOp::kDivide: Map(tile, i, [](V x, V y, V) { return x / y; }); break;
        case RowOp::kMaximum: Map(tile, i, [](V x, V y, V) { return S::Max(x, y); }); break;
        case RowOp::kMinimum: Map(tile, i, [](V x, V y, V) { return S::Min(x, y); }); break;
        case RowOp::kNegative: Map(tile, i, [](V x, V, V) { return -x; }); break;
        case RowOp::kSquare: Map(tile, i, [](V x, V, V) { return x * x; }); break;
        case RowOp::kExp: Map(tile, i, [](V x, V, V) { return S::FullExp(x); }); break;
        case RowOp::kRelu: Map(tile, i, [=](V x, V, V) { return x < zero ? zero : x; }); break;
        case RowOp::kSigmoid: Map(tile, i, [](V x, V, V) { return S::Sigmoid(x); }); break;
        case RowOp::kTanh: Map(tile, i, [](V x, V, V) { return S::Tanh(x); }); break;
        case RowOp::kReluGrad: Map(tile, i, [=](V x, V y, V) { return y > zero ? x : zero; }); break;
        case RowOp::kSigmoidGrad: Map(tile, i, [](V x, V y, V) { return x * y * (1.0f - y); }); break;
        case RowOp::kTanhGrad: Map(tile, i, [](V x, V y, V) { return x * (1.0f - y * y); }); break;
      }
    }
  }

  /** Rows of a tensor into a register. */
  static KERAS_NODE_INLINE void Read(const RowTile& tile, const float* tensor, int64_t step, const RowValue& to) {
    const float* from = tensor + (step * tile.run.plan.sizes[0].rows + tile.first) * to.width;
    float* out = tile.At(to);
    for (int r = 0; r < tile.rows; r++) memcpy(out + r * to.stride, from + r * to.width, to.width * sizeof(float));
  }

  static KERAS_NODE_INLINE void Write(const RowTile& tile, const RowValue& from, float* tensor, int64_t step) {
    float* to = tensor + (step * tile.run.plan.sizes[0].rows + tile.first) * from.width;
    const float* x = tile.At(from);
    for (int r = 0; r < tile.rows; r++) memcpy(to + r * from.width, x + r * from.stride, from.width * sizeof(float));
  }

  static KERAS_NODE_INLINE void All(const RowTile& tile) {
    const RowPlan& plan = tile.run.plan;
    const RowSizes& sizes = plan.sizes[0];
    const std::vector<RowValue>& values = plan.values;
    for (size_t i = 0; i < plan.inputs.size(); i++) {
      if (plan.inputs[i].kind == RowInput::kRows) Read(tile, tile.run.inputs[i], 0, values[plan.inputs[i].to]);
    }
    for (int n = 0; n < sizes.length; n++) {
      const int step = sizes.is_reverse ? sizes.length - 1 - n : n;
      for (size_t i = 0; i < plan.inputs.size(); i++) {
        if (plan.inputs[i].kind == RowInput::kSequence) Read(tile, tile.run.inputs[i], step, values[plan.inputs[i].to]);
      }
      Step(tile);
      for (size_t i = 0; i < plan.results.size(); i++) {
        if (plan.results[i].is_stacked) Write(tile, values[plan.results[i].from], tile.run.results[i], step);
      }
      for (const RowMove& move : plan.carries) Copy(tile, values[move.from], values[move.to]);
    }
    for (size_t i = 0; i < plan.results.size(); i++) {
      if (!plan.results[i].is_stacked) Write(tile, values[plan.results[i].from], tile.run.results[i], 0);
    }
  }
};

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) inline void StepsOfAvx512(const RowTile& tile) {
  RowSteps<16>::All(tile);
}
__attribute__((target("avx2,fma"))) inline void StepsOfAvx2(const RowTile& tile) { RowSteps<8>::All(tile); }
#endif
inline void StepsOfAny(const RowTile& tile) { RowSteps<4>::All(tile); }

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
      return RowProcessor{StepsOfAvx512, Simd<16>::kPanel};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      return RowProcessor{StepsOfAvx2, Simd<8>::kPanel};
#endif
    return RowProcessor{StepsOfAny, Simd<4>::kPanel};
  }();
  return processor;
}

/** A matrix in panels: some columns of all its rows one after the other, and zeros where it has no more columns. */
inline std::vector<float> Pack(const RowMatrix& matrix, const float* from, int panel) {
  const int depth = matrix.depth, width = matrix.width, columns = Padded(width);
  std::vector<float> packed(static_cast<size_t>(depth) * columns);
  for (int first = 0; first < width; first += panel) {
    float* to = packed.data() + static_cast<size_t>(first) * depth;
    const int count = std::min(panel, width - first);
    for (int k = 0; k < depth; k++, to += panel) {
      if (!matrix.is_transposed) {
        memcpy(to, from + static_cast<size_t>(k) * width + first, count * sizeof(float));
      } else {
        for (int i = 0; i < count; i++) to[i] = from[static_cast<size_t>(first + i) * depth + k];
      }
    }
  }
  return packed;
}

/** Rows that go through the steps together. */
constexpr int kTileRows = 8;

/** All tiles, by this thread and others. `shared`: what is the same for all rows. */
inline void RunTiles(const RowRun& run, std::vector<float>* shared) {
  const RowSizes& sizes = run.plan.sizes[0];
  std::atomic<int> next{0};
  const auto work = [&] {
    std::vector<float> scratch(static_cast<size_t>(sizes.scratch) * kTileRows + kPadding);
    for (int first; (first = kTileRows * next++) < sizes.rows;)
      ThisProcessor().steps(
          RowTile{run, shared->data(), scratch.data(), first, std::min(kTileRows, sizes.rows - first)});
  };
  std::vector<std::thread> others;
  try {
    for (int i = 1; i < sizes.threads; i++) others.emplace_back(work);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that are there do it.
  }
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace keras_node

#endif  // KERAS_NODE_ROW_LOOP_H_
