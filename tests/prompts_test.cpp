#include "daemon/prompts.h"

#include <string>

#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kUser =
    "void drain(EventQueue& queue, Listener& listener) {\n"
    "  while (auto event = queue.pop_event()) listener.notify(event);\n";
// Shares the words of kUser.
constexpr std::string_view kQueue =
    "class EventQueue {\n"
    "  Event pop_event();\n"
    "  void push_event(Event event);\n"
    "};\n"
    "struct Listener { void notify(Event event); };\n";

// Open documents and the prompts for them, in the workspace /w.
struct Editor {
  Documents documents;
  Privacy privacy;
  Prompts prompts{documents, privacy};
  Prompt::Time now{};

  Editor() { prompts.set_workspace("/w"); }

  void open(const std::string& uri, std::string_view text, const std::string& language = "cpp") {
    documents.open({uri, language, 1, std::string(text)});
    while (prompts.read_ahead()) {
    }
  }
  void close(const std::string& uri) {
    documents.close(uri);
    prompts.closed(uri);
  }
  // Puts a text in front of a line.
  void type(const std::string& uri, std::uint32_t line, const std::string& text) {
    DidChangeParams change;
    change.uri = uri;
    change.version = ++version;
    change.contentChanges.push_back({Range{{line, 0}, {line, 0}}, std::nullopt, text});
    documents.change(change, PositionEncoding::utf8, [this](const Edit& edit) { prompts.edited(edit); });
  }
  // What the model is asked at the document's end, a minute after the last time.
  CompletionRequest at_end(const std::string& uri) {
    const auto snapshot = documents.snapshot(uri);
    CursorState state;
    state.document = document_id(uri);
    state.text = snapshot->text;
    state.cursor = state.text->size();
    state.language = snapshot->languageId;
    now += 60s;
    return prompts.request(uri, state, now);
  }

  int version = 1;
};

bool mentions(const CompletionRequest& request, std::string_view text) {
  return request.prompt.find(text) != std::string::npos || request.suffix.find(text) != std::string::npos;
}

TEST_CASE("similar code comes first, then what was edited lately, then the document itself") {
  Editor editor;
  editor.open("file:///w/src/queue.h", kQueue);
  editor.open("file:///w/notes.md", "\n", "markdown");
  editor.open("file:///w/src/use.cpp", kUser);
  editor.type("file:///w/notes.md", 0, "Drain the queue.\n");
  const auto sent = editor.at_end("file:///w/src/use.cpp");
  CHECK(sent.prompt == "+++++ src/queue.h\n" + std::string(kQueue) +
                           "+++++ notes.md\nDrain the queue.\n"
                           "+++++ src/use.cpp\n" +
                           std::string(kUser));
  CHECK(sent.stop == std::vector<std::string>{"\n+++++ "});
}

TEST_CASE("the twenty files that were used last take part") {
  Editor editor;
  editor.open("file:///w/queue.h", kQueue);
  for (int i = 0; i < 20; ++i) editor.open("file:///w/f" + std::to_string(i) + ".h", "int filler;\n");
  editor.open("file:///w/use.cpp", kUser);
  CHECK_FALSE(mentions(editor.at_end("file:///w/use.cpp"), "+++++ queue.h"));
  editor.type("file:///w/queue.h", 0, "// used again\n");
  CHECK(mentions(editor.at_end("file:///w/use.cpp"), "+++++ queue.h"));
}

TEST_CASE("what privacy excludes becomes no context, by whatever name it is open") {
  for (const auto* uri : {"file:///w/.env.h", "file:///w/id_rsa", "file:///w/%2Eenv", "untitled:/w/.env",
                          "vscode-remote://host/w/.env.local"}) {
    Editor editor;
    editor.open(uri, kQueue);
    editor.open("file:///w/use.cpp", kUser);
    editor.type(uri, 0, "canary\n");
    INFO(uri);
    const auto sent = editor.at_end("file:///w/use.cpp");
    CHECK_FALSE(mentions(sent, "EventQueue {"));
    CHECK_FALSE(mentions(sent, "canary"));
  }
}

