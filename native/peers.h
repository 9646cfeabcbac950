// Whether the other processes of a group are alive, and the end of all collectives when one is not.
#ifndef KERAS_NODE_PEERS_H_
#define KERAS_NODE_PEERS_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tensorflow/c/c_api_experimental.h"
#include "tensorflow/c/eager/c_api.h"

namespace keras_node {

/** Asks all tasks at once; for each its problem, or nothing. */
inline std::vector<std::string> ProblemsOf(TFE_Context* context, const std::vector<std::string>& tasks, int64_t timeout) {
  std::vector<std::string> problems(tasks.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < tasks.size(); i++) {
    threads.emplace_back([&, i] {
      TF_Status* status = TF_NewStatus();
      TFE_CollectiveOpsCheckPeerHealth(context, tasks[i].c_str(), timeout, status);
      if (TF_GetCode(status) != TF_OK) {
        const std::string message = TF_Message(status);
        problems[i] = message.empty() ? "no answer" : message;
      }
      TF_DeleteStatus(status);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return problems;
}

/**
 * Asks the peers again and again, on a thread of its own: a collective whose peer is frozen waits for ever, and so may
 * the JavaScript thread. When one does not answer, all collectives of this process end with an error.
 */
class PeerWatch {
 public:
  PeerWatch(TFE_Context* context, std::vector<std::string> tasks, int64_t interval, int64_t timeout)
      : context_(context),
        tasks_(std::move(tasks)),
        interval_(interval),
        timeout_(timeout),
        found_(tasks_.size()),
        thread_([this] { Main(); }) {}
  PeerWatch(const PeerWatch&) = delete;

  ~PeerWatch() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  std::vector<std::string> Found() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return found_;
  }

  void Abort(const std::string& why) {
    TF_Status* status = TF_NewStatus();
    TF_SetStatus(status, TF_UNAVAILABLE, why.c_str());
    TFE_AbortCollectiveOps(context_, status);
    TF_DeleteStatus(status);
  }

 private:
  TFE_Context* context_;
  const std::vector<std::string> tasks_;
  const std::chrono::milliseconds interval_;
  const int64_t timeout_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<std::string> found_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above

  void Main() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!changed_.wait_for(lock, interval_, [this] { return stopping_; })) {
      lock.unlock();
      const std::vector<std::string> problems = ProblemsOf(context_, tasks_, timeout_);
      std::string first;
      for (size_t i = 0; i < problems.size() && first.empty(); i++) {
        if (!problems[i].empty()) first = tasks_[i] + ": " + problems[i];
      }
      lock.lock();
      if (first.empty() || stopping_) continue;
      found_ = problems;
      lock.unlock();
      Abort("a process of the group is lost: " + first);
      return;
    }
  }
};

}  // namespace keras_node

#endif  // KERAS_NODE_PEERS_H_
