#include "protocol/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "protocol/json_rpc.h"

namespace fimd {
namespace {

using nlohmann::json;

[[noreturn]] void wrong_type(const char* name, const char* expected) {
  throw RpcError(ErrorCode::invalid_params, fmt::format("Field {} must be {}", name, expected));
}

std::int64_t integer(const json& value, const char* name) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned()) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value.get<std::uint64_t>(), kMax));
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float() || std::trunc(value.get<double>()) != value.get<double>()) {
    wrong_type(name, "an integer");
  }
  constexpr double kEdge = 9.2e18;  // just inside the type
  return static_cast<std::int64_t>(std::clamp(value.get<double>(), -kEdge, kEdge));
}

}  // namespace

const json* find_field(const json& value, const char* name) {
  if (!value.is_object()) return nullptr;
  const auto member = value.find(name);
  return member == value.end() || member->is_null() ? nullptr : &*member;
}

const json& required_field(const json& value, const char* name) {
  if (const auto* member = find_field(value, name)) return *member;
  throw RpcError(ErrorCode::invalid_params, fmt::format("Missing required field: {}", name));
}

std::string required_string(const json& value, const char* name) {
  const auto& member = required_field(value, name);
  if (!member.is_string()) wrong_type(name, "a string");
  return member.get<std::string>();
}

std::string optional_string(const json& value, const char* name) {
  return find_field(value, name) != nullptr ? required_string(value, name) : std::string();
}

std::uint32_t required_uint(const json& value, const char* name) {
  const auto number = integer(required_field(value, name), name);
  if (number < 0) wrong_type(name, "zero or more");
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

std::int64_t optional_integer(const json& value, const char* name, std::int64_t fallback) {
  const auto* member = find_field(value, name);
  return member != nullptr ? integer(*member, name) : fallback;
}

bool optional_bool(const json& value, const char* name, bool fallback) {
  const auto* member = find_field(value, name);
  if (member == nullptr) return fallback;
  if (!member->is_boolean()) wrong_type(name, "true or false");
  return member->get<bool>();
}

}  // namespace fimd
