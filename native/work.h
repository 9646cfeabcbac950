// Work off the JavaScript thread, as a Promise there.
#ifndef KERAS_NODE_WORK_H_
#define KERAS_NODE_WORK_H_

#include "session.h"

namespace keras_node {

/** One piece of work on a thread of libuv's pool. Lives from Start until its Promise is settled. */
class Work {
 public:
  virtual ~Work() = default;

  /** Runs on the pool thread: touches no JavaScript. Failures are thrown. */
  virtual void Run(TF_Status* status) = 0;

  /** Runs on the JavaScript thread after a Run without failure; what the Promise resolves to. */
  virtual napi_value Result(Session* session) = 0;

  /** Lets go of JavaScript references; called once, on the JavaScript thread. */
  virtual void Dispose(napi_env) {}

  /** Asks a running op to stop. */
  virtual void Cancel() {}

  Session* session = nullptr;
  napi_async_work handle = nullptr;
  napi_deferred deferred = nullptr;
  std::unique_ptr<Failure> failure;
};

void FinishClosing(Session* session);

inline void RunWork(napi_env, void* data) {
  Work* work = static_cast<Work*>(data);
  const Status status(TF_NewStatus());
  Guarded(
      [&]() -> napi_value {
        work->Run(status.get());
        return nullptr;
      },
      [&](const Failure& failure) -> napi_value {
        work->failure = std::make_unique<Failure>(failure);
        return nullptr;
      });
}

inline void CompleteWork(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Work> work(static_cast<Work*>(data));
  Session* session = work->session;
  session->in_flight.erase(work.get());
  // While the environment goes down no JavaScript may run; outputs are freed with the work.
  if (!session->closing) {
    const auto reject = [&](const Failure& failure) -> napi_value {
      napi_reject_deferred(env, work->deferred, ErrorOf(env, failure));
      return nullptr;
    };
    try {
      Guarded(
          [&]() -> napi_value {
            if (work->failure != nullptr) return reject(*work->failure);
            napi_resolve_deferred(env, work->deferred, work->Result(session));
            return nullptr;
          },
          reject);
    } catch (...) {
      // Not even the error could be made: the environment is going down, and nobody waits for the Promise.
    }
  }
  work->Dispose(env);
  napi_delete_async_work(env, work->handle);
  if (session->closing && session->in_flight.empty()) FinishClosing(session);
}

/** Queues the work and returns its Promise. */
inline napi_value Start(const Call& call, std::unique_ptr<Work> work) {
  work->session = call.session;
  napi_value promise = nullptr;
  try {
    Ok(call.env, napi_create_async_work(call.env, nullptr, String(call.env, call.name), RunWork, CompleteWork,
                                        work.get(), &work->handle));
    Ok(call.env, napi_create_promise(call.env, &work->deferred, &promise));
    Ok(call.env, napi_queue_async_work(call.env, work->handle));
  } catch (...) {
    if (work->handle != nullptr) napi_delete_async_work(call.env, work->handle);
    work->Dispose(call.env);
    throw;
  }
  call.session->in_flight.insert(work.release());
  return promise;
}

}  // namespace keras_node

#endif  // KERAS_NODE_WORK_H_
