// The op KerasNodeRowLoop, as TensorFlow sees it: its definition, its kernel, and their registration.
#ifndef KERAS_NODE_ROW_LOOP_OP_H_
#define KERAS_NODE_ROW_LOOP_OP_H_

#include <mutex>

#include "row_loop.h"
#include "kernel_api.h"
#include "tensorflow/c/ops.h"
#include "tensors.h"

namespace keras_node {

constexpr char kRowLoop[] = "KerasNodeRowLoop";

/** A list of integers as records. */
template <typename T>
std::vector<T> Records(const std::vector<int32_t>& numbers, const char* name) {
  constexpr size_t kNumbers = sizeof(T) / sizeof(int32_t);
  if (numbers.size() % kNumbers != 0)
    throw Failure{TF_INVALID_ARGUMENT, std::string(name) + " has a part of a record", kRowLoop};
  std::vector<T> records(numbers.size() / kNumbers);
  if (!records.empty()) memcpy(records.data(), numbers.data(), numbers.size() * sizeof(int32_t));
  return records;
}

/** The program in the attributes; `read` gives the integers of one. */
template <typename Read>
std::unique_ptr<RowPlan> ReadPlan(Read read) {
  auto plan = std::make_unique<RowPlan>();
  plan->sizes = Records<RowSizes>(read("sizes"), "sizes");
  plan->values = Records<RowValue>(read("values"), "values");
  plan->program = Records<RowInstruction>(read("program"), "program");
  plan->matrices = Records<RowMatrix>(read("matrices"), "matrices");
  plan->inputs = Records<RowBinding>(read("inputs"), "inputs");
  plan->results = Records<RowResult>(read("results"), "results");
  plan->carries = Records<RowMove>(read("carries"), "carries");
  plan->dims = Records<int32_t>(read("dims"), "dims");
  if (!RowPlanCheck(*plan).Holds()) throw Failure{TF_INVALID_ARGUMENT, "it is no program of a loop over rows", kRowLoop};
  return plan;
}

inline std::vector<int32_t> AttrOf(TF_OpKernelConstruction* construction, const char* attr) {
  const Status status(TF_NewStatus());
  int32_t count = 0, bytes = 0;
  TF_OpKernelConstruction_GetAttrSize(construction, attr, &count, &bytes, status.get());
  Ok(status.get(), kRowLoop);
  std::vector<int32_t> numbers(static_cast<size_t>(count));
  TF_OpKernelConstruction_GetAttrInt32List(construction, attr, numbers.data(), count, status.get());
  Ok(status.get(), kRowLoop);
  return numbers;
}

/** An op of a graph: its program, and what it keeps from run to run. */
struct RowKernel {
  explicit RowKernel(std::unique_ptr<RowPlan> plan_) : plan(std::move(plan_)), steady(plan->matrices.size()) {}

