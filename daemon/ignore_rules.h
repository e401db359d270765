// Patterns that name files, in the manner of .gitignore. Pure.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

// One pattern per line; blank lines and `#` comments are skipped. `*` and `?` stay inside one part of the
// path, `**` is any number of parts, `[a-z]` and `[!a-z]` are sets, `\` takes the next character as it is. A
// pattern with a `/` before its end starts at the root of the paths, any other matches at every depth. A
// trailing `/` means folders only. `!` takes back what an earlier line named; the last line that matches
// decides. Letters match in either case.
class IgnoreRules {
 public:
  IgnoreRules() = default;
  explicit IgnoreRules(std::string_view lines);

  std::vector<std::string> lines() const;  // the patterns, as written

  // What the rules say of this very file or folder, and which line does; nothing when none matches. Paths are
  // relative to the root and use `/`.
  struct Verdict {
    bool excluded = false;  // else a `!` takes it back
    std::string_view line;  // lives as long as the rules
  };
  std::optional<Verdict> verdict(std::string_view path, bool folder) const;

  // The line that names this very file, if any.
  std::optional<std::string> names(std::string_view path) const;

  // The line that excludes the file: by its own name or, as nothing inside an excluded folder can be taken
  // back, by a folder above it. `folder`: the path is one itself.
  std::optional<std::string> excludes(std::string_view path, bool folder = false) const;

 private:
  struct Atom {  // one character of a pattern
    bool star = false;
    std::bitset<256> accepts;
  };
  using Part = std::vector<Atom>;  // one part of the path; empty: `**`
  struct Rule {
    std::string line;  // as written
    bool negated = false;
    bool folders_only = false;
    std::vector<Part> parts;
  };
  using Names = std::vector<std::string_view>;

  static std::optional<Rule> parsed(std::string_view line);
  static Part part(std::string_view pattern);
  static bool matches(const Rule& rule, const Names& names);
  const Rule* deciding(const Names& names, bool folder) const;

  std::vector<Rule> rules_;
};

}  // namespace fimd
