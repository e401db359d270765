#include "daemon/typed_lines.h"

namespace fimd {
namespace {

void hand_on(std::string_view line, const TypedLines::Sink& sink) {
  const bool too_long = TypedLines::kMostEditBytes < line.size();
  if (!too_long && line.find_first_not_of(" \t") != std::string_view::npos) sink(line);
}

}  // namespace

void TypedLines::edited(const Edit& edit, const Sink& sink) {
  const auto first = edit.text.line_of(edit.begin);
  const auto last = edit.text.line_of(edit.end);
  if (document_ != edit.uri || number_ != first) hand_on(line_, sink);
  const bool typing = edit.end - edit.begin <= kMostEditBytes;
  for (auto line = first; typing && line < last; ++line) hand_on(edit.text.line(line), sink);
  document_ = edit.uri;
  number_ = last;
  line_ = typing ? edit.text.line(last).substr(0, kMostEditBytes + 1) : std::string_view();
}

}  // namespace fimd
