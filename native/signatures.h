// What TensorFlow's op and function definitions say about inputs and attributes, for checks before a call:
// TensorFlow itself trusts its C callers on these points (an input too many reads past the definition's end).
#ifndef KERAS_NODE_SIGNATURES_H_
#define KERAS_NODE_SIGNATURES_H_

#include <map>
#include <string>
#include <vector>

#include "protobuf.h"
#include "session.h"

namespace keras_node {

/** What an input must look like: a tensor of some rank, or a vector of some length (a tensor's sizes). */
struct InputForm {
  int rank;
  int64_t length = -1;  // -1: any
};

/**
 * Ops whose kernels (oneDNN's convolutions, TensorFlow's gradients of average pooling) abort the process or
 * read past a shape's end when an input has another rank. Found with TensorFlow 2.21 by binding-fuzz.test.ts.
 */
inline const std::vector<InputForm>* RequiredForms(const std::string& op) {
  static const std::map<std::string, std::vector<InputForm>> kForms = {
      {"Conv2D", {{4}, {4}}},
      {"Conv2DBackpropInput", {{1, 4}, {4}, {4}}},
      {"Conv2DBackpropFilter", {{4}, {1, 4}, {4}}},
      {"DepthwiseConv2dNative", {{4}, {4}}},
      {"DepthwiseConv2dNativeBackpropInput", {{1, 4}, {4}, {4}}},
      {"DepthwiseConv2dNativeBackpropFilter", {{4}, {1, 4}, {4}}},
      {"Conv3D", {{5}, {5}}},
      {"Conv3DBackpropInputV2", {{1, 5}, {5}, {5}}},
      {"Conv3DBackpropFilterV2", {{5}, {1, 5}, {5}}},
      {"AvgPool", {{4}}},
      {"AvgPoolGrad", {{1, 4}, {4}}},
      {"AvgPool3D", {{5}}},
      {"AvgPool3DGrad", {{1, 5}, {5}}},
  };
  const auto found = kForms.find(op);
  return found == kForms.end() ? nullptr : &found->second;
}

/** The inputs of a scatter op of which `updates` must have all dimensions of `indices` but the last. */
struct ScatterInputs {
  size_t indices;
  size_t updates;
};

/** Ops that abort the process where that does not hold (TensorFlow 2.21, found likewise). */
inline const ScatterInputs* ScatterInputsOf(const std::string& op) {
  static const std::map<std::string, ScatterInputs> kOps = {
      {"ScatterNd", {0, 1}},        {"TensorScatterUpdate", {1, 2}}, {"TensorScatterAdd", {1, 2}},
      {"TensorScatterSub", {1, 2}}, {"TensorScatterMax", {1, 2}},    {"TensorScatterMin", {1, 2}},
  };
  const auto found = kOps.find(op);
  return found == kOps.end() ? nullptr : &found->second;
}

/** An OpDef, as far as calls are checked against it. */
struct Signature {
  bool is_function = false;
  const std::vector<InputForm>* forms = nullptr;  // where the op's kernels need the check
  const ScatterInputs* scatter = nullptr;         // likewise
  bool has_lists = false;                         // some input is a list, whose length the attributes tell
  size_t inputs = 0;                              // number of input arguments
  std::map<std::string, std::string> attrs;       // name -> kind, such as "int" or "list(type)"
};

inline Signature ParseSignature(std::string_view op_def) {
  enum { kInputArg = 2, kAttr = 4 };
  enum { kNumberAttr = 5, kTypeListAttr = 6 };
  enum { kAttrName = 1, kAttrType = 2 };
  Signature signature;
  for (Message m(op_def); m.Next();) {
    if (m.type != kBytes) continue;
    if (m.field == kInputArg) {
      signature.inputs++;
      const bool list =
          !BytesField(m.bytes, kNumberAttr).empty() || !BytesField(m.bytes, kTypeListAttr).empty();
      signature.has_lists = signature.has_lists || list;
    } else if (m.field == kAttr) {
      signature.attrs.emplace(BytesField(m.bytes, kAttrName), BytesField(m.bytes, kAttrType));
    }
  }
  return signature;
}

/** TensorFlow's registered ops: read once per process, and never changed afterwards. */
class OpRegistry {
 public:
  static const OpRegistry& Get() {
    static const OpRegistry registry;
    return registry;
  }

