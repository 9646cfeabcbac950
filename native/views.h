// Functions of the addon that show JavaScript a tensor where it lies.
#ifndef KERAS_NODE_VIEWS_H_
#define KERAS_NODE_VIEWS_H_

#include "reading.h"

namespace keras_node {

inline void DeleteViewed(napi_env, void*, void* tensor) { TF_DeleteTensor(static_cast<TF_Tensor*>(tensor)); }

/**
 * An ArrayBuffer over a tensor's memory, which it keeps: what is written to a variable meanwhile goes to other memory. Null
 * where there is none to show: on a GPU, of nothing, and where the program that Node is in allows no such buffers.
 */
inline napi_value ViewTensor(Call& call) {
  TFE_TensorHandle* handle = call.session->Find(call, call[0]);
  const size_t size = ReadableSize(call, handle);
  napi_value buffer = nullptr;
  Ok(call.env, napi_get_null(call.env, &buffer));
  if (size == 0 || !call.session->default_device.empty()) return buffer;
  Tensor tensor = Resolve(handle, call.session->status.get());
  if (TF_TensorByteSize(tensor.get()) != size) {
    throw Failure{TF_INTERNAL, "the tensor has other bytes than its shape and dtype say", ""};
  }
  const napi_status status = napi_create_external_arraybuffer(call.env, TF_TensorData(tensor.get()), size,
                                                              DeleteViewed, tensor.get(), &buffer);
  if (status == napi_no_external_buffers_allowed) return buffer;
  Ok(call.env, status);
  tensor.release();
  return buffer;
}

/** Empties the ArrayBuffer of ViewTensor; Node lets go of the tensor at the next turn of the event loop. */
inline napi_value ReleaseView(Call& call) {
  bool is_buffer = false;
  Ok(call.env, napi_is_arraybuffer(call.env, call[0], &is_buffer));
  if (!is_buffer) call.Wrong("view", "an ArrayBuffer", call[0]);
  Ok(call.env, napi_detach_arraybuffer(call.env, call[0]));
  return nullptr;
}

}  // namespace keras_node

#endif  // KERAS_NODE_VIEWS_H_
