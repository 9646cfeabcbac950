// Functions of the addon that run a few prepared ops one after the other, in one call and on one thread. A function of
// TensorFlow's goes to another thread and back, and asks each of its arguments anew what it is, which takes longer than
// the ops of a small graph.
#ifndef KERAS_NODE_SEQUENCE_H_
#define KERAS_NODE_SEQUENCE_H_

#include <mutex>

#include "operations.h"
#include "row_loop_op.h"

namespace keras_node {

/** An op among others. Its operands and results are slots: first those of the arguments, then those of all results. */
struct SequenceStep {
  std::shared_ptr<PreparedOp> op;
  std::vector<size_t> inputs;
  size_t first;     // slot of its first result
  bool is_kept;     // computed at the first run, for all, unless it gives too much
  std::vector<size_t> over;  // slots that nothing needs after it
  std::shared_ptr<RowKernel> rows;  // where it is the op of ours, which is run without TensorFlow
};

/** A tensor in one of the two forms that it has, or in both; or nothing. */
struct SequenceSlot {
  Handle handle;
  Tensor tensor;

  bool IsEmpty() const { return handle == nullptr && tensor == nullptr; }

  TF_Tensor* AsTensor(TF_Status* status) {
    if (tensor == nullptr) tensor.reset(TFE_TensorHandleResolve(handle.get(), status));
    Ok(status);
    return tensor.get();
  }

  TFE_TensorHandle* AsHandle(TFE_Context* context, TF_Status* status) {
    if (handle == nullptr) handle.reset(TFE_NewTensorHandleFromTensor(context, tensor.get(), status));
    Ok(status);
    return handle.get();
  }
};

class Sequence : public std::enable_shared_from_this<Sequence> {
 public:
  /** The TFE_Ops of a run: each run under way has some of its own. */
  using Runners = std::vector<Op>;

  Sequence(size_t inputs, std::vector<SequenceStep> steps, std::vector<size_t> results)
      : inputs_(inputs), steps_(std::move(steps)), results_(std::move(results)), slots_(inputs) {
    for (const SequenceStep& step : steps_) slots_ += static_cast<size_t>(step.op->outputs());
  }

  size_t inputs() const { return inputs_; }
  int outputs() const { return static_cast<int>(results_.size()); }

  /** What a run needs. Nothing of it is shared with another run. */
  struct Run {
    std::shared_ptr<Sequence> sequence;
    TFE_Context* context;
    TFE_CancellationManager* cancellation;  // or null
    Runners runners;
    std::vector<SequenceSlot> slots;

    SequenceSlot& At(size_t slot) {
      SequenceSlot& kept = sequence->kept_[slot];
      return kept.IsEmpty() ? slots[slot] : kept;
    }
  };

  /** On the JavaScript thread. */
  Run Start(Session* session, const std::vector<TFE_TensorHandle*>& inputs, TFE_CancellationManager* cancellation = nullptr) {
    if (kept_.empty()) Keep(session, inputs);
    Run run{shared_from_this(), session->context, cancellation, TakeRunners(session), std::vector<SequenceSlot>(slots_)};
    for (const size_t slot : held_) run.slots[slot].handle = Share(inputs[slot], session->status.get());
    return run;
  }

  /** On any thread. */
  static void Finish(Run run, Outputs* outputs, TF_Status* status) {
    Sequence& sequence = *run.sequence;
    for (size_t i = 0; i < sequence.steps_.size(); i++) {
      const SequenceStep& step = sequence.steps_[i];
      if (step.is_kept) continue;
      if (run.cancellation != nullptr) RefuseIfCancelled(run.cancellation, step.op->name());
      if (step.rows != nullptr) RunRowStep(step, &run, status);
      else RunStep(step, &run.runners[i], &run, status);
      for (const size_t slot : step.over) run.slots[slot] = {};
    }
    for (size_t i = 0; i < sequence.results_.size(); i++)
      outputs->Put(i, Share(run.At(sequence.results_[i]).AsHandle(run.context, status), status));
    sequence.GiveBack(std::move(run.runners));
  }

 private:
  const size_t inputs_;
  std::vector<SequenceStep> steps_;
  const std::vector<size_t> results_;
  size_t slots_;
  /** Arguments that each run needs: the others only the first. */
  std::vector<size_t> held_;
  /** What is the same in all runs; none before the first. Runs only read it. */
  std::vector<SequenceSlot> kept_;

  std::mutex mutex_;
  std::vector<Runners> idle_;

  static Handle Share(TFE_TensorHandle* handle, TF_Status* status) {
    Handle shared(TFE_TensorHandleCopySharingTensor(handle, status));
    Ok(status);
    return shared;
  }

