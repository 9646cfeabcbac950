// Functions of the addon that prepare and run ops and functions.
#ifndef KERAS_NODE_OPERATIONS_H_
#define KERAS_NODE_OPERATIONS_H_

#include "signatures.h"

namespace keras_node {

struct OpDeleter {
  void operator()(TFE_Op* op) const { TFE_DeleteOp(op); }
};
using Op = std::unique_ptr<TFE_Op, OpDeleter>;

/** Most outputs one op may have. A bound of ours, so that a wrong number does not ask for all memory. */
constexpr int64_t kMaxOutputs = 65536;

/**
 * An op or function with its attributes, checked and encoded once: they stay in a template, from which the
 * TFE_Op of a run is copied. Runs on the JavaScript thread share one TFE_Op that is reset in between, which
 * makes a small op 9 % faster than a new one each time.
 */
class PreparedOp {
 public:
  PreparedOp(std::string name, std::vector<std::pair<std::string, std::string>> attrs, int outputs,
             std::string device)
      : name_(std::move(name)), attrs_(std::move(attrs)), outputs_(outputs), device_(std::move(device)) {}

  const std::string& name() const { return name_; }
  int outputs() const { return outputs_; }

  /** Looks the op up and checks the attributes; again after the function behind it was removed. */
  void Prepare(Session* session) {
    signature_ = FindSignature(session, name_);
    for (const auto& attr : attrs_) CheckAgainstSignature(attr.first, attr.second);
    template_ = NewOp(session);
    for (const auto& attr : attrs_) {
      TFE_OpSetAttrValueProto(template_.get(), attr.first.c_str(), attr.second.data(), attr.second.size(),
                              session->status.get());
      Ok(session->status.get(), name_);
    }
  }

  /** Forgets what points into a function definition that is about to go. */
  void Invalidate() {
    template_.reset();
    runner_.reset();
  }

  void CheckInputs(Session* session, const char* caller, size_t count) {
    if (template_ == nullptr) Prepare(session);
    if (signature_.has_lists || count == signature_.inputs) return;
    throw Failure{TF_INVALID_ARGUMENT,
                  std::string(caller) + ": " + name_ + " takes " + std::to_string(signature_.inputs) +
                      " inputs, got " + std::to_string(count),
                  name_};
  }

  bool is_function() const { return signature_.is_function; }

  /** The serialized AttrValue, or nothing. */
  std::string_view Attr(std::string_view name) const {
    for (const auto& attr : attrs_)
      if (attr.first == name) return attr.second;
    return {};
  }

  void AddInput(TFE_Op* op, TFE_TensorHandle* input, size_t index, TF_Status* status) const {
    if (signature_.forms != nullptr) CheckForm((*signature_.forms)[index], input, index, status);
    if (signature_.scatter != nullptr && signature_.scatter->updates == index)
      CheckScatter(op, input, status);
    TFE_OpAddInput(op, input, status);
    Ok(status, name_);
  }

  /** A TFE_Op for one run, with the attributes set. */
  Op Copy(Session* session) const {
    Op op = NewOp(session);
    TFE_OpAddAttrs(op.get(), TFE_OpGetAttrs(template_.get()));
    return op;
  }

  /** The shared TFE_Op. Recycle it after the run, however that went. */
  TFE_Op* Runner(Session* session) {
    if (runner_ == nullptr) runner_ = Copy(session);
    return runner_.get();
  }

  void Recycle(TF_Status* status) { Recycle(&runner_, status); }

  /** Drops the inputs, which would live on otherwise, and makes a TFE_Op ready for the next run, or drops it. */
  void Recycle(Op* op, TF_Status* status) const {
    TFE_OpReset(op->get(), name_.c_str(), device_.empty() ? nullptr : device_.c_str(), status);
    if (TF_GetCode(status) == TF_OK) {
      TFE_OpAddAttrs(op->get(), TFE_OpGetAttrs(template_.get()));
    } else {
      TF_SetStatus(status, TF_OK, "");
      op->reset();
    }
  }

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::string>> attrs_;
  int outputs_;
  std::string device_;
  Signature signature_;
  Op template_;
  Op runner_;

