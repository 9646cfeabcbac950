// What is used here of tensorflow/c/kernels.h, which cannot be included: it wants a header of TensorFlow's inner parts.
#ifndef KERAS_NODE_KERNEL_API_H_
#define KERAS_NODE_KERNEL_API_H_

#include "tensorflow/c/c_api.h"

extern "C" {

typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;

TF_KernelBuilder* TF_NewKernelBuilder(const char* op_name, const char* device_name,
                                      void* (*create_func)(TF_OpKernelConstruction*),
                                      void (*compute_func)(void*, TF_OpKernelContext*), void (*delete_func)(void*));
void TF_RegisterKernelBuilder(const char* kernel_name, TF_KernelBuilder* builder, TF_Status* status);

void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction* construction, const char* attr_name,
                                         int32_t* list_size, int32_t* total_size, TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt32List(TF_OpKernelConstruction* construction, const char* attr_name,
                                              int32_t* values, int most, TF_Status* status);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status);

void TF_GetInput(TF_OpKernelContext* context, int i, TF_Tensor** tensor, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType dtype, const int64_t* dims,
                             int num_dims, size_t len, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);

}  // extern "C"

#endif  // KERAS_NODE_KERNEL_API_H_
