#include "daemon/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <filesystem>
#include <optional>

#include "daemon/endpoint.h"
#include "daemon/http_client.h"
#include "daemon/index_store.h"
#include "daemon/local_backend.h"
#include "predictor/predictor.h"

namespace fimd {
namespace {

using Status = EndpointAnswer::Status;

struct Finding {
  std::string_view about;
  std::string text;
  bool broken = false;
};

// A text of our own: the doctor has no business in the user's.
constexpr std::string_view kProbe = "def add(a, b):\n    return ";
constexpr int kProbeTokens = 8;
constexpr std::string_view kRepetition =
    "total = measure(left, right)\ntotal = measure(left, right)\ntotal = measure(left, right)\ntotal = mea";

Finding program() {
  std::error_code ec;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", ec);
  return {"program", fmt::format("fimd {}, {}", FIMD_VERSION, ec ? "at an unknown place" : path.string())};
}

Finding settings(const std::string& fault) {
  if (!fault.empty()) return {"settings", fault, true};
  const auto path = config_file_path();
  const bool there = std::filesystem::exists(path);
  if (there && ::access(path.c_str(), R_OK) != 0) return {"settings", path + " cannot be read", true};
  return {"settings", there ? path : fmt::format("no {}: defaults, environment, flags", path)};
}

Finding token(const Config& config) {
  if (config.endpoint.empty()) return {"token", "not needed: no endpoint is set"};
  return {"token", config.token.empty() ? "none is set: FIMD_TOKEN or \"token\" in the settings"
                                        : "one is set, and not shown"};
}

std::string_view advice(const EndpointAnswer& answer) {
  if (answer.http_status == 401 || answer.http_status == 403) return ": set a token that it takes";
  if (answer.http_status == 404) return ": the URL needs its path, as in https://HOST/fim";
  if (answer.http_status == 0) return ": is the URL right, and the network there?";
  return "";
}

Finding told(const EndpointAnswer& answer, std::string_view where, std::int64_t ms) {
  const auto status = answer.http_status == 0 ? "no answer" : fmt::format("HTTP {}", answer.http_status);
  auto text = fmt::format("{}: {} after {} ms", where, status, ms);
  if (answer.status == Status::ok) {
    const auto& model = answer.completion.model;
    return {"endpoint", model.empty() ? text : fmt::format("{}, by {}", text, model)};
  }
  return {"endpoint", fmt::format("{}: {}{}", text, answer.message, advice(answer)), true};
}

Finding endpoint(const Config& config) {
  asio::io_context io(1);
  HttpClient http(io);
  Endpoint endpoint(io, http, config);
  LocalBackend backend(io, endpoint, config);
  connect_as_configured(config, endpoint, backend);
  if (endpoint.absent()) return {"endpoint", "none is set, nor a model: completions come from your own text"};

  CompletionRequest request;
  request.prompt = kProbe;
  request.suffix = "\n";
  request.max_tokens = kProbeTokens;
  request.stream = config.stream;
  request.language = "python";
  const auto begin = SteadyClock::now();
  EndpointAnswer found;
  const TextSink ignore = [](const Delta&) { return true; };
  asio::co_spawn(io, endpoint.complete(request, ignore), [&](std::exception_ptr, EndpointAnswer answer) {
    found = std::move(answer);
    io.stop();
  });
  io.run();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin);
  const auto where = config.endpoint.empty() ? "the bundled backend" : without_secrets(config.endpoint);
  return told(found, where, took.count());
}

Finding predictor(const Config& config) {
  if (config.predictor == PredictorMode::off) return {"predictor", "switched off"};
  const auto found = predict(kRepetition, "");
  if (!found) return {"predictor", "finds nothing in a text that repeats itself", true};
  const bool alone = config.endpoint.empty() && !has_model_configured();
  const bool at_once = alone || config.predictor == PredictorMode::eager;
  return {"predictor", at_once ? "answers at once" : "answers while the model is away"};
}

std::string age_of(const std::string& path) {
  std::error_code ec;
  const auto made = std::filesystem::last_write_time(path, ec);
  if (ec) return "of unknown age";
  const auto age = std::filesystem::file_time_type::clock::now() - made;
  const auto hours = std::chrono::floor<std::chrono::hours>(age).count();
  if (hours < 1) return "made within the last hour";
  return hours < 48 ? fmt::format("made {} hours ago", hours) : fmt::format("made {} days ago", hours / 24);
}

// What is stored of it, by whatever settings it was made.
Finding index(const Config& config) {
  if (!config.workspace_index || config.predictor == PredictorMode::off) return {"index", "switched off"};
  std::error_code ec;
  const auto folder = std::filesystem::current_path(ec).string();
  const IndexStore store(cache_folder(), {folder}, "");
  if (store.path().empty()) return {"index", "kept nowhere: neither XDG_CACHE_HOME nor HOME is set"};
  std::string fault;
  const auto stored = store.load(fault);
  if (!fault.empty()) return {"index", fault};
  if (!stored) return {"index", fmt::format("none of {} yet: an editor that opens it makes one", folder)};
  constexpr double kMegabyte = 1e6;
  return {"index",
          fmt::format("{} files, {:.1f} MB of source, {}", stored->files.size(),
                      static_cast<double>(stored->index->source_bytes()) / kMegabyte, age_of(store.path()))};
}

Finding workspace() {
  std::error_code ec;
  const auto folder = std::filesystem::current_path(ec);
  if (ec) return {"workspace", "the current folder is gone: " + ec.message(), true};
  const auto rules = read_text_file(folder / ".fimdignore");
  const auto lines = std::count(rules.begin(), rules.end(), '\n');
  return {"workspace",
          fmt::format("{}, {}", folder.string(),
                      rules.empty() ? "no .fimdignore" : fmt::format(".fimdignore of {} lines", lines))};
}

}  // namespace

std::string without_secrets(std::string_view url) {
  const auto query = url.find_first_of("?#");
  url = url.substr(0, query);
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const auto host = scheme + 3;
  const auto path = std::min(url.find('/', host), url.size());
  const auto user = url.substr(host, path - host).rfind('@');
  if (user == std::string_view::npos) return std::string(url);
  return fmt::format("{}{}", url.substr(0, host), url.substr(host + user + 1));
}

int examine(const Config& config, const std::string& fault) {
  const auto findings = {program(),         settings(fault), token(config), endpoint(config),
                         predictor(config), workspace(),     index(config)};
  for (const auto& [about, text, broken] : findings) {
    fmt::print("{:<5} {:<10} {}\n", broken ? "FAULT" : "ok", about, text);
  }
  return std::ranges::any_of(findings, &Finding::broken) ? 1 : 0;
}

}  // namespace fimd