  Op NewOp(Session* session) const {
    TF_Status* status = session->status.get();
    Op op(TFE_NewOp(session->context, name_.c_str(), status));
    Ok(status, name_);
    if (!device_.empty()) TFE_OpSetDevice(op.get(), device_.c_str(), status);
    Ok(status, name_);
    return op;
  }

  void CheckForm(const InputForm& form, TFE_TensorHandle* input, size_t index, TF_Status* status) const {
    const int rank = TFE_TensorHandleNumDims(input, status);
    Ok(status, name_);
    const int64_t length = rank == 1 ? TFE_TensorHandleDim(input, 0, status) : -1;
    Ok(status, name_);
    if (rank == form.rank && (form.length == -1 || form.length == length)) return;
    const std::string expected = form.length == -1 ? "of rank " + std::to_string(form.rank)
                                                   : "a vector of " + std::to_string(form.length) + " sizes";
    const std::string received =
        rank == 1 ? "a vector of " + std::to_string(length) : "rank " + std::to_string(rank);
    throw Failure{TF_INVALID_ARGUMENT,
                  name_ + ": input " + std::to_string(index) + " must be " + expected + ", got " + received,
                  name_};
  }

  void CheckScatter(TFE_Op* op, TFE_TensorHandle* updates, TF_Status* status) const {
    TFE_TensorHandle* indices = TFE_OpGetFlatInput(op, static_cast<int>(signature_.scatter->indices), status);
    Ok(status, name_);
    const int indices_rank = TFE_TensorHandleNumDims(indices, status);
    Ok(status, name_);
    const int updates_rank = TFE_TensorHandleNumDims(updates, status);
    Ok(status, name_);
    if (indices_rank >= 1 && updates_rank >= indices_rank - 1) return;
    throw Failure{TF_INVALID_ARGUMENT,
                  name_ + ": indices of rank " + std::to_string(indices_rank) +
                      " need updates of at least one dimension less, got rank " +
                      std::to_string(updates_rank),
                  name_};
  }

  void CheckAgainstSignature(const std::string& attr, const std::string& value) const {
    const auto known = signature_.attrs.find(attr);
    std::string problem;
    if (known != signature_.attrs.end()) {
      problem = CheckAttr(value, known->second);
    } else if (!signature_.is_function &&
               attr[0] != '_') {  // "_..." are notes to the runtime, allowed anywhere
      problem = "is not an attribute of this op";
      const char* separator = "; it has ";
      for (const auto& entry : signature_.attrs) {
        problem += separator + entry.first;
        separator = ", ";
      }
    }
    if (problem.empty()) return;
    throw Failure{TF_INVALID_ARGUMENT, "prepareOp: " + name_ + ": attribute " + attr + " " + problem, name_};
  }
};

inline const std::shared_ptr<PreparedOp>& FindOp(const Call& call, napi_value value) {
  return FindIn(call.session->ops, call, value, "op", "prepareOp", "prepared op");
}

inline napi_value PrepareOp(Call& call) {
  const std::string name = call.Name(call[0], "name");
  std::vector<std::pair<std::string, std::string>> attrs;
  call.Elements(call[1], "attrs", [&](napi_value element, uint32_t i) {
    const std::string what = "attrs[" + std::to_string(i) + "]";
    std::pair<std::string, std::string> attr;
    uint32_t parts = 0;
    call.Elements(element, what, [&](napi_value part, uint32_t j) {
      parts++;
      if (j == 0) attr.first = call.Name(part, what + "[0]");
      if (j == 1) attr.second = std::string(call.Message(part, what + "[1]"));
    });
    if (parts != 2 || attr.first.empty()) call.Fail(what + " must be a pair of a name and a Uint8Array");
    attrs.push_back(std::move(attr));
  });
  const int outputs = static_cast<int>(call.Integer(2, "outputs", 0, kMaxOutputs));
  const std::string device = call.Given(3) ? call.Name(call[3], "device") : "";
  auto op = std::make_shared<PreparedOp>(name, std::move(attrs), outputs, device);
  op->Prepare(call.session);
  return Number(call.env, call.session->ops.Add(std::move(op)));
}

inline napi_value ReleaseOp(Call& call) {
  FindOp(call, call[0]);
  RemoveFrom(&call.session->ops, call, call[0]);
  return nullptr;
}

/** Room for the outputs of one call; owns those that nobody took. */
class Outputs {
 public:
  explicit Outputs(int room) : count(room) {
    if (room > kInline) heap_.resize(static_cast<size_t>(room));
  }
  Outputs(const Outputs&) = delete;
  ~Outputs() {
    for (int i = taken_; i < count; i++) {
      if (data()[i] != nullptr) TFE_DeleteTensorHandle(data()[i]);
    }
  }