  /** The serialized OpList. */
  std::string_view bytes() const { return {static_cast<const char*>(list_->data), list_->length}; }

  /** The serialized OpDef of an op, or an empty view. */
  std::string_view Find(const std::string& name) const {
    const auto found = definitions_.find(name);
    return found == definitions_.end() ? std::string_view() : found->second;
  }

 private:
  enum { kOp = 1, kOpName = 1 };
  Buffer list_{TF_GetAllOpList()};
  std::unordered_map<std::string, std::string_view> definitions_;

  OpRegistry() {
    for (Message m(bytes()); m.Next();) {
      if (m.field == kOp && m.type == kBytes) definitions_.emplace(BytesField(m.bytes, kOpName), m.bytes);
    }
  }
};

/** The signature of a registered op, or of a function added to the session; a failure for an unknown name. */
inline Signature FindSignature(Session* session, const std::string& name) {
  const std::string_view op_def = OpRegistry::Get().Find(name);
  if (!op_def.empty()) {
    Signature signature = ParseSignature(op_def);
    signature.forms = RequiredForms(name);
    signature.scatter = ScatterInputsOf(name);
    return signature;
  }
  if (!TFE_ContextHasFunction(session->context, name.c_str())) {
    throw Failure{TF_NOT_FOUND, "prepareOp: no op and no added function is named \"" + name + "\"", name};
  }
  const Buffer buffer(TF_NewBuffer());
  TFE_ContextGetFunctionDef(session->context, name.c_str(), buffer.get(), session->status.get());
  Ok(session->status.get(), name);
  enum { kSignature = 1 };
  Signature signature =
      ParseSignature(BytesField({static_cast<const char*>(buffer->data), buffer->length}, kSignature));
  signature.is_function = true;
  return signature;
}

/** Fields of an AttrValue, and of its ListValue where there is one; 0 for a kind without a value. */
inline uint64_t FieldOfKind(std::string_view kind) {
  static const std::map<std::string_view, uint64_t> kFields = {{"string", 2}, {"int", 3},  {"float", 4},
                                                               {"bool", 5},   {"type", 6}, {"shape", 7},
                                                               {"tensor", 8}, {"func", 9}};
  const auto found = kFields.find(kind);
  return found == kFields.end() ? 0 : found->second;
}

/** Checks that a serialized AttrValue parses and holds a value of the given kind; returns what is wrong, or
 * "". */
inline std::string CheckAttr(std::string_view value, std::string_view kind) {
  constexpr uint64_t kList = 1, kFuncInList = 9, kFuncOutsideLists = 10;
  const bool list = kind.substr(0, 5) == "list(";
  const uint64_t element = FieldOfKind(list ? kind.substr(5, kind.size() - 6) : kind);
  const uint64_t expected = list ? kList : element == kFuncInList ? kFuncOutsideLists : element;
  uint64_t actual = 0;
  std::string_view items;
  Message message(value);
  while (message.Next()) {
    if (message.field < 1 || message.field > 10) continue;
    actual = message.field;
    items = message.bytes;
  }
  if (message.damaged) return "is no AttrValue: the bytes do not parse";
  const std::string wanted = "must hold a value of kind " + std::string(kind);
  if (actual == 0) return wanted + ", but the AttrValue is empty";
  if (actual != expected) return wanted + ", but the AttrValue has its field " + std::to_string(actual);
  if (!list) return "";
  Message item(items);
  while (item.Next()) {
    if (item.field != element)
      return wanted + ", but the list has items of field " + std::to_string(item.field);
  }
  return item.damaged ? "is no AttrValue: the bytes of its list do not parse" : "";
}

}  // namespace keras_node

#endif  // KERAS_NODE_SIGNATURES_H_