  static void RunStep(const SequenceStep& step, Op* runner, Run* run, TF_Status* status) {
    const std::string& name = step.op->name();
    if (run->cancellation != nullptr) TFE_OpSetCancellationManager(runner->get(), run->cancellation, status);
    Ok(status, name);
    for (size_t i = 0; i < step.inputs.size(); i++)
      step.op->AddInput(runner->get(), run->At(step.inputs[i]).AsHandle(run->context, status), i, status);
    Outputs made(step.op->outputs());
    made.Fill(runner->get(), name, status);
    step.op->Recycle(runner, status);
    if (*runner == nullptr) throw Failure{TF_INTERNAL, "the op could not be used again", name};
    for (size_t i = 0; i < static_cast<size_t>(made.count); i++) run->slots[step.first + i].handle = made.Release();
  }

  static void RunRowStep(const SequenceStep& step, Run* run, TF_Status* status) {
    RowRun rows{*step.rows->plan, {}, {}, {}};
    for (const size_t slot : step.inputs) AddInput(&rows, run->At(slot).AsTensor(status));
    std::vector<Tensor> made;
    MakeResults(&rows, &made, [&](int, const std::vector<int64_t>& shape, size_t size) {
      TF_Tensor* tensor = TF_AllocateTensor(TF_FLOAT, shape.data(), static_cast<int>(shape.size()), size);
      if (tensor == nullptr) throw Failure{TF_RESOURCE_EXHAUSTED, "no memory for a result", kRowLoop};
      return tensor;
    });
    RunRows(step.rows.get(), &rows);
    for (size_t i = 0; i < made.size(); i++) run->slots[step.first + i].tensor = std::move(made[i]);
  }

  /** Bytes of a result, above which each run computes it anew: kept, it would lie in memory between the runs. */
  static constexpr int64_t kMostKept = int64_t{16} << 20;

  /** Runs the steps whose results all runs share. What is too large is not kept, nor what depends on it. */
  void Keep(Session* session, const std::vector<TFE_TensorHandle*>& inputs) {
    TF_Status* status = session->status.get();
    // No slot is kept before all are there.
    kept_.resize(slots_);
    Run run{shared_from_this(), session->context, nullptr, {}, std::vector<SequenceSlot>(slots_)};
    try {
      for (size_t slot = 0; slot < inputs_; slot++) run.slots[slot].handle = Share(inputs[slot], status);
      for (SequenceStep& step : steps_) step.is_kept = step.is_kept && KeepStep(session, step, &run);
      // Both forms where both may be asked for, so that no run changes anything here.
      for (const SequenceStep& step : steps_) {
        if (step.rows == nullptr || step.is_kept) continue;
        for (const size_t slot : step.inputs)
          if (slot >= inputs_ && !run.slots[slot].IsEmpty()) run.slots[slot].AsTensor(status);
      }
    } catch (...) {
      kept_.clear();
      throw;
    }
    for (size_t slot = 0; slot < inputs_; slot++) run.slots[slot] = {};
    kept_ = std::move(run.slots);
    NoteLastUses();
  }

  /** Whether it could be kept. */
  static bool KeepStep(Session* session, const SequenceStep& step, Run* run) {
    TF_Status* status = session->status.get();
    for (const size_t slot : step.inputs)
      if (run->slots[slot].IsEmpty()) return false;
    Op runner = step.op->Copy(session);
    RunStep(step, &runner, run, status);
    const size_t outputs = static_cast<size_t>(step.op->outputs());
    bool is_small = true;
    for (size_t i = 0; i < outputs; i++) {
      TFE_TensorHandle* handle = run->slots[step.first + i].handle.get();
      const int64_t width = static_cast<int64_t>(TF_DataTypeSize(TFE_TensorHandleDataType(handle)));
      is_small = is_small && TFE_TensorHandleNumElements(handle, status) * width <= kMostKept;
      Ok(status, step.op->name());
    }
    for (size_t i = 0; i < outputs && !is_small; i++) run->slots[step.first + i] = {};
    return is_small;
  }

  Runners TakeRunners(Session* session) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        Runners runners = std::move(idle_.back());
        idle_.pop_back();
        return runners;
      }
    }
    Runners runners;
    for (const SequenceStep& step : steps_)
      runners.push_back(step.is_kept || step.rows != nullptr ? nullptr : step.op->Copy(session));
    return runners;
  }

  void GiveBack(Runners runners) {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(runners));
  }

  void NoteLastUses() {
    std::vector<bool> is_needed(slots_);
    for (const size_t slot : results_) is_needed[slot] = true;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      if (step->is_kept) continue;
      const auto note = [&](size_t slot) {
        if (!is_needed[slot]) step->over.push_back(slot);
        is_needed[slot] = true;
      };
      for (size_t i = 0; i < static_cast<size_t>(step->op->outputs()); i++) note(step->first + i);
      for (const size_t slot : step->inputs) note(slot);
    }
    for (size_t slot = 0; slot < inputs_; slot++)
      if (is_needed[slot]) held_.push_back(slot);
  }
};

inline const std::shared_ptr<Sequence>& FindSequence(const Call& call) {
  return FindIn(call.session->sequences, call, call[0], "sequence", "prepareSequence", "sequence");
}

