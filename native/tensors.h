// Functions of the addon that make, read and delete tensors.
#ifndef KERAS_NODE_TENSORS_H_
#define KERAS_NODE_TENSORS_H_

#include <cstring>

#include "session.h"
#include "tensorflow/c/tf_tensor.h"
#include "tensorflow/c/tf_tstring.h"

namespace keras_node {

/** TensorFlow's own limit: TensorShape::MaxDimensions. */
constexpr size_t kMaxRank = 254;

/** Shape of a tensor and the number of its elements, known not to overflow. */
struct Shape {
  std::vector<int64_t> dims;
  int64_t elements = 1;
};

inline Shape ReadShape(const Call& call, size_t index, const char* what) {
  Shape shape;
  // TensorFlow aborts the process on a product that overflows, even where a later 0 makes the tensor empty.
  // So the bound holds for the product of the other dimensions too.
  int64_t product = 1;
  call.Elements(call[index], what, [&](napi_value element, uint32_t i) {
    if (i >= kMaxRank) call.Fail(std::string(what) + " has more than 254 dimensions");
    const int64_t dim = call.Integer(element, std::string(what) + "[" + std::to_string(i) + "]", 0, INT64_MAX);
    if (__builtin_mul_overflow(product, dim == 0 ? 1 : dim, &product) || product > INT64_MAX / 32) {
      call.Fail(std::string(what) + " has too many elements");
    }
    shape.elements *= dim;
    shape.dims.push_back(dim);
  });
  return shape;
}

/** Reads a dtype whose elements have a fixed size. */
inline TF_DataType ReadDtype(const Call& call, size_t index) {
  const TF_DataType dtype = static_cast<TF_DataType>(call.Integer(index, "dtype", 0, 127));
  const bool bytes_on_the_outside = dtype >= TF_FLOAT && dtype <= TF_FLOAT8_E4M3FN && dtype != TF_STRING &&
                                    dtype != TF_RESOURCE && dtype != TF_VARIANT;
  if (!bytes_on_the_outside) {
    call.Fail("dtype must be the TF_DataType number of a type of fixed size, got " + std::to_string(dtype));
  }
  return dtype;
}

/** The elements, or null where there are none: TensorFlow crashes as it asks a missing buffer for its address. */
inline void* DataOf(const TF_Tensor* tensor) {
  return TF_TensorElementCount(tensor) > 0 ? TF_TensorData(tensor) : nullptr;
}

inline Tensor Allocate(Session* session, TF_DataType dtype, const Shape& shape) {
  TF_Status* status = session->status.get();
  // TensorFlow's own allocation: aligned for its kernels, and it destroys strings with the tensor.
  Tensor tensor(TFE_AllocateHostTensor(session->context, dtype, shape.dims.data(),
                                       static_cast<int>(shape.dims.size()), status));
  Ok(status);
  if (tensor == nullptr || (DataOf(tensor.get()) == nullptr && shape.elements > 0)) {
    throw Failure{TF_RESOURCE_EXHAUSTED,
                  "no memory for a tensor of " + std::to_string(shape.elements) + " elements", ""};
  }
  return tensor;
}

/** Moves a host tensor to where kernels expect its dtype, and gives it an id. */
inline napi_value Place(const Call& call, Tensor tensor) {
  Session* session = call.session;
  TF_Status* status = session->status.get();
  const TF_DataType dtype = TF_TensorType(tensor.get());
  Handle handle(TFE_NewTensorHandleFromTensor(session->context, tensor.get(), status));
  Ok(status);
  // GPU kernels take int32 (shapes, axes, indices) and strings in host memory.
  if (!session->default_device.empty() && dtype != TF_INT32 && dtype != TF_STRING) {
    handle.reset(TFE_TensorHandleCopyToDevice(handle.get(), session->context, session->default_device.c_str(),
                                              status));
    Ok(status);
  }
  return Number(call.env, session->Insert(std::move(handle)));
}

/** Kernels read a bool as one byte that is 0 or 1; any other value is undefined behaviour in them. */
inline void Normalise(TF_DataType dtype, uint8_t* data, size_t size) {
  if (dtype != TF_BOOL) return;
  for (size_t i = 0; i < size; i++) data[i] = data[i] != 0;
}

inline napi_value CreateTensor(Call& call) {
  const TF_DataType dtype = ReadDtype(call, 0);
  const Shape shape = ReadShape(call, 1, "shape");
  const Bytes source = call.View(call[2], "data");
  const size_t size = static_cast<size_t>(shape.elements) * TF_DataTypeSize(dtype);
  if (source.size != size) {
    call.Fail("shape and dtype need " + std::to_string(size) + " bytes, data has " + std::to_string(source.size));
  }
  Tensor tensor = Allocate(call.session, dtype, shape);
  uint8_t* data = static_cast<uint8_t*>(DataOf(tensor.get()));
  if (size > 0) std::memcpy(data, source.data, size);
  Normalise(dtype, data, size);
  return Place(call, std::move(tensor));
}

inline napi_value CreateStringTensor(Call& call) {
  const Shape shape = ReadShape(call, 0, "shape");
  std::vector<std::string> values;
  call.Elements(call[1], "values", [&](napi_value element, uint32_t i) {
    const std::string what = "values[" + std::to_string(i) + "]";
    napi_valuetype type = napi_undefined;
    Ok(call.env, napi_typeof(call.env, element, &type));
    Bytes bytes{nullptr, 0};
    napi_typedarray_type view;
    if (type == napi_string) {
      values.push_back(call.Text(element, what));
    } else if (ReadBytes(call.env, element, &bytes, &view) && view == napi_uint8_array) {
      values.emplace_back(reinterpret_cast<const char*>(bytes.data), bytes.size);
    } else {
      call.Wrong(what, "a string or Uint8Array", element);
    }
  });
  if (values.size() != static_cast<size_t>(shape.elements)) {
    call.Fail("shape needs " + std::to_string(shape.elements) + " values, got " + std::to_string(values.size()));
  }
  Tensor tensor = Allocate(call.session, TF_STRING, shape);
  TF_TString* strings = static_cast<TF_TString*>(DataOf(tensor.get()));
  for (size_t i = 0; i < values.size(); i++) TF_StringCopy(&strings[i], values[i].data(), values[i].size());
  return Place(call, std::move(tensor));
}

inline napi_value GatherRows(Call& call) {
  const TF_DataType dtype = ReadDtype(call, 0);
  const Shape row = ReadShape(call, 1, "rowShape");
  const int64_t offset = call.Integer(4, "offset", 0, INT64_MAX);
  const int64_t count = call.Integer(5, "count", 0, INT64_MAX);
  const Bytes source = call.View(call[2], "source");
  Bytes index_bytes{nullptr, 0};
  napi_typedarray_type index_type;
  if (!ReadBytes(call.env, call[3], &index_bytes, &index_type) || index_type != napi_int32_array) {
    call.Wrong("indices", "an Int32Array", call[3]);
  }
  const int64_t indices = static_cast<int64_t>(index_bytes.size / sizeof(int32_t));
  if (count > indices || offset > indices - count) {
    call.Fail("indices[" + std::to_string(offset) + ", " + std::to_string(offset) + " + " +
              std::to_string(count) + ") reaches past its " + std::to_string(indices) + " entries");
  }
  Shape batch;
  batch.dims.push_back(count);
  batch.dims.insert(batch.dims.end(), row.dims.begin(), row.dims.end());
  if (batch.dims.size() > kMaxRank) call.Fail("rowShape has more than 253 dimensions");
  // As in ReadShape, the bound must hold with zeros read as ones; 32 covers the widest element.
  int64_t product = count == 0 ? 1 : count;
  for (const int64_t dim : row.dims) {
    if (__builtin_mul_overflow(product, dim == 0 ? 1 : dim, &product) || product > INT64_MAX / 32) {
      call.Fail("count and rowShape make too many elements");
    }
  }
  batch.elements = count * row.elements;
  const size_t row_size = static_cast<size_t>(row.elements) * TF_DataTypeSize(dtype);
  const int64_t rows = row_size == 0 ? INT32_MAX : static_cast<int64_t>(source.size / row_size);
  if (row_size > 0 && source.size % row_size != 0) {
    call.Fail("source has " + std::to_string(source.size) + " bytes, not a whole number of rows of " +
              std::to_string(row_size));
  }
  Tensor tensor = Allocate(call.session, dtype, batch);
  uint8_t* data = static_cast<uint8_t*>(DataOf(tensor.get()));
  // Volatile: another thread may write a SharedArrayBuffer, so what was checked must be what is used.
  const volatile int32_t* wanted = reinterpret_cast<const int32_t*>(index_bytes.data) + offset;
  for (int64_t i = 0; i < count; i++) {
    const int64_t index = wanted[i];
    if (index < 0 || index >= rows) {
      call.Fail("indices[" + std::to_string(offset + i) + "] is " + std::to_string(index) + ", but source has " +
                std::to_string(rows) + " rows", TF_OUT_OF_RANGE);
    }
    if (row_size > 0) std::memcpy(data + i * row_size, source.data + index * row_size, row_size);
  }
  Normalise(dtype, data, static_cast<size_t>(count) * row_size);
  return Place(call, std::move(tensor));
}

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
  return buffer;
}

