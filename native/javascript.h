// The border with JavaScript: arguments in, values and errors out. Every argument is checked here or by its
// reader.
#ifndef KERAS_NODE_JAVASCRIPT_H_
#define KERAS_NODE_JAVASCRIPT_H_

#include <node_api.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensorflow/c/tf_status.h"

namespace keras_node {

struct Session;

/** A failure on its way to JavaScript: an Error with `code` and, where an op is to blame, `op`. */
struct Failure {
  TF_Code code;
  std::string message;
  std::string op;
};

/** A JavaScript exception is pending already (a getter threw, say): unwind and leave it as it is. */
struct Pending {};

inline const char* CodeName(TF_Code code) {
  switch (code) {
    case TF_OK: return "OK";
    case TF_CANCELLED: return "CANCELLED";
    case TF_INVALID_ARGUMENT: return "INVALID_ARGUMENT";
    case TF_DEADLINE_EXCEEDED: return "DEADLINE_EXCEEDED";
    case TF_NOT_FOUND: return "NOT_FOUND";
    case TF_ALREADY_EXISTS: return "ALREADY_EXISTS";
    case TF_PERMISSION_DENIED: return "PERMISSION_DENIED";
    case TF_UNAUTHENTICATED: return "UNAUTHENTICATED";
    case TF_RESOURCE_EXHAUSTED: return "RESOURCE_EXHAUSTED";
    case TF_FAILED_PRECONDITION: return "FAILED_PRECONDITION";
    case TF_ABORTED: return "ABORTED";
    case TF_OUT_OF_RANGE: return "OUT_OF_RANGE";
    case TF_UNIMPLEMENTED: return "UNIMPLEMENTED";
    case TF_INTERNAL: return "INTERNAL";
    case TF_UNAVAILABLE: return "UNAVAILABLE";
    case TF_DATA_LOSS: return "DATA_LOSS";
    default: return "UNKNOWN";
  }
}

/** Turns what a failed Node-API call says into a C++ exception; no-op when it succeeded. */
inline void Ok(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending || status == napi_pending_exception || status == napi_cannot_run_js) throw Pending{};
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const char* message = info != nullptr ? info->error_message : nullptr;
  throw Failure{TF_INTERNAL, std::string("Node-API: ") + (message != nullptr ? message : "unknown failure"),
                ""};
}

/** Throws the failure a TF_Status holds, if any, and clears the status for its next use. */
inline void Ok(TF_Status* status, const std::string& op = "") {
  const TF_Code code = TF_GetCode(status);
  if (code == TF_OK) return;
  Failure failure{code, TF_Message(status), op};
  TF_SetStatus(status, TF_OK, "");
  throw failure;
}

inline napi_value String(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  Ok(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

inline napi_value Number(napi_env env, int64_t number) {
  napi_value value = nullptr;
  if (number == static_cast<int32_t>(number)) {
    Ok(env, napi_create_int32(env, static_cast<int32_t>(number), &value));
  } else {
    Ok(env, napi_create_double(env, static_cast<double>(number), &value));
  }
  return value;
}

template <typename T, typename Convert>
napi_value Array(napi_env env, const T& items, Convert convert) {
  napi_value array = nullptr;
  Ok(env, napi_create_array_with_length(env, items.size(), &array));
  for (size_t i = 0; i < items.size(); i++) Ok(env, napi_set_element(env, array, i, convert(items[i])));
  return array;
}

/** The JavaScript Error for a failure. */
inline napi_value ErrorOf(napi_env env, const Failure& failure) {
  napi_value error = nullptr;
  Ok(env, napi_create_error(env, nullptr, String(env, failure.message), &error));
  Ok(env, napi_set_named_property(env, error, "code", String(env, CodeName(failure.code))));
  if (!failure.op.empty()) Ok(env, napi_set_named_property(env, error, "op", String(env, failure.op)));
  return error;
}

/** What a value is, for an error message. */
inline std::string Describe(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, value, &type) != napi_ok) return "an unreadable value";
  switch (type) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_symbol: return "a symbol";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      char text[32];
      std::snprintf(text, sizeof text, "%.17g", number);
      return text;
    }
    case napi_string: {
      char text[41];
      size_t length = 0;
      napi_get_value_string_utf8(env, value, text, sizeof text, &length);
      return "\"" + std::string(text, length) + "\"";
    }
    default: {
      bool array = false;
      napi_is_array(env, value, &array);
      return array ? "an array" : "an object";
    }
  }
}

