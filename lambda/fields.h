// Reading other people's JSON, where nothing is as promised: a member that is absent or of another type is
// empty.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace fimd {

// The member of that name, or JSON null when there is none or `value` is no object.
const nlohmann::json& member(const nlohmann::json& value, const char* name);
std::string text_member(const nlohmann::json& value, const char* name);
int count_member(const nlohmann::json& value,
                 const char* name);  // 0 when absent, negative or not a whole number
bool flag_member(const nlohmann::json& value, const char* name);

}  // namespace fimd
