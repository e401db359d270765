// Step 1 of trim: what no document should hold.
#include <algorithm>
#include <array>

#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

// Markers of the prompt formats of Codestral, StarCoder, CodeLlama, Granite, Mistral and Gemma. In each
// format, what comes after a marker belongs to another document. Those of Qwen, DeepSeek, Llama and the chat
// templates are known by their shape: <|name|>.
constexpr auto kMarkers = std::to_array<std::string_view>(
    {"[PREFIX]", "[SUFFIX]", "[MIDDLE]", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>",
     "<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<file_sep>", "<PRE>", "<SUF>", "<MID>", "[/INST]",
     "<start_of_turn>", "<end_of_turn>"});
// Behind these stands what is to be inserted.
constexpr auto kMiddleMarkers = std::to_array<std::string_view>(
    {"[MIDDLE]", "<fim_middle>", "<fim-middle>", "<|fim_middle|>", "<MID>", "<｜fim▁end｜>"});
constexpr auto kEndMarkers = std::to_array<std::string_view>({"</s>", "<EOT>"});

std::string_view marker_name(std::string_view marker) {
  return marker.starts_with('[') ? marker.substr(1, marker.size() - 2) : marker;
}

bool mentions(std::string_view document, std::string_view word) {
  return document.find(word) != std::string_view::npos;
}

// The length of a marker of the shape <|name|>, <｜name｜> at the front of the text; 0 when none stands
// there.
std::size_t shaped_marker(std::string_view text) {
  constexpr std::size_t kLongestName = 40;
  for (const std::string_view bar : {"|", "｜"}) {
    auto name = text.substr(1);
    if (!name.starts_with(bar)) continue;
    name.remove_prefix(bar.size());
    const auto length = name.substr(0, kLongestName).find(bar);
    const auto what = name.substr(0, length);
    if (length == 0 || length == std::string_view::npos || !std::all_of(what.begin(), what.end(), is_word))
      continue;
    if (name.substr(length + bar.size()).starts_with('>')) return 2 + 2 * bar.size() + length;
  }
  return 0;
}

// The first marker of the text that is none of the document's: code about these formats, or an array that is
// indexed by PREFIX, mentions them elsewhere too.
std::string_view first_marker(std::string_view text, std::string_view prefix, std::string_view suffix) {
  const auto leaked = [&](std::string_view marker) {
    const auto name = marker_name(marker);
    return !mentions(prefix, name) && !mentions(suffix, name);
  };
  auto first = text.substr(text.size());
  for (const auto marker : kMarkers) {
    const auto at = text.substr(0, first.data() - text.data()).find(marker);
    if (at != std::string_view::npos && leaked(marker)) first = text.substr(at, marker.size());
  }
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto size = shaped_marker(text.substr(at));
    if (first.data() <= text.data() + at) break;
    if (size > 0 && leaked(text.substr(at, size))) return text.substr(at, size);
  }
  return first;
}

// A model that writes the markers of its prompt before its answer: what it fills in is behind the last of
// them.
std::string_view behind_middle(std::string_view text) {
  const auto lead = std::min(text.find_first_not_of(" \n"), text.size());
  const auto marked = text.substr(lead);
  std::size_t middle = 0;
  for (const auto marker : kMiddleMarkers) {
    const auto at = marked.find(marker);
    if (at != std::string_view::npos) middle = std::max(middle, at + marker.size());
  }
  return marked.substr(middle);
}

std::string_view without_markers(std::string_view text, std::string_view prefix, std::string_view suffix) {
  auto marker = first_marker(text, prefix, suffix);
  if (!marker.empty() && trim_both(text.substr(0, marker.data() - text.data())).empty()) {
    text = behind_middle(text);
    marker = first_marker(text, prefix, suffix);
  }
  text = text.substr(0, marker.empty() ? text.size() : marker.data() - text.data());
  for (const auto end : kEndMarkers) {
    const auto whole = strip_right(text);
    if (whole.ends_with(end)) text = whole.substr(0, whole.size() - end.size());
  }
  return text;
}

// The length of the UTF-8 character at the front; 0 when it is broken, overlong, a surrogate or past
// U+10FFFF.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool wrong_range = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
                           (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
  return wrong_range ? 0 : size;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && !is_blank(c);
}

std::size_t keep_valid(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = character_size(text.substr(at));
    if (size == 0 || is_control(text[at])) return at;
    at += size;
  }
  return text.size();
}

std::size_t keep_before_file_marker(std::string_view text) {
  if (text.starts_with("+++++ ")) return 0;
  const auto at = text.find("\n+++++ ");
  return at == std::string_view::npos ? text.size() : at + 1;
}

}  // namespace

std::string without_leaks(std::string_view generated, std::string_view prefix, std::string_view suffix) {
  auto text = generated.substr(0, kTrimWindow);
  // A text this long is no completion; its whole lines may still be one.
  if (text.size() < generated.size()) text = text.substr(0, text.rfind('\n') + 1);
  text = text.substr(0, keep_valid(text));
  text = without_markers(text, prefix, suffix);
  std::string result(text.substr(0, keep_before_file_marker(text)));
  std::erase(result, '\r');
  return result;
}

}  // namespace fimd
