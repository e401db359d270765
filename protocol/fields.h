// Typed members of a JSON object, for the readers of the editor wire. All but find_field throw
// RpcError{invalid_params} that names the field; "" and the fallback stand for absent or null.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace fimd {

// The member, or nullptr when it is absent, null, or `value` is no object.
const nlohmann::json* find_field(const nlohmann::json& value, const char* name);

const nlohmann::json& required_field(const nlohmann::json& value, const char* name);
std::string required_string(const nlohmann::json& value, const char* name);
std::string optional_string(const nlohmann::json& value, const char* name);
// Whole numbers may be written as floats (3.0). Values beyond the type are clamped to it, negative ones
// refused where the type has none.
std::uint32_t required_uint(const nlohmann::json& value, const char* name);
std::int64_t optional_integer(const nlohmann::json& value, const char* name, std::int64_t fallback);
bool optional_bool(const nlohmann::json& value, const char* name, bool fallback);

}  // namespace fimd
