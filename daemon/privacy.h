// May this text leave the machine? Every answer that is not "yes" comes with the rule, as a sentence for the
// log that never quotes the text. Pure: the caller reads the settings and the ignore files.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ignore_rules.h"

namespace fimd {

// Which documents are excluded, by their names alone.
// 1. Names of secrets (`.env*`, keys, certificates, credentials, cloud and shell settings; the list is in
// privacy.cpp).
//    No setting takes them back, and examples such as `.env.sample` count: people paste real keys into those,
//    too.
// 2. The user's own patterns, which match at any depth unless they start with `/`.
// 3. `.fimdignore` files, each for what lies under its folder. As with `.gitignore`, the deepest that says
//    something of a file or of a folder above it decides, and nothing inside an excluded folder comes back.
// Names match in either case and as they would look without a backup's ending (`server.key.bak`).
class Privacy {
 public:
  static constexpr std::size_t kMaxUriBytes = 3 * 4096;  // no file has a longer name, each byte escaped

  Privacy() : Privacy(std::vector<std::string>()) {}
  explicit Privacy(const std::vector<std::string>& patterns);

  void set_patterns(const std::vector<std::string>& patterns);

  // Replaces the rules of the `.fimdignore` in this folder (its URI or path); empty text removes them.
  // Whether that made a difference.
  bool set_ignore_file(std::string_view folder, std::string_view text);

  // Where the file of this path really is, by what the caller knows of links; empty: there. A document is
  // excluded under either name.
  void set_target(const std::string& path, std::string target);

  // The user's own patterns.
  std::vector<std::string> patterns() const { return user_.lines(); }

  // Why the document may not be sent; nothing when it may.
  std::optional<std::string> excludes(std::string_view uri) const;

  // The same by the `.fimdignore` files alone: the quick answer for a path that the other rules let through.
  std::optional<std::string> ignored(std::string_view path) const;

 private:
  std::optional<std::string> excludes_path(std::string_view path) const;
  std::optional<std::string> excludes_name(std::string_view path) const;

  IgnoreRules secret_names_;
  IgnoreRules user_;
  std::map<std::string, IgnoreRules, std::less<>> ignore_files_;  // by folder, with a trailing '/'
  std::map<std::string, std::string, std::less<>> targets_;       // by path
};

// Why a piece of text may not be sent, wherever it comes from: it holds (part of) a private key or a token of
// a well-known shape. One pass, about 1 ns per byte.
std::optional<std::string> secret_in(std::string_view text);

}  // namespace fimd
