// Real source, and insertions taken out of it. README.md defines their shapes.
#pragma once

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

using Random = std::mt19937;

// Both ends included.
std::size_t pick(Random& random, std::size_t from, std::size_t to);

struct Source {
  std::string text;
  std::string language;                 // LSP languageId
  std::vector<std::string_view> lines;  // views into text
};

// document = prefix + inserted + suffix
struct Insertion {
  const Source* source;
  std::size_t begin;
  std::size_t end;
  bool block;  // whole lines; else a part of one line

  std::string_view prefix() const { return std::string_view(source->text).substr(0, begin); }
  std::string_view inserted() const { return std::string_view(source->text).substr(begin, end - begin); }
  std::string_view suffix() const { return std::string_view(source->text).substr(end); }
};

// All C, C++, TypeScript and Python below the folders but what looks generated, in the order of the paths.
std::vector<Source> read_sources(const std::vector<std::string>& folders);

// An insertion at a random line, in a random shape; nothing when the shape does not fit the line.
std::optional<Insertion> take_insertion(const Source& source, Random& random);

std::vector<std::string_view> lines_of(std::string_view text);
bool is_blank_line(std::string_view line);

}  // namespace fimd
