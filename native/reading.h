// Functions of the addon that read tensors.
#ifndef KERAS_NODE_READING_H_
#define KERAS_NODE_READING_H_

#include "tensors.h"

namespace keras_node {

/** A host copy (or, on the CPU, a view) of a tensor's value; waits until it is computed. */
inline Tensor Resolve(TFE_TensorHandle* handle, TF_Status* status) {
  Tensor tensor(TFE_TensorHandleResolve(handle, status));
  Ok(status);
  return tensor;
}

/** The number of bytes that reading a tensor gives, or a failure for one that is not made of plain bytes. */
inline size_t ReadableSize(const Call& call, TFE_TensorHandle* handle) {
  const TF_DataType dtype = TFE_TensorHandleDataType(handle);
  if (dtype == TF_STRING) call.Fail("the tensor holds strings; use readStrings");
  const size_t width = TF_DataTypeSize(dtype);
  if (width == 0) {
    call.Fail("a tensor of dtype " + std::to_string(dtype) + " (a resource or variant) has no bytes to read");
  }
  const int64_t elements = TFE_TensorHandleNumElements(handle, call.session->status.get());
  Ok(call.session->status.get());
  return static_cast<size_t>(elements) * width;
}

/** No number of bytes that JavaScript counts exactly is larger. */
constexpr int64_t kMaxBuffer = (int64_t{1} << 53) - 1;

/** A new ArrayBuffer. Made by JavaScript's constructor where large, as V8 aborts the process on a failure. */
inline napi_value NewArrayBuffer(napi_env env, size_t size, void** data) {
  constexpr size_t kLarge = 1 << 20;
  napi_value buffer = nullptr;
  if (size < kLarge) {
    Ok(env, napi_create_arraybuffer(env, size, data, &buffer));
    return buffer;
  }
  napi_value global, constructor;
  const napi_value length = Number(env, static_cast<int64_t>(size));
  Ok(env, napi_get_global(env, &global));
  Ok(env, napi_get_named_property(env, global, "ArrayBuffer", &constructor));
  Ok(env, napi_new_instance(env, constructor, 1, &length, &buffer));
  size_t made = 0;
  Ok(env, napi_get_arraybuffer_info(env, buffer, data, &made));
  if (made != size) throw Failure{TF_INTERNAL, "ArrayBuffer made a buffer of another size", ""};
  WantLargePages(*data, size);
  return buffer;
}

/** A new ArrayBuffer for what comes from elsewhere, such as a file. */
inline napi_value MakeBuffer(Call& call) {
  void* data = nullptr;
  return NewArrayBuffer(call.env, static_cast<size_t>(call.Integer(0, "size", 0, kMaxBuffer)), &data);
}

inline void CopyOut(TF_Tensor* tensor, void* data, size_t size) {
  if (TF_TensorByteSize(tensor) != size) {
    throw Failure{TF_INTERNAL,
                  "the tensor has " + std::to_string(TF_TensorByteSize(tensor)) +
                      " bytes where its shape and dtype say " + std::to_string(size),
                  ""};
  }
  CopyLarge(data, DataOf(tensor), size);
}

inline napi_value ReadTensor(Call& call) {
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  const size_t size = ReadableSize(call, handle);
  const Tensor tensor = Resolve(handle, call.session->status.get());
  void* data = nullptr;
  const napi_value buffer = NewArrayBuffer(call.env, size, &data);
  CopyOut(tensor.get(), data, size);
  return buffer;
}

/** Waits for a tensor and copies it, off the JavaScript thread, to an ArrayBuffer nobody else can see yet. */
class ReadWork : public Work {
 public:
  ReadWork(napi_env env, Handle handle, size_t size) : env_(env), handle_(std::move(handle)), size_(size) {
    const napi_value buffer = NewArrayBuffer(env, size, &data_);
    Ok(env, napi_create_reference(env, buffer, 1, &buffer_));
  }
  ~ReadWork() override { napi_delete_reference(env_, buffer_); }

  void Run(TF_Status* status) override {
    CopyOut(Resolve(handle_.get(), status).get(), data_, size_);
    handle_.reset();
  }

  napi_value Result(Session*) override {
    napi_value buffer = nullptr;
    Ok(env_, napi_get_reference_value(env_, buffer_, &buffer));
    return buffer;
  }

