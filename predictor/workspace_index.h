// All texts of a workspace, indexed by their tokens. Immutable, so that it can be built on one thread and
// read on another; 1.9 bytes stay in memory for each byte of source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/suffixes.h"

namespace fimd {

class WorkspaceIndex {
 public:
  // Collects the texts, then sorts: adding costs little, build() nearly all (about 60 ms for each megabyte)
  // and for its time four more bytes for each byte of source. Any bytes are fine. What goes beyond 4 GiB of
  // normal text is left out.
  class Builder {
   public:
    void add(std::string_view text);
    std::size_t bytes() const { return bytes_; }  // of the texts added
    WorkspaceIndex build() &&;

   private:
    std::string text_;
    std::size_t bytes_ = 0;
  };

  WorkspaceIndex() = default;  // of no texts

  // The index as bytes, for a file on this kind of machine.
  std::string image() const;
  // Nothing for an image that is foreign, of another version, cut off or altered in any byte.
  static std::optional<WorkspaceIndex> load(std::string_view image);

  std::size_t source_bytes() const { return source_bytes_; }
  std::size_t resident_bytes() const;
  Suffixes suffixes() const { return {text_, starts_}; }

 private:
  std::string text_;  // normal text, a text end behind each
  std::vector<std::uint32_t> starts_;
  std::size_t source_bytes_ = 0;
};

}  // namespace fimd
