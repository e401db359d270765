// Catch2 v2 wants its main compiled somewhere; v3 brings its own and this file is not built.
#define CATCH_CONFIG_MAIN
#include "tests/support/catch.h"