  int count;  // given to TFE_Execute as the room, set by it to the number of outputs
  TFE_TensorHandle** data() { return heap_.empty() ? inline_ : heap_.data(); }

  /** The next one, for whom it belongs to from now on. */
  Handle Release() { return Handle(data()[taken_++]); }

  void Put(size_t index, Handle output) { data()[index] = output.release(); }

  /** Runs the op, and checks that it has as many outputs as its user was told. */
  void Fill(TFE_Op* op, const std::string& name, TF_Status* status) {
    const int declared = count;
    TFE_Execute(op, data(), &count, status);
    if (TF_GetCode(status) != TF_OK) count = 0;  // TensorFlow leaves no handles behind a failure
    Ok(status, name);
    if (count == declared) return;
    throw Failure{TF_INVALID_ARGUMENT,
                  name + " has " + std::to_string(count) + " outputs, but was prepared with " +
                      std::to_string(declared),
                  name};
  }

  int32_t Take(Session* session) { return session->Insert(Release()); }

  /** One as a number, none as nothing. */
  napi_value TakeShort(Session* session) {
    if (count == 0) return nullptr;
    return count == 1 ? Number(session->env, Take(session)) : TakeAll(session);
  }

  napi_value TakeAll(Session* session) {
    napi_value array = nullptr;
    Ok(session->env, napi_create_array_with_length(session->env, static_cast<size_t>(count), &array));
    for (uint32_t i = 0; taken_ < count; i++) {
      Ok(session->env, napi_set_element(session->env, array, i, Number(session->env, Take(session))));
    }
    return array;
  }

 private:
  static constexpr int kInline = 4;
  TFE_TensorHandle* inline_[kInline] = {};
  std::vector<TFE_TensorHandle*> heap_;
  int taken_ = 0;
};

inline napi_value Execute(Call& call) {
  Session* session = call.session;
  TF_Status* status = session->status.get();
  PreparedOp& prepared = *FindOp(call, call[0]);
  prepared.CheckInputs(session, call.name, call.count - 1);
  Outputs outputs(prepared.outputs());
  {
    TFE_Op* runner = prepared.Runner(session);
    struct Recycler {
      PreparedOp& prepared;
      TF_Status* status;
      ~Recycler() { prepared.Recycle(status); }
    };
    const Recycler recycler{prepared, status};
    for (size_t i = 1; i < call.count; i++) {
      prepared.AddInput(runner, session->Find(call, call[i], "input"), i - 1, status);
    }
    outputs.Fill(runner, prepared.name(), status);
  }
  return outputs.TakeShort(session);
}

inline const std::shared_ptr<Cancellation>& FindCancellation(const Call& call, size_t index) {
  return FindIn(call.session->cancellations, call, call[index], "cancellation", "createCancellation", "cancellation");
}

/** To be asked before an op or function is run. */
inline void RefuseIfCancelled(TFE_CancellationManager* cancellation, const std::string& name) {
  if (!TFE_CancellationManagerIsCancelled(cancellation)) return;
  throw Failure{TF_CANCELLED, name + " was cancelled before it started", name};
}

/** A run off the JavaScript thread, which can be cancelled, and gives tensors. */
class RunWork : public Work {
 public:
  RunWork(int outputs, std::shared_ptr<Cancellation> cancellation)
      : outputs_(outputs), cancellation_(std::move(cancellation)) {}

