// Pythia 8 is C++: only CPythia includes its headers. This module carries its paths and libraries.
