// Functions of the addon that add TensorFlow functions and remove them.
#ifndef KERAS_NODE_FUNCTIONS_H_
#define KERAS_NODE_FUNCTIONS_H_

#include "operations.h"

namespace keras_node {

/** Collects the functions an AttrValue names: `func`, a list of them, and those in their own attributes. */
inline void CollectCalls(std::string_view attr_value, std::set<std::string>* calls, int depth = 0) {
  enum { kList = 1, kFunc = 10, kFuncInList = 9, kName = 1, kAttr = 2, kMapValue = 2, kMaxDepth = 16 };
  if (depth > kMaxDepth) return;
  const auto function = [&](std::string_view name_attr_list) {
    calls->emplace(BytesField(name_attr_list, kName));
    for (Message m(name_attr_list); m.Next();) {
      if (m.field == kAttr && m.type == kBytes)
        CollectCalls(BytesField(m.bytes, kMapValue), calls, depth + 1);
    }
  };
  for (Message m(attr_value); m.Next();) {
    if (m.type != kBytes) continue;
    if (m.field == kFunc) function(m.bytes);
    if (m.field != kList) continue;
    for (Message item(m.bytes); item.Next();) {
      if (item.field == kFuncInList && item.type == kBytes) function(item.bytes);
    }
  }
}

/** Names that the nodes of a FunctionDef may call: their ops, and functions in their attributes. */
inline std::set<std::string> CallsOf(std::string_view function_def) {
  enum { kNodeDef = 3, kOp = 2, kAttr = 5, kMapValue = 2 };
  std::set<std::string> calls;
  for (Message m(function_def); m.Next();) {
    if (m.field != kNodeDef || m.type != kBytes) continue;
    for (Message node(m.bytes); node.Next();) {
      if (node.type != kBytes) continue;
      if (node.field == kOp) calls.emplace(node.bytes);
      if (node.field == kAttr) CollectCalls(BytesField(node.bytes, kMapValue), &calls);
    }
  }
  return calls;
}

/**
 * Refuses a function that comes to call itself: TensorFlow would expand it without end, in a thread that no
 * cancellation reaches.
 */
inline void RefuseRecursion(const Call& call, const std::string& name, const std::set<std::string>& calls) {
  std::set<std::string> seen;
  std::vector<std::string> to_visit(calls.begin(), calls.end());
  while (!to_visit.empty()) {
    const std::string next = to_visit.back();
    to_visit.pop_back();
    if (next == name) call.Fail("the function \"" + name + "\" calls itself, directly or through others");
    if (!seen.insert(next).second) continue;
    const auto known = call.session->functions.find(next);
    if (known == call.session->functions.end()) continue;
    to_visit.insert(to_visit.end(), known->second.calls.begin(), known->second.calls.end());
  }
}

inline napi_value AddFunction(Call& call) {
  const std::string bytes(call.Message(call[0], "functionDef"));
  enum { kSignature = 1, kName = 1 };
  const std::string name(BytesField(BytesField(bytes, kSignature), kName));
  if (name.empty() || name.find('\0') != std::string::npos) {
    call.Fail("the bytes are no FunctionDef with a signature that has a name");
  }
  std::set<std::string> calls = CallsOf(bytes);
  RefuseRecursion(call, name, calls);
  TFE_ContextAddFunctionDef(call.session->context, bytes.data(), bytes.size(), call.session->status.get());
  Ok(call.session->status.get(), name);
  // TensorFlow accepts an equal definition again, and counts; so do we.
  AddedFunction& function = call.session->functions[name];
  function.count++;
  function.calls = std::move(calls);
  return String(call.env, name);
}

inline napi_value RemoveFunction(Call& call) {
  const std::string name = call.Name(call[0], "name");
  const auto known = call.session->functions.find(name);
  if (known == call.session->functions.end()) {
    call.Fail("no added function is named \"" + name + "\"", TF_NOT_FOUND);
  }
  if (--known->second.count == 0) {
    call.session->functions.erase(known);
    for (const auto& entry : call.session->ops.all()) {
      if (entry.second->name() == name) entry.second->Invalidate();
    }
  }
  TFE_ContextRemoveFunction(call.session->context, name.c_str(), call.session->status.get());
  Ok(call.session->status.get(), name);
  return nullptr;
}

}  // namespace keras_node

#endif  // KERAS_NODE_FUNCTIONS_H_
