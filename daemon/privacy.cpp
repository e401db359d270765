#include "daemon/privacy.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "daemon/uri.h"

namespace fimd {
namespace {

constexpr std::string_view kSecretNames = R"(
# Environments
.env*
*.env
.dev.vars*
local.settings.json
# Keys, certificates and where they are kept
*.pem
*.key
*.p8
*.p12
*.pfx
*.pkcs12
*.jks
*.bks
*.keystore
*.truststore
keystore.properties
*.ppk
*.crt
*.cert
*.cer
*.der
*.p7b
*.keytab
*.kdbx
*.ovpn
*.gpg
*.pgp
*.agekey
*.mobileprovision
id_rsa*
id_dsa*
id_ecdsa*
id_ed25519*
**/.ssh/**
**/.gnupg/**
**/.password-store/**
# Credentials
credentials*
*credentials.json
client_secret*.json
*service[-_]account*.json
secret
secrets
secret.*
secrets.*
.secret*
.netrc
_netrc
.npmrc
.yarnrc*
.pypirc
.git-credentials
.htpasswd
.pgpass
.my.cnf
.vault*
.boto
.s3cfg
.databrickscfg
.terraformrc
auth.json
passwd
shadow
# Clouds and clusters
**/.aws/**
**/.azure/**
**/.config/gcloud/**
**/.config/gh/**
**/.docker/config.json
.dockercfg
**/.kube/**
*kubeconfig*
*.tfvars
*.tfvars.json
*.tfstate
*.tfstate.*
# What was typed
.*_history
)";

// The longest path of Linux, every byte escaped. Matching patterns takes time that grows with the square of
// the depth.

// What an editor or a careful person leaves beside a file, and what Windows does not see at the end of a
// name.
std::string_view without_backup_ending(std::string_view path) {
  constexpr std::array<std::string_view, 9> kEndings = {"~",     ".",     " ",    ".bak", ".old",
                                                        ".orig", ".save", ".swp", ".tmp"};
  const auto ends_path = [&](std::string_view ending) { return path.ends_with(ending); };
  for (;;) {
    const auto ending = std::find_if(kEndings.begin(), kEndings.end(), ends_path);
    if (ending == kEndings.end()) return path;
    path.remove_suffix(ending->size());
  }
}

// Patterns from settings have no folder they are relative to, so `a/b` matches at any depth, as `b` does.
std::string anywhere(const std::vector<std::string>& patterns) {
  std::string lines;
  for (const std::string& pattern : patterns) {
    const std::size_t negation = pattern.starts_with('!') ? 1 : 0;
    const bool rooted = pattern.find('/') != std::string::npos && pattern.find('/') != negation;
    lines += pattern.substr(0, negation) + (rooted ? "**/" : "") + pattern.substr(negation) + "\n";
  }
  return lines;
}