 private:
  napi_env env_;
  Handle handle_;
  size_t size_;
  void* data_ = nullptr;
  napi_ref buffer_ = nullptr;
};

inline napi_value ReadTensorAsync(Call& call) {
  TF_Status* status = call.session->status.get();
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  const size_t size = ReadableSize(call, handle);
  // A handle of its own, so that JavaScript may delete the tensor meanwhile.
  Handle shared(TFE_TensorHandleCopySharingTensor(handle, status));
  Ok(status);
  return call.session->background.Start(std::make_unique<ReadWork>(call.env, std::move(shared), size));
}

inline float FromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline double HalfToDouble(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

template <typename T>
T Load(const void* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

inline double ScalarValue(const Call& call, TF_Tensor* tensor) {
  const TF_DataType dtype = TF_TensorType(tensor);
  if (TF_TensorElementCount(tensor) != 1) {
    call.Fail("each tensor must have one element, got one with " +
              std::to_string(TF_TensorElementCount(tensor)));
  }
  const void* data = DataOf(tensor);
  switch (dtype) {
    case TF_FLOAT: return Load<float>(data);
    case TF_DOUBLE: return Load<double>(data);
    case TF_HALF: return HalfToDouble(Load<uint16_t>(data));
    case TF_BFLOAT16: return FromBits(static_cast<uint32_t>(Load<uint16_t>(data)) << 16);
    case TF_BOOL: return Load<uint8_t>(data) != 0;
    case TF_INT8: return Load<int8_t>(data);
    case TF_INT16: return Load<int16_t>(data);
    case TF_INT32: return Load<int32_t>(data);
    case TF_INT64: return static_cast<double>(Load<int64_t>(data));
    case TF_UINT8: return Load<uint8_t>(data);
    case TF_UINT16: return Load<uint16_t>(data);
    case TF_UINT32: return Load<uint32_t>(data);
    case TF_UINT64: return static_cast<double>(Load<uint64_t>(data));
    default: call.Fail("a tensor of dtype " + std::to_string(dtype) + " is not a number");
  }
}

inline napi_value ReadScalars(Call& call) {
  std::vector<double> values;
  call.Elements(call[0], "ids", [&](napi_value element, uint32_t) {
    const Tensor tensor = Resolve(call.session->Find(call, element), call.session->status.get());
    values.push_back(ScalarValue(call, tensor.get()));
  });
  return Array(call.env, values, [&](double value) {
    napi_value number = nullptr;
    Ok(call.env, napi_create_double(call.env, value, &number));
    return number;
  });
}

inline napi_value NewUint8Array(napi_env env, const void* bytes, size_t size) {
  void* data = nullptr;
  napi_value array = nullptr;
  const napi_value buffer = NewArrayBuffer(env, size, &data);
  if (size > 0) std::memcpy(data, bytes, size);
  Ok(env, napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &array));
  return array;
}

inline napi_value ReadStrings(Call& call) {
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  if (TFE_TensorHandleDataType(handle) != TF_STRING) {
    call.Fail("the tensor holds no strings, its dtype is " +
              std::to_string(TFE_TensorHandleDataType(handle)));
  }
  const Tensor tensor = Resolve(handle, call.session->status.get());
  const TF_TString* strings = static_cast<const TF_TString*>(DataOf(tensor.get()));
  napi_value array = nullptr;
  const int64_t count = TF_TensorElementCount(tensor.get());
  if (count >= UINT32_MAX) call.Fail("the tensor has more strings than an array can hold");
  Ok(call.env, napi_create_array(call.env, &array));
  for (int64_t i = 0; i < count; i++) {
    napi_handle_scope scope = nullptr;
    Ok(call.env, napi_open_handle_scope(call.env, &scope));
    const napi_value bytes =
        NewUint8Array(call.env, TF_StringGetDataPointer(&strings[i]), TF_StringGetSize(&strings[i]));
    Ok(call.env, napi_set_element(call.env, array, static_cast<uint32_t>(i), bytes));
    Ok(call.env, napi_close_handle_scope(call.env, scope));
  }
  return array;
}

}  // namespace keras_node

#endif  // KERAS_NODE_READING_H_
