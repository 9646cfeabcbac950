// Memory in pages of 2 MB.
#ifndef KERAS_NODE_LARGE_PAGES_H_
#define KERAS_NODE_LARGE_PAGES_H_

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace keras_node {

/**
 * Asks for memory that nobody has touched yet to be made in large pages, where the system leaves that to programs: with
 * pages of 4 kB it takes longer to make 100 MB than to copy them. NumPy does the same. Small memory stays as it is.
 */
inline void WantLargePages(void* data, size_t size) {
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t kPage = 1 << 21;
  constexpr size_t kLarge = 1 << 22;
  if (size < kLarge) return;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + kPage - 1) & ~(kPage - 1);
  const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + size) & ~(kPage - 1);
  // Advice: whether it is taken changes nothing but the time.
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

}  // namespace keras_node

#endif  // KERAS_NODE_LARGE_PAGES_H_
