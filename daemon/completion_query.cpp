#include "daemon/completion_query.h"

#include <algorithm>

#include "daemon/line_hash.h"
#include "protocol/completion.h"

namespace fimd {

CursorState state_of(const CompletionQuery& query) {
  CursorState state;
  state.document = document_id(query.snapshot.uri);
  state.text = query.snapshot.text;
  state.cursor = query.cursor;
  if (query.stateless) state.document = chain(state.document, state.suffix());
  state.language = query.snapshot.languageId;
  if (query.formatting) state.indentation = {!query.formatting->insertSpaces, query.formatting->tabSize};
  return state;
}

int wanted_by(const CompletionQuery& query) {
  if (query.stateless) return std::clamp(query.n, 1, kMaxCandidates);
  return query.trigger == TriggerKind::invoked ? kMaxCandidates : 1;
}

}  // namespace fimd
