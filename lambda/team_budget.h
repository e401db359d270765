// The same budget as budget.h, but exact over all instances: the counts are in a DynamoDB table, one item for
// each caller and day, which DynamoDB itself forgets a few days later.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "lambda/aws_api.h"
#include "lambda/budget.h"

namespace fimd {

struct BudgetTable {
  std::string name;  // empty: there is none. Its key is (caller: string, day: number)
  AwsApi dynamodb;
};

// Several threads may call; calls of DynamoDB go one after the other over one kept connection.
class TeamBudget {
 public:
  TeamBudget(DailyBudget limit, BudgetTable table, const Tls* tls);

  enum class Verdict { admitted, used_up, unknown };
  struct Admission {
    Verdict verdict;
    std::string failure;  // why it is unknown: see AwsAnswer
  };
  // Counts a call, unless today's calls or tokens are used up. `now` is Unix time; days are UTC.
  Admission admit(const std::string& caller, std::chrono::seconds now, Deadline deadline);
  // Remembers what was used; settle() writes it down. Tokens are known only afterwards, so calls that run at
  // the same time may overdraw the last of a day.
  void spend(const std::string& caller, int tokens, std::chrono::seconds now);
  // To be called once the answer is out: nobody waits for it. Why something was not written, or an empty
  // string; it is tried again the next time.
  std::string settle(Deadline deadline);

 private:
  struct Use {
    std::string caller;
    long day;
    int tokens;
  };

  DailyBudget limit_;
  BudgetTable table_;
  std::mutex mutex_;
  HttpClient client_;
  std::vector<Use> unsettled_;
};

}  // namespace fimd
