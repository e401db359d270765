// What one vendor's wire looks like: pure translation between our contract and theirs. model.cpp does the
// talking.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/completion.h"

namespace fimd {

// A part of an answer, or all of it.
struct ModelPiece {
  std::string text;
  std::string finish_reason;  // empty: not over yet, or not said
  std::optional<Usage> usage;
  std::string model;  // empty: not said
};

struct Dialect {
  std::string_view name;      // as FIM_PROVIDER spells it, and as answers and logs do
  std::string_view title;     // starts the error sentences: "Codestral error: ..."
  std::string_view base_url;  // when FIM_UPSTREAM_URL is not set; empty: it must be
  std::string_view path;      // appended to the base URL
  std::string_view model;     // when FIM_MODEL is not set; empty: the server knows
  std::string_view
      key_variable;  // the environment variable that must hold the key; empty: FIM_API_KEY, if any
  enum class Streaming { events, lines } streaming = Streaming::events;

  // The body of the request. Only fields that the vendor knows: some refuse the others.
  std::string (*request)(const CompletionRequest& request, const std::string& model);
  // An answer that is not streamed, and one event of a stream. Nothing: it is not what the vendor documents.
  std::optional<ModelPiece> (*answer)(const nlohmann::json& body);
  std::optional<ModelPiece> (*event)(const nlohmann::json& event);
};

// The dialect of that name; null when there is none.
const Dialect* find_dialect(std::string_view name);

const Dialect& codestral_dialect();

}  // namespace fimd
