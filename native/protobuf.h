// Reading of serialized protocol buffers, as far as the border checks need it: no schema, no copies.
#ifndef KERAS_NODE_PROTOBUF_H_
#define KERAS_NODE_PROTOBUF_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keras_node {

/** Wire types of the protocol buffer encoding. */
enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/** Takes a varint from the front of what is left; whether there was one. */
inline bool TakeVarint(std::string_view* rest, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !rest->empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(rest->front());
    rest->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/** Walks the numbers of a packed field. */
class Packed {
 public:
  explicit Packed(std::string_view bytes) : rest_(bytes) {}
  uint64_t number = 0;
  bool Next() { return TakeVarint(&rest_, &number); }

 private:
  std::string_view rest_;
};

/**
 * Walks the fields of one serialized message: `while (message.Next()) switch (message.field) ...`.
 * Damaged bytes end the walk and set `damaged`. Views stay valid as long as the bytes given.
 */
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  uint64_t field = 0;
  WireType type = kVarint;
  uint64_t number = 0;     // value of a varint field
  std::string_view bytes;  // value of a length-delimited field
  bool damaged = false;

  bool Next() {
    if (rest_.empty() || damaged) return false;
    uint64_t key = 0;
    if (!Varint(&key)) return Damaged();
    field = key >> 3;
    type = static_cast<WireType>(key & 7);
    switch (type) {
      case kVarint: return Varint(&number) || Damaged();
      case kFixed64: return Take(8) || Damaged();
      case kFixed32: return Take(4) || Damaged();
      case kBytes: {
        uint64_t length = 0;
        return (Varint(&length) && Take(length)) || Damaged();
      }
    }
    return Damaged();  // groups are not used by TensorFlow's messages
  }

 private:
  std::string_view rest_;

  bool Damaged() {
    damaged = true;
    return false;
  }

  bool Take(uint64_t length) {
    if (length > rest_.size()) return false;
    bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool Varint(uint64_t* value) { return TakeVarint(&rest_, value); }
};

/** The last value of a length-delimited field of a message, or an empty view. */
inline std::string_view BytesField(std::string_view message, uint64_t field) {
  std::string_view found;
  for (Message m(message); m.Next();) {
    if (m.field == field && m.type == kBytes) found = m.bytes;
  }
  return found;
}

/** The integers of a serialized AttrValue that is a list of them; those that have no room are cut. */
inline std::vector<int32_t> IntegersOf(std::string_view attr_value) {
  enum { kList = 1, kIntegers = 3 };
  std::vector<int32_t> numbers;
  for (Message m(BytesField(attr_value, kList)); m.Next();) {
    if (m.field != kIntegers) continue;
    if (m.type == kVarint) numbers.push_back(static_cast<int32_t>(m.number));
    if (m.type == kBytes)
      for (Packed p(m.bytes); p.Next();) numbers.push_back(static_cast<int32_t>(p.number));
  }
  return numbers;
}

}  // namespace keras_node

#endif  // KERAS_NODE_PROTOBUF_H_
