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

#if defined(__linux__)
#include <sched.h>
#include <unistd.h>
#endif

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
      callers_ = ThisProcessor();
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
    if (busy_ == 0) return;
    // What the others have left is short, since they share the work piece by piece.
    lock.unlock();
    Watch([this] { return busy_ == 0; });
    lock.lock();
    done_.wait(lock, [this] { return busy_ == 0; });
  }

  /** How long a thread looks for what it waits for before it sleeps: one that sleeps takes as long to wake on some machines. */
  static constexpr std::chrono::microseconds kPatience{100};
  /** After so long it lets others have the processor in between. */
  static constexpr std::chrono::microseconds kHaste{20};

  template <typename F>
  static void Watch(F has_come) {
    const auto begun = std::chrono::steady_clock::now();
    while (!has_come()) {
      const auto waited = std::chrono::steady_clock::now() - begun;
      if (waited > kPatience) return;
      if (waited > kHaste) std::this_thread::yield();
      else Pause();
    }
  }

  void Grow(int wanted) {
    try {
      for (; members_ < wanted; members_++) std::thread([this] { Help(); }).detach();
    } catch (const std::system_error&) {
      // The system gives no more threads: those that are there do it.
    }
  }

  [[noreturn]] void Help() {
    for (uint64_t seen = 0;;) {
      Watch([&] { return calls_ != seen; });
      std::unique_lock<std::mutex> lock(mutex_);
      called_.wait(lock, [&] { return calls_ != seen; });
      seen = calls_;
      if (work_ == nullptr || places_ == 0) continue;
      places_--;
      busy_++;
      const std::function<void()>& work = *work_;
      const int callers = callers_;
      lock.unlock();
      if (callers >= 0 && callers == ThisProcessor()) Leave(callers);
      try {
        work();
      } catch (const std::bad_alloc&) {
        // The others do it.
      }
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

#if defined(__linux__)
  static int ThisProcessor() { return sched_getcpu(); }

  /**
   * Goes to another processor, and stays away from this one. A system may wake a helper where its caller runs, whose turn it
   * then takes; where both have worked little before, they stay together for a tenth of a second.
   */
  static void Leave(int processor) {
    cpu_set_t set;
    if (sched_getaffinity(getpid(), sizeof(set), &set) != 0 || CPU_COUNT(&set) < 2) return;
    CPU_CLR(processor, &set);
    sched_setaffinity(0, sizeof(set), &set);
  }
#else
  static int ThisProcessor() { return -1; }
  static void Leave(int) {}
#endif

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }

  std::mutex turn_, mutex_;
  std::condition_variable called_, done_;
  std::atomic<uint64_t> calls_{0};
  const std::function<void()>* work_ = nullptr;
  int members_ = 0, places_ = 0;
  /** The processor that the one who calls is on; -1 where it cannot be told. */
  int callers_ = -1;
  /** Changed under the lock. */
  std::atomic<int> busy_{0};
};

}  // namespace keras_node

#endif  // KERAS_NODE_CREW_H_
