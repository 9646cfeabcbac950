// Copies of much memory.
#ifndef KERAS_NODE_COPYING_H_
#define KERAS_NODE_COPYING_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>

#include "crew.h"

namespace keras_node {

/** Copies to memory that nobody has touched yet, whose making by the system takes most of the time: on several threads. */
inline void CopyLarge(void* to, const void* from, size_t size) {
  constexpr size_t kPart = 1 << 22;
  constexpr size_t kMostThreads = 4;
  // The system takes longer to tell how many processors there are than to copy a little.
  if (size < 2 * kPart) {
    if (size > 0) std::memcpy(to, from, size);
    return;
  }
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  const size_t threads = std::min({size / kPart, kMostThreads, processors});
  // Whole large pages, so that no two threads make the same one.
  const size_t part = (size / threads + kPart - 1) / kPart * kPart;
  std::atomic<size_t> next{0};
  Crew::Ours().Run(static_cast<int>(threads), [&] {
    for (size_t begin; (begin = part * next++) < size;)
      std::memcpy(static_cast<uint8_t*>(to) + begin, static_cast<const uint8_t*>(from) + begin,
                  std::min(part, size - begin));
  });
}

}  // namespace keras_node

#endif  // KERAS_NODE_COPYING_H_
