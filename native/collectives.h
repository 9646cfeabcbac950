// Functions of the addon for several processes that compute together: TensorFlow's collective runtime.
#ifndef KERAS_NODE_COLLECTIVES_H_
#define KERAS_NODE_COLLECTIVES_H_

#include "background.h"
#include "session.h"
#include "sockets.h"

namespace keras_node {

inline napi_value EnableCollectives(Call& call) {
  Session* session = call.session;
  const std::string server(call.Message(call[0], "serverDef"));
  if (session->has_group) call.Fail("this process is in a group already", TF_FAILED_PRECONDITION);
  if (call.Given(1)) {
    const std::string address = call.Name(call[1], "address");
    if (!ListenOn(address)) {
      call.Fail("TensorFlow's server cannot be kept to the address \"" + address + "\"", TF_FAILED_PRECONDITION);
    }
  }
  TFE_EnableCollectiveOps(session->context, server.data(), server.size(), session->status.get());
  Ok(session->status.get());
  session->has_group = true;
  return nullptr;
}

/** Reads the tasks to ask. TensorFlow does not check that there is a group to ask in. */
inline std::vector<std::string> Tasks(const Call& call) {
  if (!call.session->has_group) call.Fail("call enableCollectives() first", TF_FAILED_PRECONDITION);
  std::vector<std::string> tasks;
  call.Elements(call[0], "tasks", [&](napi_value element, uint32_t i) {
    tasks.push_back(call.Name(element, "tasks[" + std::to_string(i) + "]"));
  });
  return tasks;
}

constexpr int64_t kMaxMilliseconds = 86400000;

inline napi_value Problems(napi_env env, const std::vector<std::string>& problems) {
  return Array(env, problems, [&](const std::string& problem) {
    napi_value value = nullptr;
    if (problem.empty()) Ok(env, napi_get_null(env, &value));
    else value = String(env, problem);
    return value;
  });
}

inline napi_value CheckPeers(Call& call) {
  const std::vector<std::string> tasks = Tasks(call);
  const int64_t timeout = call.Integer(1, "timeout", 1, kMaxMilliseconds);
  return Problems(call.env, ProblemsOf(call.session->context, tasks, timeout));
}

/** The same, off the JavaScript thread. */
class CheckWork : public Work {
 public:
  CheckWork(TFE_Context* context, std::vector<std::string> tasks, int64_t timeout)
      : context_(context), tasks_(std::move(tasks)), timeout_(timeout) {}

  void Run(TF_Status*) override { problems_ = ProblemsOf(context_, tasks_, timeout_); }
  napi_value Result(Session* session) override { return Problems(session->env, problems_); }

 private:
  TFE_Context* context_;
  std::vector<std::string> tasks_;
  int64_t timeout_;
  std::vector<std::string> problems_;
};

inline napi_value CheckPeersAsync(Call& call) {
  const int64_t timeout = call.Integer(1, "timeout", 1, kMaxMilliseconds);
  return call.session->background.Start(std::make_unique<CheckWork>(call.session->context, Tasks(call), timeout));
}

inline napi_value WatchPeers(Call& call) {
  std::vector<std::string> tasks = Tasks(call);
  const int64_t interval = call.Integer(1, "interval", 1, kMaxMilliseconds);
  const int64_t timeout = call.Integer(2, "timeout", 1, kMaxMilliseconds);
  if (call.session->watch != nullptr) call.Fail("peers are watched already", TF_FAILED_PRECONDITION);
  call.session->watch = std::make_unique<PeerWatch>(call.session->context, std::move(tasks), interval, timeout);
  return nullptr;
}

/** Ends all collectives of this process, those that run and those to come. */
inline napi_value AbortCollectives(Call& call) {
  const std::string why = call.Name(call[0], "why");
  if (call.session->watch == nullptr) call.Fail("call watchPeers() first", TF_FAILED_PRECONDITION);
  call.session->watch->Abort(why);
  return nullptr;
}

/** What the watch has found: for each task watched its problem, or null. */
inline napi_value LostPeers(Call& call) {
  if (call.session->watch == nullptr) call.Fail("call watchPeers() first", TF_FAILED_PRECONDITION);
  return Problems(call.env, call.session->watch->Found());
}

}  // namespace keras_node

#endif  // KERAS_NODE_COLLECTIVES_H_
