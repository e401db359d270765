#include "daemon/privacy.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

bool kept(std::string_view uri) {
  return Privacy().excludes(uri).has_value();
}

bool kept_by(const std::vector<std::string>& patterns, std::string_view uri) {
  return Privacy(patterns).excludes(uri).has_value();
}

// Secrets are put together here so that no scanner takes this file for a leak.
std::string token(const std::string& prefix, std::size_t length) {
  std::string tail;
  for (std::size_t i = 0; i < length; ++i) tail += "A7bC9dE2fG"[i % 10];
  return prefix + tail;
}

}  // namespace

TEST_CASE("a document is kept under its own name and under that of what it links to") {
  Privacy privacy({"*.draft"});
  privacy.set_ignore_file("/w/closed", "*\n");
  privacy.set_target("/w/notes.md", "/home/me/.ssh/config");
  privacy.set_target("/w/a.md", "/w/b.draft");
  privacy.set_target("/w/c.md", "/w/closed/c.md");
  privacy.set_target("/w/d.md", "/w/e.md");
  privacy.set_target("/w/.env", "/w/plain.txt");
  for (const auto* uri :
       {"file:///w/notes.md", "file:///w/./notes.md#cell", "/w/a.md", "file:///w/c.md", "file:///w/.env"}) {
    INFO(uri);
    CHECK(privacy.excludes(uri));
  }
  CHECK_FALSE(privacy.excludes("file:///w/d.md"));
  privacy.set_target("/w/a.md", "");
  CHECK_FALSE(privacy.excludes("/w/a.md"));
}

TEST_CASE("files with the names of secrets stay here") {
  const char* const secrets[] = {
      ".env",
      ".env.local",
      ".env.example",
      ".env.sample",
      ".envrc",
      "prod.env",
      ".dev.vars",
      "server.pem",
      "server.key",
      "cert.p12",
      "cert.pfx",
      "a.jks",
      "a.keystore",
      "a.crt",
      "a.cert",
      "a.cer",
      "id_rsa",
      "id_rsa.pub",
      "id_ed25519",
      "id_ecdsa_sk",
      "credentials",
      "credentials.json",
      "application_default_credentials.json",
      "client_secret_1.json",
      "my-service-account.json",
      "secrets.yaml",
      "secret.json",
      ".netrc",
      "_netrc",
      ".npmrc",
      ".pypirc",
      ".git-credentials",
      ".htpasswd",
      ".pgpass",
      "main.tfvars",
      "prod.auto.tfvars.json",
      "terraform.tfstate",
      "terraform.tfstate.backup",
      "kubeconfig",
      "dev.kubeconfig.yaml",
      ".bash_history",
      "vault.kdbx",
  };
  for (const std::string name : secrets) {
    CAPTURE(name);
    CHECK(kept("file:///home/me/" + name));
    CHECK(kept(name));
  }
}

TEST_CASE("so does what lies in folders of secrets") {
  CHECK(kept("file:///home/me/.aws/config"));
  CHECK(kept("file:///home/me/.ssh/known_hosts"));
  CHECK(kept("file:///home/me/.kube/config"));
  CHECK(kept("file:///home/me/.docker/config.json"));
  CHECK(kept("file:///home/me/.gnupg/private/a"));
}

TEST_CASE("ordinary files may leave") {
  const char* const ordinary[] = {
      "main.cpp",
      "environment.py",
      "env.py",
      "env",
      "key.cpp",
      "pem.go",
      "keyboard.ts",
      "secrets_test.py",
      "tokens.cpp",
      "aws/main.tf",
      "ssh/client.go",
      "id.rs",
      "Makefile",
      ".gitignore",
      ".eslintrc",
      "package.json",
      "certificate.py",
      "credentials-service/main.go",
      "secrets/reader.py",
      "docker/config.json",
  };
  for (const std::string name : ordinary) {
    CAPTURE(name);
    CHECK_FALSE(kept("file:///home/me/src/" + name));
  }
}

