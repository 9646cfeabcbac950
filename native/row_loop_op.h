// The op KerasNodeRowLoop, as TensorFlow sees it: its definition, its kernel, and their registration.
#ifndef KERAS_NODE_ROW_LOOP_OP_H_
#define KERAS_NODE_ROW_LOOP_OP_H_

#include <mutex>

#include "row_loop.h"
#include "kernel_api.h"
#include "session.h"
#include "tensorflow/c/ops.h"

namespace keras_node {

constexpr char kRowLoop[] = "KerasNodeRowLoop";

/** A list of integers as records. */
template <typename T>
std::vector<T> Records(TF_OpKernelConstruction* construction, const char* attr) {
  const Status status(TF_NewStatus());
  int32_t count = 0, bytes = 0;
  TF_OpKernelConstruction_GetAttrSize(construction, attr, &count, &bytes, status.get());
  Ok(status.get(), kRowLoop);
  constexpr size_t kNumbers = sizeof(T) / sizeof(int32_t);
  if (static_cast<size_t>(count) % kNumbers != 0)
    throw Failure{TF_INVALID_ARGUMENT, std::string(attr) + " has a part of a record", kRowLoop};
  std::vector<T> records(static_cast<size_t>(count) / kNumbers);
  TF_OpKernelConstruction_GetAttrInt32List(construction, attr, reinterpret_cast<int32_t*>(records.data()), count,
                                           status.get());
  Ok(status.get(), kRowLoop);
  return records;
}

inline std::unique_ptr<RowPlan> ReadPlan(TF_OpKernelConstruction* construction) {
  auto plan = std::make_unique<RowPlan>();
  plan->sizes = Records<RowSizes>(construction, "sizes");
  plan->values = Records<RowValue>(construction, "values");
  plan->program = Records<RowInstruction>(construction, "program");
  plan->matrices = Records<RowMatrix>(construction, "matrices");
  plan->inputs = Records<RowBinding>(construction, "inputs");
  plan->results = Records<RowResult>(construction, "results");
  plan->carries = Records<RowMove>(construction, "carries");
  if (!RowPlanCheck(*plan).Holds()) throw Failure{TF_INVALID_ARGUMENT, "it is no program of a loop over rows", kRowLoop};
  return plan;
}

inline void* NewRowLoop(TF_OpKernelConstruction* construction) {
  try {
    return ReadPlan(construction).release();
  } catch (const Failure& failure) {
    const Status status(TF_NewStatus());
    TF_SetStatus(status.get(), failure.code, failure.message.c_str());
    TF_OpKernelConstruction_Failure(construction, status.get());
    return nullptr;
  }
}

/** Elements that an input has to have: the program was made for them. */
inline int64_t ElementsOf(const RowPlan& plan, const RowBinding& binding) {
  if (binding.kind == RowInput::kMatrix) {
    const RowMatrix& matrix = plan.matrices[binding.to];
    return static_cast<int64_t>(matrix.depth) * matrix.width;
  }
  const int64_t width = plan.values[binding.to].width;
  if (binding.kind == RowInput::kShared) return width;
  const int64_t all = width * plan.sizes[0].rows;
  return binding.kind == RowInput::kRows ? all : all * plan.sizes[0].length;
}

inline void ComputeRowLoop(const RowPlan& plan, TF_OpKernelContext* context, TF_Status* status) {
  const RowSizes& sizes = plan.sizes[0];
  std::vector<Tensor> tensors;
  RowRun run{plan, {}, {}, {}};
  for (size_t i = 0; i < plan.inputs.size(); i++) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, static_cast<int>(i), &tensor, status);
    Ok(status, kRowLoop);
    tensors.emplace_back(tensor);
    if (TF_TensorElementCount(tensor) != ElementsOf(plan, plan.inputs[i]))
      throw Failure{TF_INVALID_ARGUMENT, "input " + std::to_string(i) + " has another size than expected", kRowLoop};
    run.inputs.push_back(static_cast<const float*>(TF_TensorData(tensor)));
  }
  for (size_t i = 0; i < plan.results.size(); i++) {
    const RowResult& result = plan.results[i];
    const int64_t dims[] = {sizes.length, sizes.rows, plan.values[result.from].width};
    const int first = result.is_stacked ? 0 : 1;
    const int64_t size = dims[1] * dims[2] * (result.is_stacked ? dims[0] : 1);
    TF_Tensor* tensor = TF_AllocateOutput(context, static_cast<int>(i), TF_FLOAT, dims + first, 3 - first,
                                          static_cast<size_t>(size) * sizeof(float), status);
    Ok(status, kRowLoop);
    tensors.emplace_back(tensor);
    run.results.push_back(static_cast<float*>(TF_TensorData(tensor)));
  }
  std::vector<float> shared(static_cast<size_t>(sizes.shared) + kPadding);
  for (size_t i = 0; i < plan.inputs.size(); i++) {
    const RowValue* to = plan.inputs[i].kind == RowInput::kShared ? &plan.values[plan.inputs[i].to] : nullptr;
    if (to != nullptr) std::copy_n(run.inputs[i], to->width, shared.data() + to->start);
  }
  for (const RowMatrix& matrix : plan.matrices)
    run.packed.push_back(Pack(matrix, run.inputs[matrix.input], ThisProcessor().panel));
  RunTiles(run, &shared);
}

inline void RunRowLoop(void* kernel, TF_OpKernelContext* context) {
  const Status status(TF_NewStatus());
  try {
    ComputeRowLoop(*static_cast<RowPlan*>(kernel), context, status.get());
    return;
  } catch (const Failure& failure) {
    TF_SetStatus(status.get(), failure.code, failure.message.c_str());
  } catch (const std::bad_alloc&) {
    TF_SetStatus(status.get(), TF_RESOURCE_EXHAUSTED, "no memory for the rows of a loop");
  }
  TF_OpKernelContext_Failure(context, status.get());
}

inline void DeleteRowLoop(void* kernel) { delete static_cast<RowPlan*>(kernel); }

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
                             "carries: list(int)"})
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
