// Threads that help with what one thread has to do, and wait for the next time. To start a thread takes longer than much of
// what is shared here.
#ifndef KERAS_NODE_CREW_H_
#define KERAS_NODE_CREW_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

namespace keras_node {

class Crew {
 public:
  /** The one of this process. It is never taken down: its threads wait until the process ends. */
  static Crew& Ours() {
    static Crew* const crew = new Crew;
    return *crew;
  }

  /**
   * Has `work` run by this thread and, where they are free, by others, `threads` in all. Returns when all are done. What
   * it throws may come before it has begun anything, not later.
   */
  void Run(int threads, const std::function<void()>& work) {
    std::unique_lock<std::mutex> turn(turn_, std::defer_lock);
    if (threads <= 1 || !turn.try_lock()) return work();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      Grow(threads - 1);
      work_ = &work;
      places_ = threads - 1;
      calls_++;
    }
    called_.notify_all();
    struct Ending {
      Crew* crew;
      ~Ending() { crew->Finish(); }
    } ending{this};
    work();
  }

 private:
  void Finish() {
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = nullptr;
    done_.wait(lock, [this] { return busy_ == 0; });
  }

  /** How long a thread looks for more to do before it sleeps: about as long as it takes to wake one. */
  static constexpr std::chrono::microseconds kPatience{50};

  void Grow(int wanted) {
    try {
      for (; members_ < wanted; members_++) std::thread([this] { Help(); }).detach();
    } catch (const std::system_error&) {
      // The system gives no more threads: those that are there do it.
    }
  }

  [[noreturn]] void Help() {
    for (uint64_t seen = 0;;) {
      const auto begun = std::chrono::steady_clock::now();
      while (calls_ == seen && std::chrono::steady_clock::now() - begun < kPatience) Pause();
      std::unique_lock<std::mutex> lock(mutex_);
      called_.wait(lock, [&] { return calls_ != seen; });
      seen = calls_;
      if (work_ == nullptr || places_ == 0) continue;
      places_--;
      busy_++;
      const std::function<void()>& work = *work_;
      lock.unlock();
      try {
        work();
      } catch (const std::bad_alloc&) {
        // The others do it.
      }
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }

  std::mutex turn_, mutex_;
  std::condition_variable called_, done_;
  std::atomic<uint64_t> calls_{0};
  const std::function<void()>* work_ = nullptr;
  int members_ = 0, places_ = 0, busy_ = 0;
};

}  // namespace keras_node

#endif  // KERAS_NODE_CREW_H_