/** A list of slots below `end`. */
inline std::vector<size_t> ReadSlots(const Call& call, napi_value value, const std::string& what, size_t end) {
  std::vector<size_t> slots;
  call.Elements(value, what, [&](napi_value element, uint32_t i) {
    const std::string name = what + "[" + std::to_string(i) + "]";
    slots.push_back(static_cast<size_t>(call.Integer(element, name, 0, static_cast<int64_t>(end) - 1)));
  });
  return slots;
}

/** The program of a step that is the op of ours; null for others. */
inline std::shared_ptr<RowKernel> RowsOf(const Call& call, const SequenceStep& step) {
  if (step.op->name() != kRowLoop) return nullptr;
  auto rows = std::make_shared<RowKernel>(ReadPlan([&](const char* attr) { return IntegersOf(step.op->Attr(attr)); }));
  if (rows->plan->inputs.size() != step.inputs.size() ||
      rows->plan->results.size() != static_cast<size_t>(step.op->outputs()))
    call.Fail("a program of rows has other numbers of inputs or results than its op");
  return rows;
}

inline napi_value PrepareSequence(Call& call) {
  constexpr int64_t kMostInputs = 65536;
  const size_t inputs = static_cast<size_t>(call.Integer(0, "inputs", 0, kMostInputs));
  size_t slots = inputs;
  // Results of steps that each run computes anew: no step that is kept may need one.
  std::vector<bool> is_of_run(inputs);
  std::vector<SequenceStep> steps;
  call.Elements(call[1], "steps", [&](napi_value element, uint32_t i) {
    const std::string what = "steps[" + std::to_string(i) + "]";
    SequenceStep step{nullptr, {}, slots, false, {}, nullptr};
    call.Elements(element, what, [&](napi_value part, uint32_t j) {
      if (j == 0) step.op = FindOp(call, part);
      if (j == 1) step.inputs = ReadSlots(call, part, what + "[1]", slots);
      if (j == 2) step.is_kept = call.Integer(part, what + "[2]", 0, 1) == 1;
    });
    if (step.op == nullptr) call.Fail(what + " must be an op, its operands and whether it is kept");
    if (step.op->is_function()) call.Fail(what + " is a function");
    step.op->CheckInputs(call.session, call.name, step.inputs.size());
    for (const size_t slot : step.inputs)
      if (step.is_kept && is_of_run[slot]) call.Fail(what + " is kept, and needs what is not");
    step.rows = RowsOf(call, step);
    slots += static_cast<size_t>(step.op->outputs());
    is_of_run.resize(slots, !step.is_kept);
    steps.push_back(std::move(step));
  });
  std::vector<size_t> results = ReadSlots(call, call[2], "results", slots);
  auto sequence = std::make_shared<Sequence>(inputs, std::move(steps), std::move(results));
  return Number(call.env, call.session->sequences.Add(std::move(sequence)));
}

inline napi_value ReleaseSequence(Call& call) {
  FindSequence(call);
  RemoveFrom(&call.session->sequences, call, call[0]);
  return nullptr;
}

inline void CheckCount(const Call& call, const Sequence& sequence, size_t count) {
  if (count == sequence.inputs()) return;
  call.Fail("the sequence takes " + std::to_string(sequence.inputs()) + " inputs, got " + std::to_string(count));
}

inline napi_value RunSequence(Call& call) {
  const std::shared_ptr<Sequence>& sequence = FindSequence(call);
  std::vector<TFE_TensorHandle*> inputs;
  for (size_t i = 1; i < call.count; i++) inputs.push_back(call.session->Find(call, call[i], "input"));
  CheckCount(call, *sequence, inputs.size());
  Outputs outputs(sequence->outputs());
  Sequence::Finish(sequence->Start(call.session, inputs), &outputs, call.session->status.get());
  return outputs.TakeShort(call.session);
}

class SequenceWork : public RunWork {
 public:
  SequenceWork(Sequence::Run run, std::shared_ptr<Cancellation> cancellation)
      : RunWork(run.sequence->outputs(), std::move(cancellation)), run_(std::move(run)) {}

  void Run(TF_Status* status) override { Sequence::Finish(std::move(run_), &outputs_, status); }

 private:
  Sequence::Run run_;
};

inline napi_value RunSequenceAsync(Call& call) {
  auto cancellation = ReadCancellation(call, 2);
  const int32_t lane = ReadLane(call, 3);
  const std::vector<TFE_TensorHandle*> inputs = ReadInputs(call, 1);
  const std::shared_ptr<Sequence>& sequence = FindSequence(call);
  CheckCount(call, *sequence, inputs.size());
  Sequence::Run run = sequence->Start(call.session, inputs, cancellation->manager);
  return call.session->background.Start(std::make_unique<SequenceWork>(std::move(run), std::move(cancellation)), lane);
}

}  // namespace keras_node

#endif  // KERAS_NODE_SEQUENCE_H_
