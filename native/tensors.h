// Functions of the addon that make, describe and delete tensors.
#ifndef KERAS_NODE_TENSORS_H_
#define KERAS_NODE_TENSORS_H_

#include <cstring>

#include "copying.h"
#include "large_pages.h"
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
    const int64_t dim =
        call.Integer(element, std::string(what) + "[" + std::to_string(i) + "]", 0, INT64_MAX);
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

/** The elements, or null where there are none: TensorFlow crashes as it asks a missing buffer for its
 * address. */
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
  // TensorFlow crashes when asked for the bytes of an empty tensor.
  if (shape.elements > 0) WantLargePages(DataOf(tensor.get()), TF_TensorByteSize(tensor.get()));
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
    call.Fail("shape and dtype need " + std::to_string(size) + " bytes, data has " +
              std::to_string(source.size));
  }
  Tensor tensor = Allocate(call.session, dtype, shape);
  uint8_t* data = static_cast<uint8_t*>(DataOf(tensor.get()));
  CopyLarge(data, source.data, size);
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
    call.Fail("shape needs " + std::to_string(shape.elements) + " values, got " +
              std::to_string(values.size()));
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
      call.Fail("indices[" + std::to_string(offset + i) + "] is " + std::to_string(index) +
                    ", but source has " + std::to_string(rows) + " rows",
                TF_OUT_OF_RANGE);
    }
    if (row_size > 0) std::memcpy(data + i * row_size, source.data + index * row_size, row_size);
  }
  Normalise(dtype, data, static_cast<size_t>(count) * row_size);
  return Place(call, std::move(tensor));
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
  Ok(call.env,
     napi_set_named_property(call.env, info, "dtype", Number(call.env, TFE_TensorHandleDataType(handle))));
  Ok(call.env, napi_set_named_property(call.env, info, "shape", Array(call.env, dims, [&](int64_t dim) {
                                         return Number(call.env, dim);
                                       })));
  Ok(call.env,
     napi_set_named_property(call.env, info, "device", String(call.env, device != nullptr ? device : "")));
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

/** V8 sees the small object that holds a variable, and is told here of the bytes behind it. */
inline napi_value AdjustExternalMemory(Call& call) {
  constexpr int64_t kMost = int64_t{1} << 53;
  int64_t total = 0;
  Ok(call.env, napi_adjust_external_memory(call.env, call.Integer(0, "change", -kMost, kMost), &total));
  return Number(call.env, total);
}

}  // namespace keras_node

#endif  // KERAS_NODE_TENSORS_H_
