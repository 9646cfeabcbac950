// The native addon of keras-node: tfjs-node-gpu's binding, compiled unchanged together with functions of
// ours. One TFE_Context and one table of tensors serve both. Compiled by a single call of the compiler; the
// headers of tfjs-node-gpu, TensorFlow and Node-API come from -I, and -fno-access-control opens tfjs's
// backend object.

#include <node_api.h>

#include "tensorflow/c/eager/c_api.h"

namespace keras_node {

// tfjs makes its context without a configuration and does not stop when that fails. So initialize() makes the
// context, and tfjs's constructor, called right after on the same thread, finds it here.
static thread_local TFE_Context* context_for_tfjs = nullptr;

}  // namespace keras_node

#undef NAPI_MODULE
#define NAPI_MODULE(name, function)  // the module is ours
#define TFE_NewContext(options, status) keras_node::context_for_tfjs
#include "tfjs_backend.cc"
#include "tfjs_binding.cc"
#undef TFE_NewContext

#include "collectives.h"
#include "functions.h"
#include "javascript.h"
#include "operations.h"
#include "quiet_logs.h"
#include "reading.h"
#include "row_loop_op.h"
#include "sequence.h"
#include "session.h"
#include "tensors.h"
#include "views.h"

namespace keras_node {

struct DeviceListDeleter {
  void operator()(TF_DeviceList* list) const { TF_DeleteDeviceList(list); }
};
using DeviceList = std::unique_ptr<TF_DeviceList, DeviceListDeleter>;

struct Device {
  std::string name;
  std::string type;
};

static std::vector<Device> ListDevices(Session* session) {
  TF_Status* status = session->status.get();
  const DeviceList list(TFE_ContextListDevices(session->context, status));
  Ok(status);
  std::vector<Device> devices;
  for (int i = 0; i < TF_DeviceListCount(list.get()); i++) {
    const char* name = TF_DeviceListName(list.get(), i, status);
    Ok(status);
    const char* type = TF_DeviceListType(list.get(), i, status);
    Ok(status);
    devices.push_back({name, type});
  }
  return devices;
}

static TFE_Context* NewContext(Session* session, std::string_view config) {
  TF_Status* status = session->status.get();
  TFE_ContextOptions* options = TFE_NewContextOptions();
  if (!config.empty()) TFE_ContextOptionsSetConfig(options, config.data(), config.size(), status);
  TFE_Context* context = nullptr;
  if (TF_GetCode(status) == TF_OK) context = TFE_NewContext(options, status);
  TFE_DeleteContextOptions(options);
  Ok(status);
  return context;
}

static napi_value Initialize(Call& call) {
  Session* session = call.session;
  if (session->context != nullptr) call.Fail("already called in this environment", TF_FAILED_PRECONDITION);
  const std::string config(call.Given(0) ? call.Message(call[0], "config") : std::string_view());
  TFE_Context* context = NewContext(session, config);
  napi_value tfjs = nullptr;
  napi_value exports = nullptr;
  Ok(call.env, napi_create_object(call.env, &tfjs));
  context_for_tfjs = context;
  tfnodejs::InitTFNodeJSBinding(call.env, tfjs);
  context_for_tfjs = nullptr;
  void* backend = nullptr;
  Ok(call.env, napi_get_instance_data(call.env, &backend));
  if (backend == nullptr) call.Fail("tfjs's backend could not be made", TF_INTERNAL);
  session->backend = static_cast<tfnodejs::TFJSBackend*>(backend);
  session->context = context;
  for (const Device& device : ListDevices(session)) {
    if (device.type == "GPU" && session->default_device.empty()) session->default_device = device.name;
  }
  Ok(call.env, napi_get_reference_value(call.env, session->exports, &exports));
  Ok(call.env, napi_set_named_property(call.env, exports, "tfjs", tfjs));
  return nullptr;
}

/** Wraps a function that needs the context. */
template <Function function>
napi_value Initialized(Call& call) {
  if (call.session->context == nullptr) call.Fail("call initialize() first", TF_FAILED_PRECONDITION);
  return function(call);
}

static napi_value Version(Call& call) { return String(call.env, TF_Version()); }

static napi_value OpDefs(Call& call) {
  const std::string_view bytes = OpRegistry::Get().bytes();
  return NewUint8Array(call.env, bytes.data(), bytes.size());
}

static napi_value Devices(Call& call) {
  return Array(call.env, ListDevices(call.session), [&](const Device& device) {
    napi_value entry = nullptr;
    Ok(call.env, napi_create_object(call.env, &entry));
    Ok(call.env, napi_set_named_property(call.env, entry, "name", String(call.env, device.name)));
    Ok(call.env, napi_set_named_property(call.env, entry, "type", String(call.env, device.type)));
    return entry;
  });
}

/** TensorFlow's C interface (2.21) has no way to an allocator's statistics: only the name is checked. */
static napi_value MemoryInfo(Call& call) {
  const std::string name = call.Text(call[0], "device");
  for (const Device& device : ListDevices(call.session)) {
    napi_value unknown = nullptr;
    if (device.name != name) continue;
    Ok(call.env, napi_get_null(call.env, &unknown));
    return unknown;
  }
  call.Fail("no device is named \"" + name + "\"", TF_NOT_FOUND);
}

/** The environment ends: a worker stopped, or the event loop of the main thread ran dry. */
static void Close(void* data) {
  const std::unique_ptr<Session> session(static_cast<Session*>(data));
  session->Stop();
}

struct Export {
  const char* name;
  napi_callback callback;
};

static napi_value Load(napi_env env, napi_value exports) {
  static const Export kExports[] = {
      {"initialize", Synchronous<Initialize>},
      {"version", Synchronous<Initialized<Version>>},
      {"opDefs", Synchronous<Initialized<OpDefs>>},
      {"devices", Synchronous<Initialized<Devices>>},
      {"memoryInfo", Synchronous<Initialized<MemoryInfo>>},
      {"counts", Synchronous<Initialized<Counts>>},
      {"adjustExternalMemory", Synchronous<Initialized<AdjustExternalMemory>>},
      {"createTensor", Synchronous<Initialized<CreateTensor>>},
      {"createStringTensor", Synchronous<Initialized<CreateStringTensor>>},
      {"gatherRows", Synchronous<Initialized<GatherRows>>},
      {"makeBuffer", Synchronous<Initialized<MakeBuffer>>},
      {"readTensor", Synchronous<Initialized<ReadTensor>>},
      {"readTensorAsync", Asynchronous<Initialized<ReadTensorAsync>>},
      {"viewTensor", Synchronous<Initialized<ViewTensor>>},
      {"releaseView", Synchronous<Initialized<ReleaseView>>},
      {"readScalars", Synchronous<Initialized<ReadScalars>>},
      {"readStrings", Synchronous<Initialized<ReadStrings>>},
      {"tensorInfo", Synchronous<Initialized<TensorInfo>>},
      {"deleteTensor", Synchronous<Initialized<DeleteTensor>>},
      {"deleteTensors", Synchronous<Initialized<DeleteTensors>>},
      {"prepareOp", Synchronous<Initialized<PrepareOp>>},
      {"releaseOp", Synchronous<Initialized<ReleaseOp>>},
      {"execute", Synchronous<Initialized<Execute>>},
      {"executeAsync", Asynchronous<Initialized<ExecuteAsync>>},
      {"prepareSequence", Synchronous<Initialized<PrepareSequence>>},
      {"releaseSequence", Synchronous<Initialized<ReleaseSequence>>},
      {"runSequence", Synchronous<Initialized<RunSequence>>},
      {"runSequenceAsync", Asynchronous<Initialized<RunSequenceAsync>>},
      {"createCancellation", Synchronous<Initialized<CreateCancellation>>},
      {"cancel", Synchronous<Initialized<Cancel>>},
      {"releaseCancellation", Synchronous<Initialized<ReleaseCancellation>>},
      {"stop", Synchronous<Stop>},
      {"addFunction", Synchronous<Initialized<AddFunction>>},
      {"removeFunction", Synchronous<Initialized<RemoveFunction>>},
      {"enableCollectives", Synchronous<Initialized<EnableCollectives>>},
      {"checkPeers", Synchronous<Initialized<CheckPeers>>},
      {"checkPeersAsync", Asynchronous<Initialized<CheckPeersAsync>>},
      {"watchPeers", Synchronous<Initialized<WatchPeers>>},
      {"lostPeers", Synchronous<Initialized<LostPeers>>},
      {"abortCollectives", Synchronous<Initialized<AbortCollectives>>},
  };
  RegisterRowLoop();
  Session* session = new Session(env);
  session->background.Open(env);
  // After Open, so that it runs before Node takes down the wake-up handle that Open makes.
  Ok(env, napi_add_env_cleanup_hook(env, Close, session));
  Ok(env, napi_create_reference(env, exports, 1, &session->exports));
  for (const Export& entry : kExports) {
    session->bindings.push_back({session, entry.name});
    const napi_property_descriptor property = {
        entry.name, nullptr, entry.callback,          nullptr,
        nullptr,    nullptr, napi_default_jsproperty, &session->bindings.back()};
    Ok(env, napi_define_properties(env, exports, 1, &property));
  }
  return exports;
}

}  // namespace keras_node

NAPI_MODULE_INIT() {
  return keras_node::Guarded([&] { return keras_node::Load(env, exports); },
                             [&](const keras_node::Failure& failure) -> napi_value {
                               napi_throw_error(env, nullptr, failure.message.c_str());
                               return nullptr;
                             });
}
