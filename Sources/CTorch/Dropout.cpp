// Dropout whose masks are named by jet: the same jet draws the same mask whatever slice or thread it is in.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/autograd/custom_function.h>

#include "Random.hpp"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {
struct RowsHolder : torch::CustomClassHolder {
  Rows rows;
  explicit RowsHolder(Rows rows) : rows(std::move(rows)) {}
};

at::Tensor drop(const at::Tensor &x, double p, const Rows &rows) {
  TORCH_CHECK(x.device().is_cpu(), "this dropout kernel runs on the CPU only");
  TORCH_CHECK(x.dim() >= 2 && x.size(0) == int64_t(rows.jets.size()), "dropout of a tensor with ", x.size(0),
              " rows was given names for ", rows.jets.size());
  auto input = x.contiguous();
  auto output = at::empty_like(input);
  const int64_t width = input.numel() / std::max<int64_t>(1, input.size(0));
  std::vector<float> factors(width);
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, input.scalar_type(), "dropout", [&] {
    const auto *from = input.const_data_ptr<scalar_t>();
    auto *to = output.mutable_data_ptr<scalar_t>();
    for (int64_t row = 0; row < input.size(0); row++) {
      dropoutFactors(rows, row, p, factors.data(), width);
      for (int64_t i = 0; i < width; i++) to[row * width + i] = scalar_t(from[row * width + i] * factors[i]);
    }
  });
  return output;
}

// Dropout is linear, so its derivative is the same dropout of the incoming gradient: it can be differentiated on and
// on.
struct Dropout : torch::autograd::Function<Dropout> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, double p,
                            c10::intrusive_ptr<RowsHolder> holder) {
    context->saved_data["p"] = p;
    context->saved_data["rows"] = c10::IValue::make_capsule(holder);
    return drop(x, p, holder->rows);
  }
  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto holder = c10::static_intrusive_pointer_cast<RowsHolder>(context->saved_data["rows"].toCapsule());
    return {Dropout::apply(gradients[0], context->saved_data["p"].toDouble(), holder), at::Tensor(), at::Tensor()};
  }
};
}  // namespace

extern "C" ct_tensor *ct_dropout(const ct_tensor *x, double p, const ct_rows *rows) {
  return guarded<ct_tensor *>(nullptr, [&] {
    TORCH_CHECK(p >= 0 && p < 1, "a dropout probability lies in [0, 1), not ", p);
    return wrap(Dropout::apply(unwrap(x), p, c10::make_intrusive<RowsHolder>(Rows(*rows))));
  });
}
#endif
