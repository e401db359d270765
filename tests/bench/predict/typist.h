// A person who types given lines, and what the predictor shows meanwhile.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/predictor.h"
#include "tests/bench/predict/measure.h"
#include "tests/bench/predict/replay.h"

namespace fimd::bench {

// Nobody accepts a part of a word.
bool splits_word(std::string_view text, std::string_view next);

// The suggestion on the screen: typed through, it stays one.
class Screen {
 public:
  explicit Screen(Measured& measured) : measured_(measured) {}

  void show(const std::string& text) {
    if (text != on_) ++measured_.shown;
    on_ = text;
  }
  void clear() { on_.clear(); }
  void typed(std::string_view key) {
    if (on_.starts_with(key)) {
      on_.erase(0, key.size());
    } else {
      on_.clear();
    }
  }

 private:
  Measured& measured_;
  std::string on_;
};

class Typist {
 public:
  Typist(Predictor& predictor, Measured& measured, const ReplayOptions& options)
      : predictor_(predictor), measured_(measured), options_(options), screen_(measured) {}

  // Types `line` at the end of `prefix`, the indentation for nothing. `below` will follow it.
  void type(std::string_view document, std::string& prefix, std::string_view suffix, std::string_view line,
            std::string_view below);

 private:
  std::optional<Prediction> predicted(const PredictionQuery& query, std::string_view truth);
  std::size_t suggested(const PredictionQuery& query, std::string_view text, std::string_view truth);
  void judge_block(const std::string& said, std::string_view truth);
  void judge(const std::optional<Prediction>& said, std::string_view text, std::string_view truth);
  void judge_token(const PredictionQuery& query, std::string_view truth);
  void sample(const PredictionQuery& query, std::string_view truth);

  Predictor& predictor_;
  Measured& measured_;
  const ReplayOptions& options_;
  Screen screen_;
  std::string_view below_;
  std::size_t positions_ = 0;
};

}  // namespace fimd::bench