TEST_CASE("rules that come later hold for what was gathered before") {
  Editor editor;
  editor.open("file:///w/queue.h", kQueue);
  editor.open("file:///w/use.cpp", kUser);
  editor.type("file:///w/queue.h", 0, "// canary\n");
  CHECK(mentions(editor.at_end("file:///w/use.cpp"), "canary"));
  editor.privacy.set_ignore_file("/w", "queue.h\n");
  editor.prompts.forget_all();
  editor.now -= 60s;  // at once, not when the context is old
  CHECK(editor.at_end("file:///w/use.cpp").prompt == kUser);
}

TEST_CASE("a document that was renamed is not quoted under its old name") {
  Editor editor;
  editor.open("file:///w/queue.h", kQueue);
  editor.open("file:///w/use.cpp", kUser);
  editor.type("file:///w/queue.h", 0, "// canary\n");
  CHECK(mentions(editor.at_end("file:///w/use.cpp"), "canary"));
  editor.close("file:///w/queue.h");
  editor.open("file:///w/secrets/.env", kQueue);
  editor.now -= 60s;
  CHECK(editor.at_end("file:///w/use.cpp").prompt == kUser);
}

TEST_CASE("a piece with a secret in it is left out, and only that") {
  const auto secret = "// AKIA" + std::string("IOSFODNN7EXAMPLF") + "\n";
  Editor editor;
  editor.open("file:///w/queue.h", std::string(kQueue) + secret);
  editor.open("file:///w/other.h", std::string(kQueue) + "int other;\n");
  editor.open("file:///w/use.cpp", kUser);
  editor.open("file:///w/notes.md", "\n", "markdown");
  editor.type("file:///w/notes.md", 0, secret);
  const auto sent = editor.at_end("file:///w/use.cpp");
  CHECK_FALSE(mentions(sent, "AKIA"));
  CHECK(mentions(sent, "+++++ other.h"));
}

TEST_CASE("two documents of one path are read once, and reading ahead ends") {
  std::string code;
  for (int i = 0; code.size() < 25'000; ++i) code += "call_number_" + std::to_string(i) + "();\n";
  Documents documents;
  documents.open({"file:///w/a.cpp", "cpp", 5, code});
  documents.open({"untitled:/w/a.cpp", "cpp", 1, code + code});
  documents.open({"file:///w/b.cpp", "cpp", 1, code});
  const Privacy privacy;
  Prompts prompts(documents, privacy);
  int pieces = 1;
  while (prompts.read_ahead() && pieces < 100) ++pieces;
  CHECK(pieces < 10);
}

TEST_CASE("a document that shrinks without a new version is read anew") {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += (i < 1'000 ? "  other_" : "  number_") + std::to_string(i % 50) + "();\n";
    return text;
  };
  Documents documents;
  documents.open({"file:///w/a.cpp", "cpp", 1, lines(2'000)});
  std::string near;  // like the end of the other one
  for (int i = 0; i < 20; ++i) near += "  number_" + std::to_string(i) + "();\n";
  documents.open({"file:///w/b.cpp", "cpp", 1, near});
  const Privacy privacy;
  Prompts prompts(documents, privacy);
  CursorState state;
  state.document = document_id("file:///w/b.cpp");
  state.text = documents.snapshot("file:///w/b.cpp")->text;
  state.cursor = state.text->size();
  state.language = "cpp";
  while (prompts.read_ahead()) {
  }
  DidChangeParams shrunk;
  shrunk.uri = "file:///w/a.cpp";
  shrunk.version = 1;
  shrunk.contentChanges.push_back({std::nullopt, std::nullopt, lines(3)});
  documents.change(shrunk, PositionEncoding::utf8);
  CHECK_NOTHROW(prompts.request("file:///w/b.cpp", state, {}));
}

}  // namespace
}  // namespace fimd
