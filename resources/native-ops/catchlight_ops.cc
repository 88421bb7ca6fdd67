// TensorFlow ops for wide dense layers, whose weights are too many for the processor's cache: there a step costs what it moves through memory.
//
//   CatchlightDenseAdam   the weight gradient xᵀ·dy and Adam's step with it, eight rows of the weights at a time: the gradient never
//                         leaves the cache, and the decay and the running average of the weights ride along.
//   CatchlightDenseHalf   x·w with factors rounded to bfloat16 and sums in float32, for processors that multiply so (AVX512_BF16).
//
// Compiled by `engine install` against TensorFlow's C interface and loaded into Node beside tfjs-node's binding. Results do not depend on
// the number of threads: every sum has one order.
#include <initializer_list>
#include <vector>

#include "dense_adam.h"
#include "dense_product.h"
#include "node_api.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// From TensorFlow's stable C interface, tensorflow/c/kernels.h, which includes headers that an install does not keep.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder* builder, TF_Status* status);
void TF_GetInput(TF_OpKernelContext* context, int i, TF_Tensor** tensor, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int i, TF_DataType type, const int64_t* shape, int dimensions,
                             size_t bytes, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
}

namespace catchlight {
namespace {

// Inputs and outputs of one call; a fault is told to TensorFlow once.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  TF_Tensor* Input(int i) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, i, &tensor, status_);
    if (tensor != nullptr) tensors_.push_back(tensor);
    return tensor;
  }
  TF_Tensor* Output(int64_t rows, int64_t columns) {
    const int64_t shape[] = {rows, columns};
    TF_Tensor* tensor = TF_AllocateOutput(context_, 0, TF_FLOAT, shape, 2, rows * columns * sizeof(float), status_);
    if (tensor != nullptr) tensors_.push_back(tensor);
    return tensor;
  }
  bool Require(bool holds, const char* what) {
    if (TF_GetCode(status_) == TF_OK && !holds) TF_SetStatus(status_, TF_INVALID_ARGUMENT, what);
    if (TF_GetCode(status_) == TF_OK) return true;
    TF_OpKernelContext_Failure(context_, status_);
    return false;
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

bool IsMatrix(TF_Tensor* tensor, int64_t rows, int64_t columns) {
  return tensor != nullptr && TF_NumDims(tensor) == 2 && TF_Dim(tensor, 0) == rows && TF_Dim(tensor, 1) == columns;
}

float* Values(TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

void ComputeDenseAdam(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.Input(0), *dy = call.Input(1), *w = call.Input(2), *m = call.Input(3), *v = call.Input(4),
            *average = call.Input(5), *numbers = call.Input(6);
  if (!call.Require(x != nullptr && dy != nullptr && TF_NumDims(x) == 2 && TF_NumDims(dy) == 2, "x and dy are no matrices")) return;
  const int64_t samples = TF_Dim(x, 0), inputs = TF_Dim(x, 1), outputs = TF_Dim(dy, 1);
  const bool fits = TF_Dim(dy, 0) == samples && IsMatrix(w, inputs, outputs) && IsMatrix(m, inputs, outputs) &&
                    IsMatrix(v, inputs, outputs) && numbers != nullptr && TF_TensorElementCount(numbers) == 7;
  if (!call.Require(fits, "weights and moments are not [inputs, outputs], or there are not seven numbers")) return;
  const bool averages = IsMatrix(average, inputs, outputs);
  if (!call.Require(averages || TF_TensorElementCount(average) == 0, "the average is neither [inputs, outputs] nor empty")) return;
  const float* n = Values(numbers);
  TakeStep({samples, inputs, outputs, Values(x), Values(dy), Values(w), Values(m), Values(v),
            averages ? Values(average) : nullptr, n[0], n[1], n[2], n[3], n[4], n[5], nullptr},
           n[6] != 0);
}

void ComputeDenseHalf(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.Input(0), *w = call.Input(1);
  const bool fits = x != nullptr && w != nullptr && TF_NumDims(x) == 2 && TF_NumDims(w) == 2 && TF_Dim(x, 1) == TF_Dim(w, 0);
  if (!call.Require(fits, "x and w are no matrices that fit")) return;
  const int64_t samples = TF_Dim(x, 0), inputs = TF_Dim(x, 1), outputs = TF_Dim(w, 1);
  if (!call.Require(outputs % kColumns == 0 && FindSpeed() == Speed::kHalf,
                    "columns are no multiple of 32, or the processor has no products in bfloat16")) return;
  TF_Tensor* y = call.Output(samples, outputs);
  if (!call.Require(y != nullptr, "no room for the product")) return;
  Multiply({samples, inputs, outputs, Values(x), Values(w), Values(y), nullptr});
}

void* CreateNothing(TF_OpKernelConstruction*) { return nullptr; }
void DeleteNothing(void*) {}

void RegisterOp(const char* name, std::initializer_list<const char*> inputs, const char* output, bool is_stateful,
                void (*compute)(void*, TF_OpKernelContext*), TF_Status* status) {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  if (output != nullptr) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetIsStateful(op, is_stateful);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", CreateNothing, compute, DeleteNothing), status);
}

}  // namespace
}  // namespace catchlight

NAPI_MODULE_INIT() {
  using namespace catchlight;
  TF_Status* status = TF_NewStatus();
  // The last two of the seven numbers are the decay's and the average's; the very last asks for products in bfloat16.
  RegisterOp("CatchlightDenseAdam",
             {"x: float", "dy: float", "w: float", "m: float", "v: float", "average: float", "numbers: float"}, nullptr, true,
             ComputeDenseAdam, status);
  if (TF_GetCode(status) == TF_OK)
    RegisterOp("CatchlightDenseHalf", {"x: float", "w: float"}, "y: float", false, ComputeDenseHalf, status);
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
  napi_value halves;
  if (napi_get_boolean(env, FindSpeed() == Speed::kHalf, &halves) == napi_ok)
    napi_set_named_property(env, exports, "hasHalfProducts", halves);
  return exports;
}
