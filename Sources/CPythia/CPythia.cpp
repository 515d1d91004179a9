#include "CPythia.h"