/** The bytes behind a typed array or DataView: valid until JavaScript runs again, so read all else first. */
struct Bytes {
  uint8_t* data;
  size_t size;
};

inline bool ReadBytes(napi_env env, napi_value value, Bytes* bytes, napi_typedarray_type* type) {
  static const size_t kWidths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2};
  void* data = nullptr;
  size_t length = 0;
  bool is_view = false;
  Ok(env, napi_is_typedarray(env, value, &is_view));
  if (is_view) {
    // A Node older than a typed-array kind leaves the type untouched, so it starts as an impossible one.
    *type = static_cast<napi_typedarray_type>(-1);
    Ok(env, napi_get_typedarray_info(env, value, type, &length, &data, nullptr, nullptr));
    const size_t index = static_cast<size_t>(*type);
    if (index >= sizeof kWidths / sizeof *kWidths) return false;
    *bytes = {static_cast<uint8_t*>(data), length * kWidths[index]};
  } else {
    Ok(env, napi_is_dataview(env, value, &is_view));
    if (!is_view) return false;
    Ok(env, napi_get_dataview_info(env, value, &length, &data, nullptr, nullptr));
    *type = napi_uint8_array;
    *bytes = {static_cast<uint8_t*>(data), length};
  }
  if (bytes->data == nullptr) bytes->size = 0;  // a detached buffer
  return true;
}

/** What a function of the addon is called with. `name` is the function's, for error messages. */
struct Binding {
  Session* session;
  const char* name;
};

/** One call from JavaScript: its arguments with readers that throw a Failure naming the argument. */
class Call {
 public:
  napi_env env;
  Session* session = nullptr;
  const char* name = "";
  size_t count = kInline;

