// The lines that the user types, each handed on once, when it is left. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "daemon/documents.h"

namespace fimd {

class TypedLines {
 public:
  using Sink = std::function<void(std::string_view line)>;

  // Lines with nothing but blanks are not handed on, nor what comes with an edit of over kMostEditBytes: that
  // is a file read anew, or a large paste, and no typing.
  void edited(const Edit& edit, const Sink& sink);

  static constexpr std::size_t kMostEditBytes = 4096;

 private:
  std::string document_;
  std::size_t number_ = 0;
  std::string line_;  // as it was after its last edit
};

}  // namespace fimd
