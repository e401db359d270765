#include "daemon/brackets.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "daemon/tokens.h"

namespace fimd {
namespace {

bool is_one_of(std::string_view language, std::initializer_list<std::string_view> languages) {
  return std::find(languages.begin(), languages.end(), language) != languages.end();
}

struct Syntax {
  explicit Syntax(std::string_view language)
      : python(language == "python"),
        script(is_one_of(
            language, {"javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"})),
        rust(language == "rust"),
        go(language == "go"),
        hash(python || is_one_of(language, {"ruby", "shellscript", "perl", "yaml", "toml", "makefile",
                                            "dockerfile", "r", "elixir", "julia", "cmake", "php"})),
        dashes(is_one_of(language, {"lua", "sql", "haskell"})),
        slashes((!hash || language == "php") && !dashes) {}

  bool python, script, rust, go, hash, dashes, slashes;
};

// The bytes that a scan has to stop at.
constexpr std::array<bool, 256> marks() {
  std::array<bool, 256> is_mark{};
  for (const char c : std::string_view("\"'`/#-\\()[]{}")) is_mark[static_cast<unsigned char>(c)] = true;
  return is_mark;
}
constexpr auto kIsMark = marks();

// Reads one literal (string or comment) at a time.
class Literals {
 public:
  Literals(std::string_view source, std::string_view language) : source_(source), syntax_(language) {}

  // Where the scan goes on after the byte at `at`, and whether a literal ends there.
  struct Step {
    std::size_t next;
    bool literal;
  };
  Step step(std::size_t at) const {
    if (!kIsMark[static_cast<unsigned char>(source_[at])]) return {at + 1, false};
    if (source_[at] == '\\') return {at + 2, false};
    const auto end = end_of(at);
    return {std::max(end, at + 1), end > at};
  }

 private:
  // Where the literal that starts at `at` ends; `at` itself when none starts there.
  std::size_t end_of(std::size_t at) const {
    switch (source_[at]) {
      case '"':
        return quoted(at);
      case '\'':
        return is_apostrophe(at) ? at : quoted(at);
      case '`':
        return syntax_.script || syntax_.go ? past("`", at + 1, syntax_.script) : at;
      case '/':
        return slash(at);
      case '#':
        return syntax_.hash && starts_word(at) ? line_end(at) : at;
      case '-':
        return syntax_.dashes && starts("--", at) ? line_end(at) : at;
      default:
        return at;
    }
  }

  bool starts(std::string_view what, std::size_t at) const { return source_.substr(at).starts_with(what); }

  std::size_t line_end(std::size_t at) const { return std::min(source_.find('\n', at), source_.size()); }

  std::size_t past(std::string_view end, std::size_t at, bool escapes) const {
    for (; at < source_.size(); ++at) {
      if (escapes && source_[at] == '\\') {
        ++at;
      } else if (starts(end, at)) {
        return at + end.size();
      }
    }
    return source_.size();
  }

  // $# and page#anchor are no comments; in Python a comment may follow anything.
  bool starts_word(std::size_t at) const { return at == 0 || syntax_.python || is_blank(source_[at - 1]); }

  // 1'000 and don't hold no character literal; neither does Rust's 'a.
  bool is_apostrophe(std::size_t at) const {
    if (at > 0 && is_word(source_[at - 1]) && !syntax_.python) return true;
    return syntax_.rust && !starts("\\", at + 1) &&
           !source_.substr(std::min(at + 2, source_.size())).starts_with('\'');
  }

  std::size_t quoted(std::size_t at) const {
    const auto triple = source_.substr(at, 3);
    if (syntax_.python && (triple == "\"\"\"" || triple == "'''")) return past(triple, at + 3, true);
    return on_line(at, source_[at]);
  }

  std::size_t on_line(std::size_t at, char end) const {
    for (auto i = at + 1; i < source_.size() && source_[i] != '\n'; ++i) {
      if (source_[i] == '\\') {
        ++i;
      } else if (source_[i] == end) {
        return i + 1;
      }
    }
    return line_end(at) == source_.size() ? source_.size() : at;
  }

  std::size_t slash(std::size_t at) const {
    if (syntax_.slashes && starts("//", at)) return line_end(at);
    if (syntax_.slashes && starts("/*", at)) return past("*/", at + 2, false);
    return syntax_.script && expects_value(at) ? past_regex(at) : at;
  }

  // The end of the regular expression that starts at `at`, in whose classes a slash is one character more.
  // What does not end on its line, or is longer than anyone writes it, is a division.
  std::size_t past_regex(std::size_t at) const {
    constexpr std::size_t kLongestRegex = 1000;
    const auto line = source_.substr(0, std::min(line_end(at), at + kLongestRegex));
    bool in_class = false;
    for (auto i = at + 1; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '/' && !in_class) {
        return i + 1;
      } else if (line[i] == '[' || line[i] == ']') {
        in_class = line[i] == '[';
      }
    }
    return at;
  }

