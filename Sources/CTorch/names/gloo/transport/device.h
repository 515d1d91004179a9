// See algorithm.h. Only pointers to these are handled here.
#pragma once

namespace gloo::transport {
class Device;
class UnboundBuffer;
}  // namespace gloo::transport
