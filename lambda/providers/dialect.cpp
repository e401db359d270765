#include "lambda/providers/dialect.h"

namespace fimd {

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : {&codestral_dialect()}) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

}  // namespace fimd
