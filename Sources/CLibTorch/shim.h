// LibTorch is C++: only CTorch includes its headers. This module carries its paths and libraries.