  napi_value Result(Session* session) override { return outputs_.TakeAll(session); }

  void Cancel() override { TFE_CancellationManagerStartCancel(cancellation_->manager); }

 protected:
  Outputs outputs_;
  const std::shared_ptr<Cancellation> cancellation_;
};

/** One run of an op or function. The TFE_Op holds the inputs by itself. */
class ExecuteWork : public RunWork {
 public:
  ExecuteWork(Op op, std::string name, int outputs, std::shared_ptr<Cancellation> cancellation)
      : RunWork(outputs, std::move(cancellation)), op_(std::move(op)), name_(std::move(name)) {}

  void Run(TF_Status* status) override {
    struct Release {  // frees the inputs here, so that a big one does not stall the JavaScript thread
      Op& op;
      ~Release() { op.reset(); }
    };
    const Release release{op_};
    RefuseIfCancelled(cancellation_->manager, name_);
    outputs_.Fill(op_.get(), name_, status);
  }

 private:
  Op op_;
  std::string name_;
};

/** The tensors of an argument of ids; they may go as soon as JavaScript runs again. */
inline std::vector<TFE_TensorHandle*> ReadInputs(const Call& call, size_t index) {
  std::vector<int32_t> ids;
  call.Elements(call[index], "inputs", [&](napi_value element, uint32_t i) {
    int32_t id = 0;
    if (!call.Id(element, &id))
      call.Wrong("inputs[" + std::to_string(i) + "]", "the id of a live tensor", element);
    ids.push_back(id);
  });
  std::vector<TFE_TensorHandle*> inputs;
  for (const int32_t id : ids) inputs.push_back(call.session->Find(call, Number(call.env, id), "input"));
  return inputs;
}

/** A run that JavaScript cannot cancel is given a manager all the same: the end of the process can. */
inline std::shared_ptr<Cancellation> ReadCancellation(const Call& call, size_t index) {
  return call.Given(index) ? FindCancellation(call, index) : std::make_shared<Cancellation>();
}

inline int32_t ReadLane(const Call& call, size_t index) {
  int32_t lane = 0;
  if (call.Given(index) && !(call.Id(call[index], &lane) && lane > 0))
    call.Wrong("lane", "a positive integer", call[index]);
  return lane;
}

inline napi_value ExecuteAsync(Call& call) {
  Session* session = call.session;
  TF_Status* status = session->status.get();
  const std::vector<TFE_TensorHandle*> inputs = ReadInputs(call, 1);
  const std::shared_ptr<PreparedOp> prepared = FindOp(call, call[0]);
  auto cancellation = ReadCancellation(call, 2);
  prepared->CheckInputs(session, call.name, inputs.size());
  Op op = prepared->Copy(session);
  for (size_t i = 0; i < inputs.size(); i++) prepared->AddInput(op.get(), inputs[i], i, status);
  const int32_t lane = ReadLane(call, 3);
  TFE_OpSetCancellationManager(op.get(), cancellation->manager, status);
  Ok(status, prepared->name());
  return session->background.Start(
      std::make_unique<ExecuteWork>(std::move(op), prepared->name(), prepared->outputs(), std::move(cancellation)), lane);
}

inline napi_value CreateCancellation(Call& call) {
  return Number(call.env, call.session->cancellations.Add(std::make_shared<Cancellation>()));
}

inline napi_value Cancel(Call& call) {
  TFE_CancellationManagerStartCancel(FindCancellation(call, 0)->manager);
  return nullptr;
}

inline napi_value ReleaseCancellation(Call& call) {
  FindCancellation(call, 0);
  RemoveFrom(&call.session->cancellations, call, call[0]);
  return nullptr;
}

/** For the end of the process: no thread of ours may run TensorFlow while the libraries are taken down. */
inline napi_value Stop(Call& call) {
  call.session->Stop();
  return nullptr;
}

}  // namespace keras_node

#endif  // KERAS_NODE_OPERATIONS_H_