  Call(napi_env environment, napi_callback_info info) : env(environment) {
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, inline_, nullptr, &data);
    if (count > kInline) {
      heap_.resize(count);
      napi_get_cb_info(env, info, &count, heap_.data(), nullptr, nullptr);
    }
    session = static_cast<Binding*>(data)->session;
    name = static_cast<Binding*>(data)->name;
  }

  [[noreturn]] void Fail(const std::string& message, TF_Code code = TF_INVALID_ARGUMENT) const {
    throw Failure{code, std::string(name) + ": " + message, ""};
  }

  [[noreturn]] void Wrong(const std::string& what, const char* expected, napi_value received) const {
    Fail(what + " must be " + expected + ", got " + Describe(env, received));
  }

  /** Argument `index`, or undefined where the call gave fewer. */
  napi_value operator[](size_t index) const {
    if (index < count) return count > kInline ? heap_[index] : inline_[index];
    napi_value undefined = nullptr;
    Ok(env, napi_get_undefined(env, &undefined));
    return undefined;
  }

  bool Given(size_t index) const {
    napi_valuetype type = napi_undefined;
    if (index < count) Ok(env, napi_typeof(env, (*this)[index], &type));
    return type != napi_undefined;
  }

  /** Whether a value is a whole number in [0, 2^31): the form of every id. Runs no JavaScript. */
  bool Id(napi_value value, int32_t* id) const {
    double number = 0;
    if (napi_get_value_double(env, value, &number) != napi_ok) return false;
    if (!(number >= 0 && number <= 2147483647.0)) return false;  // false for NaN as well
    *id = static_cast<int32_t>(number);
    return *id == number;
  }

  int64_t Integer(napi_value value, const std::string& what, int64_t low, int64_t high) const {
    double number = 0;
    const bool whole = napi_get_value_double(env, value, &number) == napi_ok && std::isfinite(number) &&
                       std::trunc(number) == number && std::fabs(number) <= 9007199254740991.0;
    if (!whole) Wrong(what, "an integer", value);
    const int64_t integer = static_cast<int64_t>(number);
    if (integer < low || integer > high) {
      Fail(what + " must be from " + std::to_string(low) + " to " + std::to_string(high) + ", got " +
           std::to_string(integer));
    }
    return integer;
  }

  int64_t Integer(size_t index, const char* what, int64_t low, int64_t high) const {
    return Integer((*this)[index], what, low, high);
  }

  std::string Text(napi_value value, const std::string& what) const {
    size_t length = 0;
    if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok)
      Wrong(what, "a string", value);
    std::string text(length, '\0');
    Ok(env, napi_get_value_string_utf8(env, value, &text[0], length + 1, &length));
    return text;
  }

  /** A name for TensorFlow's C functions: text without a NUL character, which would cut it short. */
  std::string Name(napi_value value, const std::string& what) const {
    std::string text = Text(value, what);
    if (text.find('\0') != std::string::npos) Fail(what + " must not contain a NUL character");
    return text;
  }

  /** Reads an array; `read(element, index)` may run JavaScript, so it must not keep pointers into buffers. */
  template <typename Read>
  void Elements(napi_value value, const std::string& what, Read read) const {
    bool array = false;
    Ok(env, napi_is_array(env, value, &array));
    uint32_t length = 0;
    if (!array || napi_get_array_length(env, value, &length) != napi_ok) Wrong(what, "an array", value);
    for (uint32_t i = 0; i < length; i++) {
      napi_handle_scope scope = nullptr;
      Ok(env, napi_open_handle_scope(env, &scope));
      try {
        napi_value element = nullptr;
        Ok(env, napi_get_element(env, value, i, &element));
        read(element, i);
      } catch (...) {
        napi_close_handle_scope(env, scope);
        throw;
      }
      Ok(env, napi_close_handle_scope(env, scope));
    }
  }

  Bytes View(napi_value value, const std::string& what) const {
    Bytes bytes{nullptr, 0};
    napi_typedarray_type type;
    if (!ReadBytes(env, value, &bytes, &type)) Wrong(what, "a typed array or DataView", value);
    return bytes;
  }

  std::string_view Message(napi_value value, const std::string& what) const {
    Bytes bytes{nullptr, 0};
    napi_typedarray_type type;
    if (!ReadBytes(env, value, &bytes, &type) || type != napi_uint8_array) Wrong(what, "a Uint8Array", value);
    return {reinterpret_cast<const char*>(bytes.data), bytes.size};
  }

 private:
  static constexpr size_t kInline = 10;
  napi_value inline_[kInline];
  std::vector<napi_value> heap_;
};

using Function = napi_value (*)(Call&);

/** Runs `body`, and gives any C++ exception it ends with to `fail` as a Failure. */
template <typename Body, typename Fail>
napi_value Guarded(Body body, Fail fail) {
  try {
    return body();
  } catch (const Failure& failure) {
    return fail(failure);
  } catch (const Pending&) {
    return nullptr;
  } catch (const std::bad_alloc&) {
    return fail(Failure{TF_RESOURCE_EXHAUSTED, "out of memory", ""});
  } catch (const std::exception& error) {
    return fail(Failure{TF_INTERNAL, error.what(), ""});
  }
}

/** Entry of a synchronous function: failures are thrown. */
template <Function function>
napi_value Synchronous(napi_env env, napi_callback_info info) {
  return Guarded(
      [&] {
        Call call(env, info);
        return function(call);
      },
      [&](const Failure& failure) -> napi_value {
        try {
          napi_throw(env, ErrorOf(env, failure));
        } catch (const Pending&) {
        } catch (const Failure&) {
          napi_throw_error(env, nullptr, failure.message.c_str());
        }
        return nullptr;
      });
}

/** Entry of a function that returns a Promise: failures, those about arguments too, reject it. */
template <Function function>
napi_value Asynchronous(napi_env env, napi_callback_info info) {
  return Guarded(
      [&] {
        Call call(env, info);
        return function(call);
      },
      [&](const Failure& failure) -> napi_value {
        napi_deferred deferred = nullptr;
        napi_value promise = nullptr;
        if (napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
        try {
          napi_reject_deferred(env, deferred, ErrorOf(env, failure));
        } catch (...) {
          return nullptr;
        }
        return promise;
      });
}

}  // namespace keras_node

#endif  // KERAS_NODE_JAVASCRIPT_H_
