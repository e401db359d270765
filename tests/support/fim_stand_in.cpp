// fim-stand-in: the Codestral stand-in as a program, for scripts, benches and editor tests. Prints its base
// URL as the first line of stdout and serves until it is killed or, with --exit-with-parent, its stdin ends.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/codestral_stand_in.h"

namespace {

constexpr const char* kUsage =
    "usage: fim-stand-in [--listen 127.0.0.1:PORT] [--text TEXT | --echo] [--key KEY] [--delay-ms N]\n"
    "                    [--chunk-bytes N] [--chunk-delay-ms N] [--exit-with-parent]\n"
    "                    [--status 401|422|429|500]\n"
    "  --text TEXT   every completion is TEXT (\"return 42;\" unless given; \\n stands for a new line)\n"
    "  --echo        every completion is the last line of the prompt\n"
    "  --key KEY     the expected bearer; any is taken unless given\n"
    "  --status N    every answer is that error\n";

std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool newline = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
    result += newline ? '\n' : text[i];
    i += newline ? 1 : 0;
  }
  return result;
}

fimd::test::Reply error_reply(int status) {
  switch (status) {
    case 401:
      return fimd::test::unauthorized();
    case 422:
      return fimd::test::unprocessable("field");
    case 429:
      return fimd::test::rate_limited(1);
    default:
      return fimd::test::broken();
  }
}

struct Arguments {
  fimd::test::CodestralStandIn::Options options{.key = ""};
  std::string text = "return 42;";
  bool echo = false;
  bool exit_with_parent = false;
};

Arguments parse(int argc, char** argv) {
  Arguments result;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 < argc) return argv[++i];
      std::cerr << kUsage;
      std::exit(2);
    };
    const auto milliseconds = [&] { return std::chrono::milliseconds(std::stol(value())); };
    if (name == "--listen") {
      const std::string address = value();
      result.options.port = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    } else if (name == "--text") {
      result.text = unescaped(value());
    } else if (name == "--echo") {
      result.echo = true;
    } else if (name == "--key") {
      result.options.key = value();
    } else if (name == "--delay-ms") {
      result.options.delay = milliseconds();
    } else if (name == "--chunk-bytes") {
      result.options.delta_bytes = std::stoul(value());
    } else if (name == "--chunk-delay-ms") {
      result.options.delta_delay = milliseconds();
    } else if (name == "--status") {
      result.options.fault = error_reply(std::stoi(value()));
    } else if (name == "--exit-with-parent") {
      result.exit_with_parent = true;
    } else {
      (name == "--help" ? std::cout : std::cerr) << kUsage;
      std::exit(name == "--help" ? 0 : 2);
    }
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  const auto model = [&](const std::string& prompt, const std::string&) {
    return arguments.echo ? prompt.substr(prompt.rfind('\n') + 1) : arguments.text;
  };
  fimd::test::CodestralStandIn stand_in(model, arguments.options);
  std::cout << stand_in.url() << std::endl;
  while (!arguments.exit_with_parent) ::pause();
  for (char bytes[256]; ::read(STDIN_FILENO, bytes, sizeof bytes) > 0;) {
  }
}
