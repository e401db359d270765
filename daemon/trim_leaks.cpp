// Step 1 of trim: what no document should hold.
#include <algorithm>
#include <array>

#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

// Markers of the prompt formats of Codestral, StarCoder, Qwen, DeepSeek, CodeLlama, CodeGemma, Granite and of
// chat templates. In each format, what comes after a marker belongs to another document.
constexpr std::array<std::string_view, 33> kMarkers = {"[PREFIX]",
                                                       "[SUFFIX]",
                                                       "[MIDDLE]",
                                                       "<fim_prefix>",
                                                       "<fim_suffix>",
                                                       "<fim_middle>",
                                                       "<fim_pad>",
                                                       "<fim-prefix>",
                                                       "<fim-suffix>",
                                                       "<fim-middle>",
                                                       "<|fim_prefix|>",
                                                       "<|fim_suffix|>",
                                                       "<|fim_middle|>",
                                                       "<|fim_pad|>",
                                                       "<|fim_begin|>",
                                                       "<|fim_hole|>",
                                                       "<|fim_end|>",
                                                       "<｜fim▁begin｜>",
                                                       "<｜fim▁hole｜>",
                                                       "<｜fim▁end｜>",
                                                       "<｜end▁of▁sentence｜>",
                                                       "<|endoftext|>",
                                                       "<|end_of_text|>",
                                                       "<|eot_id|>",
                                                       "<|im_start|>",
                                                       "<|im_end|>",
                                                       "<|file_sep|>",
                                                       "<|file_separator|>",
                                                       "<|repo_name|>",
                                                       "<file_sep>",
                                                       "<PRE>",
                                                       "<SUF>",
                                                       "<MID>"};
constexpr std::array<std::string_view, 2> kEndMarkers = {"</s>", "<EOT>"};

std::string_view marker_name(std::string_view marker) {
  return marker.starts_with('[') ? marker.substr(1, marker.size() - 2) : marker;
}

bool mentions(std::string_view document, std::string_view word) {
  return document.find(word) != std::string_view::npos;
}

std::size_t keep_before_markers(std::string_view text, std::string_view prefix, std::string_view suffix) {
  auto keep = text.size();
  for (const auto marker : kMarkers) {
    const auto at = text.substr(0, keep).find(marker);
    if (at == std::string_view::npos) continue;
    // Code about these formats, or an array that is indexed by PREFIX, mentions them elsewhere too.
    const auto name = marker_name(marker);
    if (!mentions(prefix, name) && !mentions(suffix, name)) keep = at;
  }
  for (const auto marker : kEndMarkers) {
    if (strip_right(text.substr(0, keep)).ends_with(marker))
      keep = strip_right(text.substr(0, keep)).size() - marker.size();
  }
  return keep;
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

bool is_fence(std::string_view line) {
  return trim_both(line).starts_with("```");
}

std::size_t fences_in(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) count += is_fence(next_line(text)) ? 1 : 0;
  return count;
}

// Markdown, and a document that already has fences, may want one more.
bool speaks_markdown(const TrimContext& context) {
  return context.language == "markdown" || context.language == "mdx" || fences_in(context.prefix) > 0;
}

// Unwraps an answer that the model put between fences, and cuts off what it says after it.
std::string_view without_fences(std::string_view text, bool line_start) {
  const auto lead = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  auto rest = text.substr(lead);
  if (is_fence(next_line(rest)) && (line_start || fences_in(rest) > 0)) text = rest;
  for (rest = text; !rest.empty();) {
    const auto at = text.size() - rest.size();
    if (is_fence(next_line(rest)) && (at > 0 || line_start)) return text.substr(0, at);
  }
  return text;
}

std::size_t keep_before_file_marker(std::string_view text) {
  if (text.starts_with("+++++ ")) return 0;
  return std::min(text.find("\n+++++ "), text.size());
}

// The longest part of `text`'s front that is also the tail of `prefix` and starts at a line start there.
std::size_t repeated_tail(std::string_view text, std::string_view prefix) {
  const auto window = prefix.substr(prefix.size() - std::min(prefix.size(), text.size()));
  for (std::size_t at = 0; at < window.size(); ++at) {
    const bool line_start =
        at == 0 ? window.size() == prefix.size() || prefix[prefix.size() - window.size() - 1] == '\n'
                : window[at - 1] == '\n';
    if (line_start && text.starts_with(window.substr(at))) return window.size() - at;
  }
  return 0;
}

// Fewer than this many bytes or one word may well be meant twice: `f(f(x))`, `- - -`.
constexpr std::size_t kShortestRepeatedPrefix = 8;

std::string_view without_repeated_prefix(std::string_view text, std::string_view prefix) {
  const auto repeated = repeated_tail(text, prefix);
  const auto what = trim_both(text.substr(0, repeated));
  const bool words = what.find_first_of(" (.=") != std::string_view::npos;
  return what.size() >= kShortestRepeatedPrefix && words ? text.substr(repeated) : text;
}

bool opens_line(std::string_view prefix) {
  const auto line = strip_right(prefix);
  return !line.empty() && std::string_view("{([:,").find(line.back()) != std::string_view::npos;
}

// On an indented blank line a model may start with a newline, or write the indentation that is already there.
std::string_view without_extra_indentation(std::string_view text, std::string_view prefix) {
  const auto line = current_line(prefix);
  const auto above = strip_right(prefix.substr(0, prefix.size() - line.size()));
  const bool blank_above = prefix.size() - line.size() > above.size() + 2;
  if (!line.empty() || blank_above || opens_line(above)) {
    const auto first = std::min(text.find_first_not_of(" \t\n"), text.size());
    const auto newline = text.substr(0, first).rfind('\n');
    if (newline != std::string_view::npos) text.remove_prefix(newline + 1);
  }
  const auto written = indentation_of(text);
  const bool deeper = opens_line(above) && columns(current_line(above)) == columns(line);
  if (!line.empty() && written.size() >= line.size() && written.starts_with(line) && !deeper)
    text.remove_prefix(line.size());
  return text;
}

}  // namespace

std::string without_leaks(std::string_view generated, const TrimContext& context) {
  auto text = generated.substr(0, kTrimWindow);
  // A text this long is no completion; its whole lines may still be one.
  if (text.size() < generated.size()) text = text.substr(0, text.rfind('\n') + 1);
  text = text.substr(0, keep_valid(text));
  text = text.substr(0, keep_before_markers(text, context.prefix, context.suffix));
  text = text.substr(0, keep_before_file_marker(text));
  const bool line_start = trim_both(current_line(context.prefix)).empty();
  std::string result(text);
  if (text.find("```") != std::string_view::npos && !speaks_markdown(context)) {
    result = without_fences(text, line_start);
  }
  std::erase(result, '\r');
  return result;
}

std::string_view without_extra_lead(std::string_view text, std::string_view prefix) {
  const auto line = current_line(prefix);
  text = without_repeated_prefix(text, prefix);
  if (trim_both(line).empty()) return without_extra_indentation(text, prefix);
  const bool one_space = text.starts_with(' ') && !text.starts_with("  ");
  if (one_space && is_blank(line.back())) text.remove_prefix(1);
  return text;
}

}  // namespace fimd
