// The texts of one answer, put together from a vendor's pieces in whatever order they come. Pure.
#pragma once

#include <map>
#include <vector>

#include "lambda/providers/dialect.h"
#include "protocol/completion.h"

namespace fimd {

class ModelAnswer {
 public:
  // Texts that nobody asked for are ignored: those with an index of `n` or more. Where one is asked for, it
  // is the first of each piece, whatever its index.
  explicit ModelAnswer(int n);

  // What the piece adds, for a client that streams; a text that adds nothing is left out. Where several are
  // asked for, the end of each is told with it.
  std::vector<Delta> take(const ModelPiece& piece);

  bool begun() const { return !texts_.empty(); }  // the model has spoken of a text, be it an empty one
  bool over() const;                              // and each that it has spoken of has come to its end
  std::size_t bytes() const;

  // The texts in the order of their indices, without empty ones and repetitions. `usage` is of all of them,
  // `finish_reason` is "length" where one of them was cut off, else the first one's.
  Completion completion() const;

 private:
  void take_usage(const ModelPiece& piece);
  std::optional<Usage> usage() const;

  std::size_t n_;
  std::map<std::size_t, ModelText> texts_;  // by index
  std::map<std::size_t, Usage> usages_;     // of each text, where the vendor counts them apart
  std::optional<Usage> usage_of_all_;
  std::string model_;
};

}  // namespace fimd
