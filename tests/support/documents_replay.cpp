// Replays edits for comparison with another implementation. Each line of stdin is the params of a didOpen or
// didChange with one field more, `probe`: positions. Each line of stdout is what the document then is: its
// text, the position where every line starts and, for every probe, its offset; offsets and characters count
// UTF-16 units.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "daemon/documents.h"
#include "protocol/lsp.h"

using namespace fimd;
using nlohmann::json;

namespace {

constexpr auto kUtf16 = PositionEncoding::utf16;

std::size_t utf16_offset(const Text& text, Offset offset) {
  return length_in(kUtf16, text.view().substr(0, offset));
}

json probed(const Text& text, const json& position) {
  const Offset offset = text.offset_at({position["line"], position["character"]}, kUtf16);
  return {{"offset", utf16_offset(text, offset)},
          {"position", position_json(text.position_at(offset, kUtf16))}};
}

json state(const Text& text, const json& probes) {
  json lines = json::array();
  for (std::size_t line = 0; line < text.line_count(); ++line) {
    lines.push_back(utf16_offset(text, text.line_start(line)));
  }
  json results = json::array();
  for (const json& position : probes) results.push_back(probed(text, position));
  return {{"text", text.view()}, {"lines", lines}, {"probes", results}};
}

}  // namespace

int main() {
  Documents documents;
  for (std::string line; std::getline(std::cin, line);) {
    const json params = json::parse(line);
    const bool opens = params["textDocument"].contains("text");
    const auto fault =
        opens ? documents.open(did_open_params(params)) : documents.change(did_change_params(params), kUtf16);
    const auto snapshot = documents.snapshot(params["textDocument"]["uri"].get<std::string>());
    std::cout << (fault ? json{{"fault", *fault}} : state(*snapshot->text, params["probe"])).dump() << '\n';
  }
}