  // In JavaScript a slash where a value is expected starts a regular expression; `a={b} />` ends an element.
  bool expects_value(std::size_t at) const {
    const auto before = strip_right(source_.substr(0, at));
    if (before.ends_with('}') && starts("/>", at)) return false;
    return before.empty() || before.ends_with("=>") || ends_with_return(before) ||
           std::string_view("(,=:[!&|?{};").find(before.back()) != std::string_view::npos;
  }

  static bool ends_with_return(std::string_view code) {
    constexpr std::string_view kWord = "return";
    return code.ends_with(kWord) &&
           (code.size() == kWord.size() || !is_word(code[code.size() - kWord.size() - 1]));
  }

  std::string_view source_;
  Syntax syntax_;
};

}  // namespace

bool is_opener(char c) {
  return c == '(' || c == '[' || c == '{';
}

bool has_preprocessor(std::string_view language) {
  return is_one_of(language, {"c", "cpp", "cuda-cpp", "objective-c", "objective-cpp", "csharp"});
}

char closer_of(char opener) {
  return opener == '(' ? ')' : opener == '[' ? ']' : '}';
}

BracketScan scan_brackets(std::string_view source, std::string_view language, std::size_t from) {
  const Literals literals(source, language);
  BracketScan scan;
  for (std::size_t at = 0; at < source.size();) {
    const char c = source[at];
    const auto [next, literal] = literals.step(at);
    if (at >= from && literal) {
      const bool lines = source.substr(at, next - at).find('\n') != std::string_view::npos;
      if (lines) scan.literals.push_back({at - from, next - from});
    } else if (at >= from && (is_opener(c) || is_closer(c))) {
      scan.brackets.push_back({at - from, c});
    }
    at = next;
  }
  return scan;
}

std::size_t calm_line(std::string_view source, std::string_view language) {
  const Literals literals(source, language);
  std::size_t calm = 0;
  for (std::size_t at = 0; at < source.size(); at = literals.step(at).next) {
    if (source[at] == '\n') calm = at + 1;
  }
  return calm;
}

bool ends_in_literal(std::string_view source, std::string_view language) {
  const auto more = std::string(source) + ' ';
  const Literals literals(more, language);
  for (std::size_t at = 0; at < source.size();) {
    const auto [next, literal] = literals.step(at);
    if (literal && source.size() < next) return true;
    at = next;
  }
  return false;
}

std::size_t regex_begin(std::string_view source, std::size_t at, std::string_view language) {
  const Literals literals(source, language);
  for (std::size_t begin = 0; begin < at;) {
    const auto [next, literal] = literals.step(begin);
    const bool comment = begin + 1 < source.size() && (source[begin + 1] == '/' || source[begin + 1] == '*');
    if (literal && next > at) return source[begin] == '/' && !comment ? begin : at;
    begin = next;
  }
  return at;
}

int depth_at(const BracketScan& scan, std::size_t at) {
  int depth = 0;
  for (const auto& bracket : scan.brackets) {
    if (bracket.at >= at) break;
    depth += is_opener(bracket.kind) ? 1 : -1;
  }
  return depth;
}

std::vector<std::size_t> unmatched_closers(const BracketScan& scan) {
  std::vector<std::size_t> unmatched;
  std::size_t open = 0;
  for (const auto& bracket : scan.brackets) {
    if (is_opener(bracket.kind)) {
      ++open;
    } else if (open > 0) {
      --open;
    } else {
      unmatched.push_back(bracket.at);
    }
  }
  return unmatched;
}

std::vector<Bracket> unmatched_openers(const BracketScan& scan) {
  std::vector<Bracket> open;
  for (const auto& bracket : scan.brackets) {
    if (is_opener(bracket.kind)) {
      open.push_back(bracket);
      continue;
    }
    const auto match = std::find_if(open.rbegin(), open.rend(), [&](const Bracket& opener) {
      return closer_of(opener.kind) == bracket.kind;
    });
    if (match != open.rend()) open.erase(match.base() - 1, open.end());
  }
  return open;
}

std::size_t imbalance(std::string_view text, std::string_view language) {
  const auto scan = scan_brackets(text, language);
  std::vector<char> open;
  std::size_t wrong = 0;
  for (const auto& bracket : scan.brackets) {
    if (is_opener(bracket.kind)) {
      open.push_back(closer_of(bracket.kind));
      continue;
    }
    const auto match = std::find(open.rbegin(), open.rend(), bracket.kind);
    wrong += match == open.rend() ? 1 : match - open.rbegin();
    if (match != open.rend()) open.erase(match.base() - 1, open.end());
  }
  return wrong + open.size();
}

}  // namespace fimd