std::string sentence(std::string_view whose, const std::string& rule) {
  return std::string(whose) + " \"" + rule + "\" keeps it on this machine";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alnum(char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z');
}
bool is_token(char c) {
  return is_alnum(c) || c == '_' || c == '-';
}

struct TokenShape {
  std::string_view prefix;
  std::size_t length;  // of what follows the prefix, at least
  std::string_view whose;
};

// Prefixes and lengths as the issuers publish them; where a length has changed over time, the shortest.
constexpr std::array kTokenShapes = {
    TokenShape{"AKIA", 16, "AWS access key"},        TokenShape{"ASIA", 16, "AWS access key"},
    TokenShape{"AIza", 35, "Google API key"},        TokenShape{"ghp_", 36, "GitHub token"},
    TokenShape{"gho_", 36, "GitHub token"},          TokenShape{"ghu_", 36, "GitHub token"},
    TokenShape{"ghs_", 36, "GitHub token"},          TokenShape{"ghr_", 36, "GitHub token"},
    TokenShape{"github_pat_", 22, "GitHub token"},   TokenShape{"glpat-", 20, "GitLab token"},
    TokenShape{"hf_", 30, "Hugging Face token"},     TokenShape{"npm_", 36, "npm token"},
    TokenShape{"pypi-", 50, "PyPI token"},           TokenShape{"sk-", 20, "model provider's key"},
    TokenShape{"sk_live_", 20, "Stripe key"},        TokenShape{"rk_live_", 20, "Stripe key"},
    TokenShape{"xoxa-", 20, "Slack token"},          TokenShape{"xoxb-", 20, "Slack token"},
    TokenShape{"xoxp-", 20, "Slack token"},          TokenShape{"xapp-", 20, "Slack token"},
    TokenShape{"dop_v1_", 60, "DigitalOcean token"}, TokenShape{"AGE-SECRET-KEY-", 50, "age key"},
};
constexpr std::size_t kShortestToken = 20;

// Random text mixes digits and letters; `sk-loading-indicator-small` is no key.
bool looks_random(std::string_view tail) {
  const auto letters =
      std::any_of(tail.begin(), tail.end(), [](char c) { return is_alnum(c) && !is_digit(c); });
  return letters && std::any_of(tail.begin(), tail.end(), is_digit);
}

const TokenShape* token_in(std::string_view word) {
  for (const TokenShape& shape : kTokenShapes) {
    const std::size_t at = word.find(shape.prefix);
    if (at == std::string_view::npos || (at > 0 && is_alnum(word[at - 1]))) continue;
    const std::string_view tail = word.substr(at + shape.prefix.size());
    if (tail.size() >= shape.length && looks_random(tail)) return &shape;
  }
  return nullptr;
}

// The first or last line of a private key, in any of the armours in use.
bool has_private_key(std::string_view text) {
  constexpr std::string_view kKey = "PRIVATE KEY";
  constexpr std::size_t kLongestOpening = 32;  // "---- BEGIN SSH2 ENCRYPTED " and some room
  if (text.find("PuTTY-User-Key-File-") != std::string_view::npos) return true;
  for (auto at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
    const std::string_view before =
        text.substr(at - std::min(at, kLongestOpening), std::min(at, kLongestOpening));
    for (const std::string_view opening : {"-----BEGIN ", "-----END ", "---- BEGIN ", "---- END "}) {
      if (before.find(opening) != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

Privacy::Privacy(const std::vector<std::string>& patterns)
    : secret_names_(kSecretNames), user_(anywhere(patterns)) {}

void Privacy::set_patterns(const std::vector<std::string>& patterns) {
  user_ = IgnoreRules(anywhere(patterns));
}

bool Privacy::set_ignore_file(std::string_view folder, std::string_view text) {
  std::string path = normal_path(uri_path(folder));
  if (path.empty() || path.back() != '/') path += '/';
  IgnoreRules rules(text);
  const auto known = ignore_files_.find(path);
  if (rules.lines() == (known == ignore_files_.end() ? IgnoreRules() : known->second).lines()) return false;
  if (rules.lines().empty()) {
    ignore_files_.erase(known);
  } else {
    ignore_files_.insert_or_assign(std::move(path), std::move(rules));
  }
  return true;
}

std::optional<std::string> Privacy::excludes(std::string_view uri) const {
  if (uri.size() > kMaxUriBytes) return "a name longer than any file's keeps it on this machine";
  const std::string path = normal_path(uri_path(uri));
  if (auto reason = excludes_path(path)) return reason;
  // A query or a fragment (a notebook's cell) may follow the path, or be part of an unescaped file name: both
  // count.
  return excludes_path(std::string_view(path).substr(0, path.find_first_of("?#")));
}

void Privacy::set_target(const std::string& path, std::string target) {
  if (target.empty()) {
    targets_.erase(path);
  } else {
    targets_.insert_or_assign(path, std::move(target));
  }
}

std::optional<std::string> Privacy::excludes_path(std::string_view path) const {
  if (auto reason = excludes_name(path)) return reason;
  const auto link = targets_.find(path);
  return link == targets_.end() ? std::nullopt : excludes_name(link->second);
}

std::optional<std::string> Privacy::excludes_name(std::string_view path) const {
  if (const auto rule = secret_names_.names(without_backup_ending(path))) {
    return sentence("the built-in rule", *rule);
  }
  if (const auto rule = user_.excludes(path)) return sentence("the setting", *rule);
  return ignored(path);
}

std::optional<std::string> Privacy::ignored(std::string_view path) const {
  if (ignore_files_.empty()) return std::nullopt;
  std::vector<const decltype(ignore_files_)::value_type*> above;  // the deepest last
  for (auto end = path.find('/'); end != std::string_view::npos;) {
    const auto known = ignore_files_.find(path.substr(0, end + 1));
    if (known != ignore_files_.end()) above.push_back(&*known);
    end = std::min(path.find('/', end + 1), path.size());
    for (auto file = above.rbegin(); file != above.rend(); ++file) {  // of the next name on the path
      const auto& [folder, rules] = **file;
      const auto verdict = rules.verdict(path.substr(0, end).substr(folder.size()), end < path.size());
      if (verdict && verdict->excluded) return sentence(folder + ".fimdignore:", std::string(verdict->line));
      if (verdict) break;
    }
    if (end == path.size()) break;
  }
  return std::nullopt;
}

std::optional<std::string> secret_in(std::string_view text) {
  if (has_private_key(text)) return "private key near the cursor: the text stays on this machine";
  for (auto begin = text.begin(); begin != text.end();) {
    const auto end = std::find_if_not(begin, text.end(), is_token);
    const std::string_view word(begin, end);
    const TokenShape* shape = word.size() >= kShortestToken ? token_in(word) : nullptr;
    if (shape) return std::string(shape->whose) + " near the cursor: the text stays on this machine";
    begin = std::find_if(end, text.end(), is_token);
  }
  return std::nullopt;
}

}  // namespace fimd
