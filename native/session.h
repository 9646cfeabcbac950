// What one JavaScript environment (the main thread, or a worker_thread) holds: nothing here is shared between
// them.
#ifndef KERAS_NODE_SESSION_H_
#define KERAS_NODE_SESSION_H_

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "background.h"
#include "peers.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/eager/c_api_experimental.h"

namespace keras_node {

class PreparedOp;
class Sequence;

/** Ids for objects of one kind. An id is never given twice, so a stale one cannot reach a newer object. */
template <typename T>
class Table {
 public:
  int32_t Add(std::shared_ptr<T> object) {
    if (next_ == INT32_MAX) throw Failure{TF_RESOURCE_EXHAUSTED, "all ids of this kind have been used", ""};
    objects_.emplace(next_, std::move(object));
    return next_++;
  }

  const std::shared_ptr<T>* Find(int32_t id) const {
    const auto found = objects_.find(id);
    return found == objects_.end() ? nullptr : &found->second;
  }

  bool Remove(int32_t id) { return objects_.erase(id) == 1; }
  void Clear() { objects_.clear(); }
  const std::unordered_map<int32_t, std::shared_ptr<T>>& all() const { return objects_; }

 private:
  std::unordered_map<int32_t, std::shared_ptr<T>> objects_;
  int32_t next_ = 1;
};

/** What has this id in a table. For errors: what the argument is called, the function that gives such ids, and the kind. */
template <typename T>
const std::shared_ptr<T>& FindIn(const Table<T>& table, const Call& call, napi_value value, const char* what,
                                 const char* maker, const char* kind) {
  int32_t id = 0;
  if (!call.Id(value, &id)) call.Wrong(what, ("the id that " + std::string(maker) + " gave").c_str(), value);
  const auto* found = table.Find(id);
  if (found == nullptr) {
    call.Fail("no " + std::string(kind) + " has the id " + std::to_string(id) + " (never made, or released)", TF_NOT_FOUND);
  }
  return *found;
}

/** Takes what has an id that was found out of its table. */
template <typename T>
void RemoveFrom(Table<T>* table, const Call& call, napi_value value) {
  int32_t id = 0;
  call.Id(value, &id);
  table->Remove(id);
}

/** A TFE_CancellationManager that lives as long as JavaScript or a running op needs it. */
struct Cancellation {
  TFE_CancellationManager* manager = TFE_NewCancellationManager();
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  ~Cancellation() { TFE_DeleteCancellationManager(manager); }
};

/** A function in the context: how often it was added, and the names it may call. */
struct AddedFunction {
  int count = 0;
  std::set<std::string> calls;
};

struct HandleDeleter {
  void operator()(TFE_TensorHandle* handle) const { TFE_DeleteTensorHandle(handle); }
};
using Handle = std::unique_ptr<TFE_TensorHandle, HandleDeleter>;

struct TensorDeleter {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using Tensor = std::unique_ptr<TF_Tensor, TensorDeleter>;

struct BufferDeleter {
  void operator()(TF_Buffer* buffer) const { TF_DeleteBuffer(buffer); }
};
using Buffer = std::unique_ptr<TF_Buffer, BufferDeleter>;

/**
 * Tensors live in the handle table of tfjs's own backend object, so one id means the same tensor to its
 * functions and to ours. That object belongs to tfjs, which deletes it, and with it the context, after this
 * one.
 */
struct Session {
  explicit Session(napi_env environment) : env(environment), status(TF_NewStatus()) {}

  /** Nothing may run any more when this returns. */
  void Stop() {
    // A collective waits for the others, whatever becomes of this process.
    if (watch != nullptr && background.IsBusy()) watch->Abort("the process is about to end");
    const bool had_peers = watch != nullptr;
    background.Stop();
    watch.reset();
    // The last answer that another process waits for may still be on its way out.
    if (had_peers) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  napi_env env;
  tfnodejs::TFJSBackend* backend = nullptr;  // null before initialize()
  TFE_Context* context = nullptr;
  std::string default_device;  // the first GPU, or empty where there is none
  Status status;               // for calls on the JavaScript thread
  Table<PreparedOp> ops;
  Table<Sequence> sequences;
  Table<Cancellation> cancellations;
  std::map<std::string, AddedFunction> functions;
  std::deque<Binding> bindings;
  napi_ref exports = nullptr;
  bool has_group = false;            // whether enableCollectives() has joined one
  std::unique_ptr<PeerWatch> watch;  // null where this process is alone
  Background background{this};       // last: its threads end before the rest goes

  /** Gives a handle its id and takes it over. */
  int32_t Insert(Handle handle) {
    NoticeChanges();
    auto& handles = backend->tfe_handle_map_;
    int32_t& next = backend->next_tensor_id_;
    // Ids count up. After 2^31 tensors they start over, past those still alive.
    while (true) {
      if (next < 0 || next == INT32_MAX) next = 0;
      const auto inserted = handles.emplace(next++, handle.get());
      if (!inserted.second) continue;
      bytes_ += ByteSize(handle.release());
      RememberState();
      return inserted.first->first;
    }
  }

  TFE_TensorHandle* Find(const Call& call, napi_value value, const char* what = "tensor id") const {
    int32_t id = 0;
    if (!call.Id(value, &id)) call.Wrong(what, "the id of a live tensor", value);
    const auto found = backend->tfe_handle_map_.find(id);
    if (found == backend->tfe_handle_map_.end()) {
      call.Fail("no tensor has the id " + std::to_string(id) + " (never made, or deleted)", TF_NOT_FOUND);
    }
    return found->second;
  }

  void Delete(const Call& call, napi_value value) {
    TFE_TensorHandle* handle = Find(call, value);
    int32_t id = 0;
    call.Id(value, &id);
    NoticeChanges();
    bytes_ -= ByteSize(handle);
    backend->tfe_handle_map_.erase(id);
    RememberState();
    TFE_DeleteTensorHandle(handle);
  }

  size_t tensors() const { return backend->tfe_handle_map_.size(); }

  /** Bytes of all live tensors; tensors that share memory count each. */
  int64_t bytes() {
    NoticeChanges();
    if (stale_) {
      bytes_ = 0;
      for (const auto& entry : backend->tfe_handle_map_) bytes_ += ByteSize(entry.second);
      stale_ = false;
      RememberState();
    }
    return bytes_;
  }

 private:
  int64_t bytes_ = 0;
  bool stale_ = false;
  size_t seen_size_ = 0;
  int32_t seen_next_ = 0;
  Status size_status_{TF_NewStatus()};

  // tfjs's functions add and remove handles behind our back. Either the size of the table or the next id
  // tells (a removal alone changes the size, an addition the next id); then bytes() counts anew.
  void NoticeChanges() {
    const bool same = seen_size_ == tensors() && seen_next_ == backend->next_tensor_id_;
    if (!same) stale_ = true;
  }

  void RememberState() {
    seen_size_ = tensors();
    seen_next_ = backend->next_tensor_id_;
  }

  int64_t ByteSize(TFE_TensorHandle* handle) {
    const size_t width = TF_DataTypeSize(TFE_TensorHandleDataType(handle));  // 0: string, resource, variant
    if (width == 0) return 0;
    const int64_t elements = TFE_TensorHandleNumElements(handle, size_status_.get());
    if (TF_GetCode(size_status_.get()) == TF_OK) return elements * static_cast<int64_t>(width);
    TF_SetStatus(size_status_.get(), TF_OK, "");
    return 0;
  }
};

}  // namespace keras_node

#endif  // KERAS_NODE_SESSION_H_
