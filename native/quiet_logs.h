// Makes TF_CPP_MIN_LOG_LEVEL hold for all that TensorFlow logs, from the first line on; without it nothing is
// logged, or with KERAS_NODE_DEBUG everything. JavaScript cannot see to that: what a worker thread writes into
// process.env stays in its own copy.
#ifndef KERAS_NODE_QUIET_LOGS_H_
#define KERAS_NODE_QUIET_LOGS_H_

#include <cstdlib>

// TensorFlow 2.21 logs in part through Abseil, which never reads that variable, and its first notice (oneDNN)
// comes from a static initializer, before any code of ours. But the loader looks a symbol up in this module
// before it looks in the libraries the module needs, so Abseil asks this definition of absl::MinLogLevel()
// which severities to drop; both count 0 info, 1 warning, 2 error, 3 fatal. With another Abseil than
// TensorFlow 2.21's the name does not match: then the notice is back, and nothing else changes.
extern "C" __attribute__((visibility("default"))) int KerasNodeMinLogLevel() asm(
    "_ZN4absl12lts_2025081411MinLogLevelEv");

extern "C" int KerasNodeMinLogLevel() {
  // Read once: a later getenv could meet a setenv of JavaScript on another thread.
  static const int minimum = [] {
    const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
    if (level != nullptr) return std::atoi(level);
    return std::getenv("KERAS_NODE_DEBUG") != nullptr ? 0 : 3;
  }();
  return minimum;
}

#endif  // KERAS_NODE_QUIET_LOGS_H_