TEST_CASE("no spelling gets a secret out") {
  CHECK(kept("file:///home/me/%2Eenv"));
  CHECK(kept("file:///home/me/.%65nv.local"));
  CHECK(kept("file:///c%3A/Users/me/.ENV"));
  CHECK(kept("C:\\Users\\me\\.ssh\\config"));
  CHECK(kept("file:///home/me/SERVER.PEM"));
  CHECK(kept("file:///home/me/.env?version=1"));
  CHECK(kept("vscode-notebook-cell:/home/me/.env#W0s"));
  CHECK(kept("file:///home/me/c#/.env"));
  CHECK(kept("file:///home/me/what?/.env"));
  CHECK(kept("untitled:.env"));
  CHECK(kept("file:///home/me/server.key~"));
  CHECK(kept("file:///home/me/server.key.bak"));
  CHECK(kept("file:///c:/me/server.pem."));
  CHECK(kept("file:///home//me/.ssh//config"));
  CHECK(kept("file:///" + std::string(20'000, '/')));
}

TEST_CASE("the user's patterns") {
  CHECK(kept_by({"*.sql"}, "file:///home/me/a.sql"));
  CHECK(kept_by({"clients/"}, "file:///home/me/clients/a/b.py"));
  CHECK(kept_by({"work/secret plans/**"}, "file:///home/me/work/secret%20plans/a.md"));
  CHECK(kept_by({"/home/me/work"}, "file:///home/me/work/a.md"));
  CHECK_FALSE(kept_by({"/work"}, "file:///home/me/work/a.md"));
  CHECK(kept_by({"c:/work/**"}, "file:///C%3A/work/a.md"));
  CHECK_FALSE(kept_by({"*.sql", "!ok.sql"}, "file:///home/me/ok.sql"));
  CHECK_FALSE(kept_by({""}, "file:///home/me/a.py"));
  CHECK(kept_by({"!.env", "!*"}, "file:///home/me/.env"));  // built-in rules are not taken back
}

TEST_CASE("ignore files hold under their folder, until they change") {
  Privacy privacy;
  privacy.set_ignore_file("file:///home/me/project", "/private/\n*.csv");
  CHECK(privacy.excludes("file:///home/me/project/private/a.py"));
  CHECK(privacy.excludes("file:///home/me/project/x/a.csv"));
  CHECK_FALSE(privacy.excludes("file:///home/me/project/x/private/a.py"));
  CHECK_FALSE(privacy.excludes("file:///home/me/projects/a.csv"));
  CHECK_FALSE(privacy.excludes("file:///home/me/a.csv"));
  CHECK_FALSE(privacy.set_ignore_file("/home/me/project", "/private/\n\n*.csv"));  // the same rules
  CHECK(privacy.set_ignore_file("/home/me/project/", ""));
  CHECK_FALSE(privacy.excludes("file:///home/me/project/x/a.csv"));
  CHECK_FALSE(privacy.set_ignore_file("/home/me/project", "# nothing"));
}

TEST_CASE("of ignore files at several depths the deepest decides, but nothing leaves an excluded folder") {
  Privacy privacy;
  privacy.set_ignore_file("/p", "*.csv\n/closed/\n");
  privacy.set_ignore_file("/p/sub", "!kept.csv\n/inner/*.c\nx/\n");
  privacy.set_ignore_file("/p/sub/deeper", "kept.csv\n!/x/");
  privacy.set_ignore_file("/p/closed/open", "!*");
  const auto kept_here = [&](const std::string& path) {
    return privacy.excludes("file://" + path).has_value() && privacy.ignored(path).has_value();
  };
  CHECK(kept_here("/p/a.csv"));
  CHECK(kept_here("/p/kept.csv"));
  CHECK(kept_here("/p/sub/a.csv"));
  CHECK_FALSE(privacy.excludes("file:///p/sub/kept.csv"));
  CHECK(kept_here("/p/sub/deeper/kept.csv"));
  CHECK(kept_here("/p/sub/inner/a.c"));
  CHECK_FALSE(privacy.excludes("file:///p/inner/a.c"));
  CHECK(kept_here("/p/sub/x/a.c"));
  CHECK(kept_here("/p/sub/other/x/a/b.c"));
  CHECK_FALSE(privacy.excludes("file:///p/sub/deeper/x/a.c"));
  CHECK(kept_here("/p/closed/open/a.c"));
  CHECK(privacy.excludes("/p/sub/inner/a.c") ==
        "/p/sub/.fimdignore: \"/inner/*.c\" keeps it on this machine");
  for (const char* spelling : {"file:///p//sub/inner/a.c", "file:///p/./sub//inner/a.c",
                               "file:///p/other/../sub/inner/a.c", "/p/sub/inner/x/../a.c"}) {
    INFO(spelling);
    CHECK(privacy.excludes(spelling));
  }
}

TEST_CASE("the reason names the rule") {
  CHECK(Privacy().excludes("file:///a/server.pem") == "the built-in rule \"*.pem\" keeps it on this machine");
  CHECK(Privacy({"*.sql"}).excludes("a.sql") == "the setting \"*.sql\" keeps it on this machine");
}

TEST_CASE("text with a private key stays here") {
  const std::string dashes = "-----";
  for (const std::string kind : {"", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "}) {
    CHECK(secret_in("x\n" + dashes + "BEGIN " + kind + "PRIVATE KEY" + dashes + "\nMII"));
    CHECK(secret_in("MII\n" + dashes + "END " + kind + "PRIVATE KEY" + dashes));
  }
  CHECK(secret_in(dashes + "BEGIN PGP PRIVATE KEY BLOCK" + dashes));
  CHECK(secret_in("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"));
  CHECK_FALSE(secret_in(dashes + "BEGIN PUBLIC KEY" + dashes));
  CHECK_FALSE(secret_in("the PRIVATE KEY of the server"));
}

TEST_CASE("text with a token of a known shape stays here") {
  CHECK(secret_in("key = \"" +
                  token("AK"
                        "IA",
                        16) +
                  "\""));
  CHECK(secret_in("Authorization: token " + token("ghp_", 36)));
  CHECK(secret_in(token("github_pat_", 82)));
  CHECK(secret_in("OPENAI=" + token("sk-", 48)));
  CHECK(secret_in("https://x/" + token("sk-proj-", 60) + "/y"));
  CHECK(secret_in(token("xoxb-", 40)));
  CHECK(secret_in("my_" + token("npm_", 36)));
  CHECK(secret_in(token("hf_", 34)));
}

TEST_CASE("ordinary text may leave") {
  CHECK_FALSE(secret_in(""));
  CHECK_FALSE(secret_in(token("ghp_", 12)));
  CHECK_FALSE(secret_in("class=\"sk-loading-indicator-small-and-round\""));
  CHECK_FALSE(secret_in("task-" + token("manager-", 30)));
  CHECK_FALSE(secret_in(token("T", 64)));
  CHECK_FALSE(secret_in("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST_CASE("the reason does not quote the secret") {
  CHECK(secret_in(token("ghp_", 36)) == "GitHub token near the cursor: the text stays on this machine");
}
