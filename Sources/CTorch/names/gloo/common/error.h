// LibTorch comes without the headers of Gloo, its library for sums over processes, which c10d's header includes. That
// needs no more of them than these names.
#pragma once
