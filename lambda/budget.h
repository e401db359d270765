// How much each caller may use in a day. Kept in memory: an instance counts only what it served itself, so
// with several instances the true limit is that many times higher.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace fimd {

struct DailyBudget {
  int calls = 0;   // 0: no limit
  int tokens = 0;  // of prompts and completions, as the model counted them; 0: no limit
};

class Budget {
 public:
  explicit Budget(DailyBudget limit) : limit_(limit) {}

  // Counts a call. False when today's calls or tokens are used up. `now` is Unix time; days are UTC.
  bool admit(const std::string& caller, std::chrono::seconds now);
  // Tokens are known only afterwards, so the last call of a day may overdraw.
  void spend(const std::string& caller, int tokens, std::chrono::seconds now);

  static std::chrono::seconds until_tomorrow(std::chrono::seconds now);

 private:
  struct Day {
    long number = 0;
    int calls = 0;
    long tokens = 0;
  };
  Day& today(const std::string& caller, std::chrono::seconds now);

  DailyBudget limit_;
  std::mutex mutex_;
  std::map<std::string, Day> days_;  // by caller; names come from the configuration, so there are few
};

}  // namespace fimd