inline void CopyOut(TF_Tensor* tensor, void* data, size_t size) {
  if (TF_TensorByteSize(tensor) != size) {
    throw Failure{TF_INTERNAL, "the tensor has " + std::to_string(TF_TensorByteSize(tensor)) +
                                   " bytes where its shape and dtype say " + std::to_string(size), ""};
  }
  if (size > 0) std::memcpy(data, DataOf(tensor), size);
}

inline napi_value ReadTensor(Call& call) {
  int32_t id = 0;
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  call.Id(call[0], &id);
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
    call.Fail("the tensor holds no strings, its dtype is " + std::to_string(TFE_TensorHandleDataType(handle)));
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

inline napi_value TensorInfo(Call& call) {
  TF_Status* status = call.session->status.get();
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  const int rank = TFE_TensorHandleNumDims(handle, status);
  Ok(status);
  std::vector<int64_t> dims;
  for (int i = 0; i < rank; i++) {
    dims.push_back(TFE_TensorHandleDim(handle, i, status));
    Ok(status);
  }
  const char* device = TFE_TensorHandleBackingDeviceName(handle, status);
  Ok(status);
  napi_value info = nullptr;
  Ok(call.env, napi_create_object(call.env, &info));
  Ok(call.env, napi_set_named_property(call.env, info, "dtype",
                                       Number(call.env, TFE_TensorHandleDataType(handle))));
  Ok(call.env, napi_set_named_property(call.env, info, "shape", Array(call.env, dims, [&](int64_t dim) {
                                         return Number(call.env, dim);
                                       })));
  Ok(call.env, napi_set_named_property(call.env, info, "device",
                                       String(call.env, device != nullptr ? device : "")));
  return info;
}

inline napi_value DeleteTensor(Call& call) {
  call.session->Delete(call, call[0]);
  return nullptr;
}

inline napi_value DeleteTensors(Call& call) {
  call.Elements(call[0], "ids", [&](napi_value element, uint32_t) { call.session->Delete(call, element); });
  return nullptr;
}

inline napi_value Counts(Call& call) {
  napi_value counts = nullptr;
  Ok(call.env, napi_create_object(call.env, &counts));
  Ok(call.env, napi_set_named_property(call.env, counts, "tensors",
                                       Number(call.env, static_cast<int64_t>(call.session->tensors()))));
  Ok(call.env, napi_set_named_property(call.env, counts, "bytes", Number(call.env, call.session->bytes())));
  return counts;
}

}  // namespace keras_node

#endif  // KERAS_NODE_TENSORS_H_
