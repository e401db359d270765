#include "lambda/fields.h"

#include <algorithm>
#include <climits>
#include <nlohmann/json.hpp>

namespace fimd {
namespace {

using nlohmann::json;

const json& nothing() {
  static const json kNothing;
  return kNothing;
}

}  // namespace

const json& member(const json& value, const char* name) {
  if (!value.is_object()) return nothing();
  const auto found = value.find(name);
  return found == value.end() ? nothing() : *found;
}

std::string text_member(const json& value, const char* name) {
  const json& found = member(value, name);
  return found.is_string() ? found.get<std::string>() : "";
}

int count_member(const json& value, const char* name) {
  const json& found = member(value, name);
  if (!found.is_number_unsigned()) return 0;
  return static_cast<int>(std::min<std::uint64_t>(found.get<std::uint64_t>(), INT_MAX));
}

bool flag_member(const json& value, const char* name) {
  const json& found = member(value, name);
  return found.is_boolean() && found.get<bool>();
}

}  // namespace fimd
