// The program of a loop over rows (see row_loop.h), and whether it may be run: it comes with a graph, and a graph may come
// from a file of a stranger's.
#ifndef KERAS_NODE_ROW_PLAN_H_
#define KERAS_NODE_ROW_PLAN_H_

#include <algorithm>
#include <cstdint>
#include <vector>

namespace keras_node {

/** What an instruction does; numbered as in row-instructions.ts. */
enum class RowOp : int32_t {
  kMatmul, kCopy, kWiden, kSum, kMost, kSoftmax, kSelect,
  kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kSquaredDifference,
  kNegative, kSquare, kSqrt, kRsqrt, kExp, kRelu, kSigmoid, kTanh, kReluGrad, kSigmoidGrad, kTanhGrad,
};

/** Where a value of a step is: in the scratch memory of each row, or, the same for all rows, in the shared one. */
struct RowValue {
  int32_t start;  // of its register: floats for each row
  int32_t column;
  int32_t stride;  // from row to row; 0: shared
  int32_t width;
};

struct RowInstruction {
  RowOp op;
  int32_t to, a, b, c;  // values; b of a product: a matrix
  int32_t splat;  // bit 0, 1, 2: the first number of a, b, c stands for all columns
};

/**
 * Where rows lie in a tensor: those of up to three axes, of which the last has `inner` and the one before it `middle`
 * places, and their distances. A distance of 0 repeats what is there.
 */
struct RowStrides {
  int32_t inner, middle;
  int32_t by_inner, by_middle, by_outer;

  int64_t At(int64_t row) const {
    return row % inner * by_inner + row / inner % middle * by_middle + row / inner / middle * by_outer;
  }
};

/** A matrix, or one for each group of rows. */
struct RowMatrix {
  int32_t input, depth, width;
  int32_t is_transposed;
  int32_t is_steady;  // the same in all runs
  int32_t is_grouped;
  int32_t row_stride;
  RowStrides groups;
};

enum class RowInput : int32_t { kMatrix, kShared, kRows, kSequence };

struct RowBinding {
  RowInput kind;
  int32_t to;  // a value or a matrix
  int32_t elements;
  RowStrides rows;
  int32_t by_step;  // of a sequence
};

struct RowResult {
  int32_t is_stacked;
  int32_t from;
  RowStrides rows;
  int32_t by_step;
};

struct RowMove {
  int32_t from, to;
};

struct RowSizes {
  int32_t length, rows, is_reverse, threads, scratch, shared;
  int32_t tile;  // rows that go through the steps together
  int32_t group;  // rows of a group; its matrices are not those of the next
};

/** The attributes of the op. */
struct RowPlan {
  std::vector<RowSizes> sizes;
  std::vector<RowValue> values;
  std::vector<RowInstruction> program;
  std::vector<RowMatrix> matrices;
  std::vector<RowBinding> inputs;
  std::vector<RowResult> results;
  std::vector<RowMove> carries;  // what the next step finds
  std::vector<int32_t> dims;  // of each result: how many, and these

  int32_t Groups() const { return sizes[0].rows / sizes[0].group; }
};

/** Whether all that a program names is there, so that nothing it does leaves its memory. */
class RowPlanCheck {
 public:
  explicit RowPlanCheck(const RowPlan& plan) : plan_(plan) {}

  bool Holds() const {
    return plan_.sizes.size() == 1 && SizesHold(plan_.sizes[0]) && All(plan_.values, &RowPlanCheck::ValueHolds) &&
           All(plan_.inputs, &RowPlanCheck::InputHolds) && All(plan_.matrices, &RowPlanCheck::MatrixHolds) &&
           All(plan_.program, &RowPlanCheck::InstructionHolds) && ResultsHold() && All(plan_.carries, &RowPlanCheck::MoveHolds);
  }

 private:
  static constexpr int32_t kMost = 1 << 28;
  /** Floats of a row, and of what is the same for all; at most as many as row-program.ts takes. */
  static constexpr int32_t kMostMemory = 1 << 22;
  static constexpr int32_t kMostTileMemory = 1 << 25;
  static constexpr int32_t kMostThreads = 1024;
  static constexpr int32_t kMostTile = 64;
  static constexpr size_t kMostAxes = 64;

  template <typename T>
  bool All(const std::vector<T>& records, bool (RowPlanCheck::*holds)(const T&) const) const {
    for (const T& record : records) {
      if (!(this->*holds)(record)) return false;
    }
    return true;
  }

  template <typename T>
  static bool Has(const std::vector<T>& records, int32_t number) {
    return number >= 0 && static_cast<size_t>(number) < records.size();
  }

  static bool IsSize(int32_t size) { return size >= 0 && size <= kMost; }

  static bool SizesHold(const RowSizes& s) {
    return IsSize(s.length) && IsSize(s.rows) && IsSize(s.scratch) && IsSize(s.shared) && s.scratch <= kMostMemory &&
           s.shared <= kMostMemory && s.rows > 0 && int64_t{s.length} * s.rows <= INT32_MAX && s.threads > 0 &&
           s.threads <= kMostThreads && s.tile > 0 && s.tile <= kMostTile &&
           int64_t{s.tile} * s.scratch <= kMostTileMemory && s.group > 0 && s.rows % s.group == 0;
  }

