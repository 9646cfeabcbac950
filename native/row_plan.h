// The program of a loop over rows (see row_loop.h), and whether it may be run: it comes with a graph, and a graph may come
// from a file of a stranger's.
#ifndef KERAS_NODE_ROW_PLAN_H_
#define KERAS_NODE_ROW_PLAN_H_

#include <cstdint>
#include <vector>

namespace keras_node {

/** What an instruction does; numbered as in row-loop.ts. */
enum class RowOp : int32_t {
  kMatmul, kCopy, kWiden, kSelect,
  kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum,
  kNegative, kSquare, kExp, kRelu, kSigmoid, kTanh, kReluGrad, kSigmoidGrad, kTanhGrad,
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
};

struct RowMatrix {
  int32_t input, depth, width;
  int32_t is_transposed;
};

enum class RowInput : int32_t { kMatrix, kShared, kRows, kSequence };

struct RowBinding {
  RowInput kind;
  int32_t to;  // a value or a matrix
};

struct RowResult {
  int32_t is_stacked;
  int32_t from;
};

struct RowMove {
  int32_t from, to;
};

struct RowSizes {
  int32_t length, rows, is_reverse, threads, scratch, shared;
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
};

/** Whether all that a program names is there, so that nothing it does leaves its memory. */
class RowPlanCheck {
 public:
  explicit RowPlanCheck(const RowPlan& plan) : plan_(plan) {}

  bool Holds() const {
    return plan_.sizes.size() == 1 && SizesHold(plan_.sizes[0]) && All(plan_.values, &RowPlanCheck::ValueHolds) &&
           All(plan_.inputs, &RowPlanCheck::InputHolds) && All(plan_.matrices, &RowPlanCheck::MatrixHolds) &&
           All(plan_.program, &RowPlanCheck::InstructionHolds) && All(plan_.results, &RowPlanCheck::ResultHolds) &&
           All(plan_.carries, &RowPlanCheck::MoveHolds);
  }

 private:
  static constexpr int32_t kMost = 1 << 28;
  /** Floats of a row, and of what is the same for all; at most as many as row-loop.ts takes. */
  static constexpr int32_t kMostMemory = 1 << 22;
  static constexpr int32_t kMostThreads = 1024;

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
           s.shared <= kMostMemory && s.rows > 0 && static_cast<int64_t>(s.length) * s.rows <= INT32_MAX && s.threads > 0 &&
           s.threads <= kMostThreads;
  }

  /** Vectors may reach over its end by less than the padding that each memory has behind it. */
  bool ValueHolds(const RowValue& v) const {
    if (!IsSize(v.start) || !IsSize(v.column) || !IsSize(v.stride) || !IsSize(v.width)) return false;
    const int64_t end = static_cast<int64_t>(v.column) + v.width;
    if (v.stride == 0) return v.start + end <= plan_.sizes[0].shared;
    return end <= v.stride && static_cast<int64_t>(v.start) + v.stride <= plan_.sizes[0].scratch;
  }

  bool InputHolds(const RowBinding& binding) const {
    if (binding.kind == RowInput::kMatrix) return Has(plan_.matrices, binding.to);
    if (!Has(plan_.values, binding.to)) return false;
    const bool is_shared = plan_.values[binding.to].stride == 0;
    return binding.kind == RowInput::kShared ? is_shared
        : (binding.kind == RowInput::kRows || binding.kind == RowInput::kSequence) && !is_shared;
  }

  /** It has as many elements as the one that its input was checked for. */
  bool MatrixHolds(const RowMatrix& matrix) const {
    if (!IsSize(matrix.depth) || !IsSize(matrix.width) || !Has(plan_.inputs, matrix.input)) return false;
    const RowBinding& binding = plan_.inputs[matrix.input];
    return binding.kind == RowInput::kMatrix && Elements(matrix) <= kMost &&
           Elements(matrix) == Elements(plan_.matrices[binding.to]);
  }

  static int64_t Elements(const RowMatrix& matrix) { return static_cast<int64_t>(matrix.depth) * matrix.width; }

  bool InstructionHolds(const RowInstruction& i) const {
    if (i.op < RowOp::kMatmul || i.op > RowOp::kTanhGrad || !IsWritable(i.to) || !Has(plan_.values, i.a)) return false;
    const int32_t width = plan_.values[i.to].width;
    if (i.op == RowOp::kWiden) return plan_.values[i.a].width >= 1;
    if (i.op == RowOp::kMatmul) {
      return Has(plan_.matrices, i.b) && plan_.values[i.a].width >= plan_.matrices[i.b].depth &&
             width >= plan_.matrices[i.b].width;
    }
    return IsReadable(i.a, width) && (i.op == RowOp::kCopy || (IsReadable(i.b, width) && IsReadable(i.c, width)));
  }

  bool ResultHolds(const RowResult& result) const { return Has(plan_.values, result.from); }

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
