// Work off the JavaScript thread, as Promises there.
#ifndef KERAS_NODE_BACKGROUND_H_
#define KERAS_NODE_BACKGROUND_H_

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "javascript.h"

namespace keras_node {

struct StatusDeleter {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, StatusDeleter>;

/** One piece of work. It lives until its Promise is settled, and dies on the JavaScript thread. */
class Work {
 public:
  virtual ~Work() = default;

  /** Runs on another thread: touches no JavaScript. Failures are thrown. */
  virtual void Run(TF_Status* status) = 0;

  /** Runs on the JavaScript thread after a Run without failure; what the Promise resolves to. */
  virtual napi_value Result(Session* session) = 0;

  /** Asks a running op to stop. */
  virtual void Cancel() {}

 private:
  friend class Background;
  napi_deferred deferred_ = nullptr;
  std::unique_ptr<Failure> failure_;
  int32_t lane_ = 0;
};

/**
 * Threads of our own rather than those of libuv (napi_async_work): a step that trains for seconds must not
 * hold one of the four threads that files and DNS share, and Node waits for those before a stopped worker
 * could tell them to stop. A thread is started when work finds all others busy, so that runs may wait for
 * each other.
 */
class Background {
 public:
  explicit Background(Session* session) : session_(session) {}
  ~Background() { Stop(); }

  void Open(napi_env env) {
    env_ = env;
    Ok(env, napi_create_threadsafe_function(env, nullptr, nullptr, String(env, "keras-node"), 0, 1, nullptr,
                                            nullptr, this, Wake, &wake_));
    Ok(env, napi_unref_threadsafe_function(env, wake_));
  }

  /**
   * Queues the work and returns its Promise. Work of one lane runs in the order in which it came, on one thread
   * as long as there is more; 0 is no lane. When some of it fails, what waits behind it in the lane is cancelled, and
   * so is what comes before JavaScript hears of the failure.
   */
  napi_value Start(std::unique_ptr<Work> work, int32_t lane = 0) {
    napi_value promise = nullptr;
    if (stopped_) throw Failure{TF_CANCELLED, "the process is about to end", ""};
    Ok(env_, napi_create_promise(env_, &work->deferred_, &promise));
    work->lane_ = lane;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto busy = lane == 0 ? lanes_.end() : lanes_.find(lane);
      if (busy != lanes_.end() && busy->second.failed != nullptr) {
        CancelBehind(busy->second.failed, work.get());
        napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
      } else if (busy != lanes_.end()) {
        busy->second.waiting.push_back(work.get());
      } else {
        if (idle_ <= queue_.size() && threads_.size() < kMaxThreads) AddThread();
        if (lane != 0) lanes_[lane];
        queue_.push_back(work.get());
      }
    }
    // While work is under way the wake-up handle keeps the event loop alive.
    if (in_flight_.empty()) napi_ref_threadsafe_function(env_, wake_);
    in_flight_.insert(work.release());
    work_arrived_.notify_one();
    return promise;
  }

  /** Whether work is queued, running, or not yet settled. */
  bool IsBusy() const { return !in_flight_.empty(); }

  /** Cancels all work and waits for its end. Promises not yet settled stay so; no more work is taken. */
  void Stop() {
    if (stopped_) return;
    stopped_ = true;
    for (Work* work : in_flight_) work->Cancel();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    work_arrived_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    for (Work* work : in_flight_) delete work;
    in_flight_.clear();
    napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  }

 private:
  static constexpr size_t kMaxThreads = 32;

  Session* session_;
  napi_env env_ = nullptr;
  napi_threadsafe_function wake_ = nullptr;
  bool stopped_ = false;       // this and in_flight_ are the JavaScript thread's own
  std::set<Work*> in_flight_;  // queued, running, or done and not yet settled

  std::mutex mutex_;  // guards all below
  std::condition_variable work_arrived_;
  std::deque<Work*> queue_;
  std::deque<Work*> done_;
  struct Lane {
    std::deque<Work*> waiting;
    const Work* failed = nullptr;  // not yet settled
  };
  std::map<int32_t, Lane> lanes_;  // those with work queued or running, or with a failure
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;

  void AddThread() {
    try {
      threads_.emplace_back([this] { ThreadMain(); });
    } catch (const std::system_error&) {
      // Fewer threads than runs will do, but not none.
      if (threads_.empty()) throw Failure{TF_RESOURCE_EXHAUSTED, "no thread could be started", ""};
    }
  }

  void ThreadMain() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      idle_++;
      work_arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      idle_--;
      if (stopping_) return;
      Work* work = queue_.front();
      queue_.pop_front();
      while (work != nullptr) {
        lock.unlock();
        RunGuarded(work);
        lock.lock();
        done_.push_back(work);
        work = NextInLane(work);
        if (!stopping_) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
      }
    }
  }

  /** What runs behind a work that is done. */
  Work* NextInLane(const Work* work) {
    const auto found = lanes_.find(work->lane_);
    if (work->lane_ == 0 || found == lanes_.end()) return nullptr;
    Lane& lane = found->second;
    if (work->failure_ != nullptr) {
      lane.failed = work;
      for (Work* waiting : lane.waiting) CancelBehind(work, waiting);
      lane.waiting.clear();
      return nullptr;
    }
    if (stopping_) return nullptr;
    if (lane.waiting.empty()) {
      lanes_.erase(found);
      return nullptr;
    }
    Work* next = lane.waiting.front();
    lane.waiting.pop_front();
    return next;
  }

  void CancelBehind(const Work* failed, Work* work) {
    work->failure_ = std::make_unique<Failure>(
        Failure{TF_CANCELLED, "cancelled, because a run before it failed: " + failed->failure_->message, ""});
    done_.push_back(work);
  }

  static void RunGuarded(Work* work) {
    const Status status(TF_NewStatus());
    Guarded(
        [&]() -> napi_value {
          work->Run(status.get());
          return nullptr;
        },
        [&](const Failure& failure) -> napi_value {
          work->failure_ = std::make_unique<Failure>(failure);
          return nullptr;
        });
  }

  /** On the JavaScript thread, after some work is done. `env` is null when the environment is going down. */
  static void Wake(napi_env env, napi_value, void* context, void*) {
    if (env != nullptr) static_cast<Background*>(context)->SettleDone();
  }

  void SettleDone() {
    std::deque<Work*> done;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      done.swap(done_);
      for (const Work* work : done) {
        const auto lane = lanes_.find(work->lane_);
        if (lane != lanes_.end() && lane->second.failed == work) lanes_.erase(lane);
      }
    }
    // Taken over before any Promise is settled: that may run JavaScript, which may call Start or Stop.
    std::vector<std::unique_ptr<Work>> works;
    for (Work* work : done) {
      in_flight_.erase(work);
      works.emplace_back(work);
    }
    if (in_flight_.empty() && !works.empty()) napi_unref_threadsafe_function(env_, wake_);
    for (const auto& work : works) Settle(work.get());
  }

  void Settle(Work* work) {
    const auto reject = [&](const Failure& failure) -> napi_value {
      napi_reject_deferred(env_, work->deferred_, ErrorOf(env_, failure));
      return nullptr;
    };
    try {
      Guarded(
          [&]() -> napi_value {
            if (work->failure_ != nullptr) return reject(*work->failure_);
            napi_resolve_deferred(env_, work->deferred_, work->Result(session_));
            return nullptr;
          },
          reject);
    } catch (...) {
      // Not even the error could be made: JavaScript cannot run any more, and nobody waits for the Promise.
    }
  }
};

}  // namespace keras_node

#endif  // KERAS_NODE_BACKGROUND_H_
