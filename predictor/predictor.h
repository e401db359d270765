// Instant completions from the user's own text: no model, no network, no clock, no file.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/candidate.h"
#include "predictor/document_index.h"
#include "predictor/session_index.h"
#include "predictor/workspace_index.h"

namespace fimd {

struct Prediction {
  std::string text;          // what comes after the prefix; never empty, no trailing blanks
  double probability = 0.0;  // that the user goes on to type exactly its first line, 0 to 1
  bool shown = true;         // likely enough to be shown to somebody who did not ask for it
};

struct PredictionQuery {
  std::string_view document;  // any name; the same text under another name is another document
  std::string_view prefix;    // all of the document before the cursor
  std::string_view suffix;    // and behind it
  bool multi_line = false;    // further lines are welcome: the document itself gives them
};

// What one user's text says: the session (the last 400 KB that the user typed), the current file without the
// current line, and the workspace. Any bytes are fine. Between two keys costs 1 ms at the most.
class Predictor {
 public:
  // A whole line that the user has typed or changed: call it when the cursor leaves the line.
  void typed(std::string_view line) { session_.add(line); }

  void forget_typed() { session_ = SessionIndex(); }

  void set_workspace(std::shared_ptr<const WorkspaceIndex> workspace) { workspace_ = std::move(workspace); }

  // Reads a part of a document that is new or has changed, for less than 1 ms; whether there is more to read.
  // predict() does this itself once: call it in idle time after a large document was opened.
  bool read(const PredictionQuery& query);

  // Nothing when no continuation is known or none fits what stands after the cursor.
  std::optional<Prediction> predict(const PredictionQuery& query);

  // The document is closed.
  void forget(std::string_view document);

  // For the bench: everything that predict() chooses from.
  std::vector<Candidate> consider(const PredictionQuery& query);

  std::size_t resident_bytes() const;  // without the workspace's

 private:
  struct Document {
    std::string name;
    DocumentIndex index;
  };

  bool read(std::string_view document, const Query& query);
  std::vector<Indexed> indexes() const;
  std::optional<Prediction> lines_under(const Query& line) const;

  SessionIndex session_;
  std::vector<Document> documents_;  // the current one last
  std::shared_ptr<const WorkspaceIndex> workspace_;
};

// The likely continuation of `prefix` (the text before the cursor; `suffix` stands after it), learnt from
// both and from `others`, further texts of the same project. Whoever calls this has asked: what is not
// likely enough to be shown unasked is said too, with `shown` false.
// Reads every text once: about 60 ms for each megabyte.
std::optional<Prediction> predict(std::string_view prefix, std::string_view suffix,
                                  std::span<const std::string_view> others = {});

}  // namespace fimd