  /** Vectors may reach over its end by less than the padding that each memory has behind it. */
  bool ValueHolds(const RowValue& v) const {
    if (!IsSize(v.start) || !IsSize(v.column) || !IsSize(v.stride) || !IsSize(v.width)) return false;
    const int64_t end = int64_t{v.column} + v.width;
    if (v.stride == 0) return v.start + end <= plan_.sizes[0].shared;
    return end <= v.stride && int64_t{v.start} + v.stride <= plan_.sizes[0].scratch;
  }

  /** So many rows of a width, and each step's, end before `elements`. */
  static bool StaysWithin(const RowStrides& s, int64_t rows, int64_t width, int64_t elements) {
    for (int32_t size : {s.inner, s.middle, s.by_inner, s.by_middle, s.by_outer}) {
      if (!IsSize(size)) return false;
    }
    if (s.inner < 1 || s.middle < 1) return false;
    const int64_t outer = (rows - 1) / s.inner / s.middle;
    // Each product has at most 56 bits.
    return (s.inner - int64_t{1}) * s.by_inner + (s.middle - int64_t{1}) * s.by_middle + outer * s.by_outer + width <= elements;
  }

  bool InputHolds(const RowBinding& binding) const {
    if (!IsSize(binding.elements)) return false;
    if (binding.kind == RowInput::kMatrix) return Has(plan_.matrices, binding.to);
    if (!Has(plan_.values, binding.to)) return false;
    const RowValue& to = plan_.values[binding.to];
    if (binding.kind == RowInput::kShared) return to.stride == 0 && to.width <= binding.elements;
    const bool is_sequence = binding.kind == RowInput::kSequence;
    return (is_sequence || binding.kind == RowInput::kRows) && to.stride > 0 && IsSize(binding.by_step) &&
           StaysWithin(binding.rows, plan_.sizes[0].rows, to.width + Steps(is_sequence, binding.by_step), binding.elements);
  }

  /** Elements before the last step's. */
  int64_t Steps(bool has_steps, int32_t by_step) const {
    return has_steps ? int64_t{std::max(plan_.sizes[0].length - 1, 0)} * by_step : 0;
  }

  bool MatrixHolds(const RowMatrix& matrix) const {
    if (!IsSize(matrix.depth) || !IsSize(matrix.width) || !IsSize(matrix.row_stride) || !Has(plan_.inputs, matrix.input))
      return false;
    const RowBinding& binding = plan_.inputs[matrix.input];
    const int64_t rows = matrix.is_transposed ? matrix.width : matrix.depth;
    const int64_t columns = matrix.is_transposed ? matrix.depth : matrix.width;
    return binding.kind == RowInput::kMatrix && rows > 0 && columns > 0 && rows * columns <= kMost &&
           (!matrix.is_grouped || plan_.Groups() * rows * columns <= kMost) &&
           StaysWithin(matrix.groups, matrix.is_grouped ? plan_.Groups() : 1,
                       (rows - 1) * matrix.row_stride + columns, binding.elements);
  }

  bool InstructionHolds(const RowInstruction& i) const {
    if (i.op < RowOp::kMatmul || i.op > RowOp::kTanhGrad || !IsWritable(i.to) || !Has(plan_.values, i.a)) return false;
    const int32_t width = plan_.values[i.to].width;
    if (i.op == RowOp::kWiden || i.op == RowOp::kSum || i.op == RowOp::kMost)
      return plan_.values[i.a].width >= 1 && width >= 1;
    if (i.op == RowOp::kMatmul) {
      return Has(plan_.matrices, i.b) && plan_.values[i.a].width >= plan_.matrices[i.b].depth &&
             width >= plan_.matrices[i.b].width;
    }
    if (i.op == RowOp::kCopy || i.op == RowOp::kSoftmax) return IsReadable(i.a, width);
    return IsReadable(i.a, i.splat & 1 ? 1 : width) && IsReadable(i.b, i.splat & 2 ? 1 : width) &&
           IsReadable(i.c, i.splat & 4 ? 1 : width);
  }

  /** Each has its dimensions, which its rows fill. */
  bool ResultsHold() const {
    size_t at = 0;
    for (const RowResult& result : plan_.results) {
      if (!Has(plan_.values, result.from) || !IsSize(result.by_step) || at >= plan_.dims.size()) return false;
      const size_t count = plan_.dims[at++];
      if (count > kMostAxes || count > plan_.dims.size() - at) return false;
      int64_t elements = 1;
      for (size_t i = 0; i < count; i++) {
        const int32_t dim = plan_.dims[at++];
        if (!IsSize(dim) || (elements *= dim) > kMost) return false;
      }
      const int64_t width = plan_.values[result.from].width;
      const int64_t all = width * plan_.sizes[0].rows * (result.is_stacked ? plan_.sizes[0].length : 1);
      if (all != elements || !StaysWithin(result.rows, plan_.sizes[0].rows,
                                          width + Steps(result.is_stacked, result.by_step), elements))
        return false;
    }
    return at == plan_.dims.size();
  }

  bool MoveHolds(const RowMove& move) const {
    return IsWritable(move.to) && IsReadable(move.from, plan_.values[move.to].width);
  }

  /** What is the same for all rows is given, and several threads read it. */
  bool IsWritable(int32_t value) const { return Has(plan_.values, value) && plan_.values[value].stride > 0; }

  bool IsReadable(int32_t value, int32_t width) const {
    return Has(plan_.values, value) && plan_.values[value].width >= width;
  }

  const RowPlan& plan_;
};

}  // namespace keras_node

#endif  // KERAS_NODE_ROW_PLAN_H_