  std::unique_ptr<RowPlan> plan;
  /** Matrices that are the same in all runs. */
  std::vector<std::unique_ptr<PackedMatrix>> steady;
  std::once_flag packed;
};

inline void* NewRowLoop(TF_OpKernelConstruction* construction) {
  try {
    return new RowKernel(ReadPlan([&](const char* attr) { return AttrOf(construction, attr); }));
  } catch (const Failure& failure) {
    const Status status(TF_NewStatus());
    TF_SetStatus(status.get(), failure.code, failure.message.c_str());
    TF_OpKernelConstruction_Failure(construction, status.get());
    return nullptr;
  }
}

/** Takes a tensor as the next input, which has to be of the size that the program was made for. */
inline void AddInput(RowRun* run, const TF_Tensor* tensor) {
  const size_t i = run->inputs.size();
  if (TF_TensorType(tensor) != TF_FLOAT || TF_TensorElementCount(tensor) != run->plan.inputs[i].elements)
    throw Failure{TF_INVALID_ARGUMENT, "input " + std::to_string(i) + " has another size or type than expected", kRowLoop};
  run->inputs.push_back(static_cast<const float*>(DataOf(tensor)));
}

/** Makes the results; `allocate` gives a tensor for the number of a result, its shape, and how many bytes it has. */
template <typename Allocate>
void MakeResults(RowRun* run, std::vector<Tensor>* tensors, Allocate allocate) {
  const std::vector<int32_t>& dims = run->plan.dims;
  for (size_t i = 0, at = 0; i < run->plan.results.size(); i++) {
    const int count = dims[at++];
    const std::vector<int64_t> shape(dims.begin() + at, dims.begin() + at + count);
    at += count;
    int64_t size = 1;
    for (const int64_t dim : shape) size *= dim;
    tensors->emplace_back(allocate(static_cast<int>(i), shape, static_cast<size_t>(size) * sizeof(float)));
    run->results.push_back(static_cast<float*>(DataOf(tensors->back().get())));
  }
}

/** Runs the program on inputs and for results that are there. */
inline void RunRows(RowKernel* kernel, RowRun* run) {
  const RowPlan& plan = *kernel->plan;
  std::vector<float> shared(static_cast<size_t>(plan.sizes[0].shared) + kPadding);
  for (size_t i = 0; i < plan.inputs.size(); i++) {
    const RowValue* to = plan.inputs[i].kind == RowInput::kShared ? &plan.values[plan.inputs[i].to] : nullptr;
    if (to != nullptr) std::copy_n(run->inputs[i], to->width, shared.data() + to->start + to->column);
  }
  const auto pack = [&](const RowMatrix& matrix) { return Pack(plan, matrix, run->inputs[matrix.input]); };
  std::call_once(kernel->packed, [&] {
    for (size_t i = 0; i < plan.matrices.size(); i++)
      if (plan.matrices[i].is_steady) kernel->steady[i] = pack(plan.matrices[i]);
  });
  std::vector<std::unique_ptr<PackedMatrix>> packed;
  for (size_t i = 0; i < plan.matrices.size(); i++) {
    if (!plan.matrices[i].is_steady) packed.push_back(pack(plan.matrices[i]));
    run->packed.push_back(plan.matrices[i].is_steady ? kernel->steady[i].get() : packed.back().get());
  }
  RunTiles(*run, &shared);
}

inline void ComputeRowLoop(RowKernel* kernel, TF_OpKernelContext* context, TF_Status* status) {
  std::vector<Tensor> tensors;
  RowRun run{*kernel->plan, {}, {}, {}};
  for (size_t i = 0; i < run.plan.inputs.size(); i++) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, static_cast<int>(i), &tensor, status);
    Ok(status, kRowLoop);
    tensors.emplace_back(tensor);
    AddInput(&run, tensor);
  }
  MakeResults(&run, &tensors, [&](int i, const std::vector<int64_t>& shape, size_t size) {
    TF_Tensor* tensor = TF_AllocateOutput(context, i, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), size, status);
    Ok(status, kRowLoop);
    return tensor;
  });
  RunRows(kernel, &run);
}

inline void RunRowLoop(void* kernel, TF_OpKernelContext* context) {
  const Status status(TF_NewStatus());
  try {
    ComputeRowLoop(static_cast<RowKernel*>(kernel), context, status.get());
    return;
  } catch (const Failure& failure) {
    TF_SetStatus(status.get(), failure.code, failure.message.c_str());
  } catch (const std::bad_alloc&) {
    TF_SetStatus(status.get(), TF_RESOURCE_EXHAUSTED, "no memory for the rows of a loop");
  }
  TF_OpKernelContext_Failure(context, status.get());
}

inline void DeleteRowLoop(void* kernel) { delete static_cast<RowKernel*>(kernel); }

/** Once in a process, before a context is made: it takes the ops that are there. */
inline void RegisterRowLoop() {
  static std::once_flag once;
  std::call_once(once, [] {
    const Status status(TF_NewStatus());
    TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kRowLoop);
    TF_OpDefinitionBuilderAddInput(definition, "x: N * float");
    TF_OpDefinitionBuilderAddOutput(definition, "y: M * float");
    for (const char* attr : {"N: int >= 1", "M: int >= 1", "sizes: list(int)", "values: list(int)",
                             "program: list(int)", "matrices: list(int)", "inputs: list(int)", "results: list(int)",
                             "carries: list(int)", "dims: list(int)"})
      TF_OpDefinitionBuilderAddAttr(definition, attr);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
    TF_RegisterOpDefinition(definition, status.get());
    Ok(status.get(), kRowLoop);
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(kRowLoop, "CPU", NewRowLoop, RunRowLoop, DeleteRowLoop);
    TF_RegisterKernelBuilder(kRowLoop, kernel, status.get());
    Ok(status.get(), kRowLoop);
  });
}

}  // namespace keras_node

#endif  // KERAS_NODE_ROW_LOOP_OP_H_
