// Endpoint wire: what the daemon asks of `POST /fim` and what comes back. PROTOCOL.md and openapi.yaml say
// the same in prose and schema; protocol/examples holds one file per message.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

constexpr int kDefaultMaxTokens = 150;
constexpr double kDefaultTemperature = 0.2;
constexpr int kMaxCandidates = 3;  // the most texts that one answer holds

struct CompletionRequest {
  std::string prompt;  // required on the wire, may be empty
  std::string suffix;
  int max_tokens = kDefaultMaxTokens;
  double temperature = kDefaultTemperature;
  std::vector<std::string> stop;
  bool stream = false;
  std::string cache_key;  // opaque; equal for requests that share a long prompt head
  std::string language;   // LSP languageId
  int n = 1;              // how many different texts are wanted; a model may give fewer
};

struct Usage {
  int prompt_tokens = 0;
  int completion_tokens = 0;
  int cached_tokens = 0;
  bool operator==(const Usage&) const = default;
};

struct Completion {
  std::string completion;
  std::string model;
  std::string finish_reason;  // "stop", "length", ... as the model said it; empty when unknown
  std::optional<Usage> usage;
  std::string provider;                        // "codestral", "local", ...; empty from an older endpoint
  std::vector<std::string> alternatives = {};  // the other texts, where several were asked for
};

// A request body that breaks the contract. `what()` is the contract's error sentence and names the field.
struct BadRequest : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Request. The reader throws BadRequest: "Missing required field: prompt", "Field max_tokens must be an
// integer", ... Unknown fields are ignored, null counts as absent, `stop` may be one string. Numbers are not
// judged, only clamped to their type: what a sensible max_tokens is, the handler decides. The writer leaves
// out fields that have their default value, but prompt and suffix.
CompletionRequest completion_request(std::string_view body);
std::string to_body(const CompletionRequest& request);

// Buffered answer. An error answer is `{"success": false, "error": message}`.
std::string to_body(const Completion& completion);
std::string error_body(std::string_view message);
// Reads a 200 answer; nothing when it is not one of ours (HTML, another shape, success false). Older
// endpoints send `completion` and `model` only.
std::optional<Completion> read_completion(std::string_view body);
// The human part of an error answer: our "error", the gateway's own "message", a "detail", else "HTTP
// <status>". At most kMaxErrorBytes of valid UTF-8 on one line.
constexpr std::size_t kMaxErrorBytes = 200;
std::string error_message(int status, std::string_view body);

// The next piece of one text of a streamed answer. Several texts may come at once, piece by piece.
struct Delta {
  std::string text;                // whole UTF-8 characters; may be empty in the last piece
  std::size_t index = 0;           // of the text: not judged, a reader ignores those it has not asked for
  std::string finish_reason = {};  // where several were asked for: this text is over, and why
  bool operator==(const Delta&) const = default;
};

// Streamed answer: server-sent events, each `data:` one JSON object. Any number of deltas, then one end or
// one error, then `[DONE]`.
struct StreamEvent {
  enum class Kind { delta, end, error, done, unknown };
  Kind kind = Kind::unknown;
  Delta delta;            // kind delta
  Completion completion;  // kind end: everything but the texts
  std::string error;      // kind error
  int status = 0;         // kind error: the HTTP status it would have had
};
StreamEvent stream_event(std::string_view data);
std::string delta_data(const Delta& delta);
std::string end_data(const Completion& completion);
std::string error_data(int status, std::string_view message);
constexpr std::string_view kDoneData = "[DONE]";

}  // namespace fimd
