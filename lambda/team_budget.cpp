#include "lambda/team_budget.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kDay = std::chrono::hours(24);
constexpr int kDaysKept = 7;
constexpr const char* kUpdateItem = "DynamoDB_20120810.UpdateItem";

json number(long value) {
  return {{"N", std::to_string(value)}};
}

// Adds to one of an item's counts; makes the item if there is none. Names go through placeholders, since
// DynamoDB reserves many words.
json update(const std::string& table, const std::string& caller, long day, const char* count, long by) {
  const long expires = (day + kDaysKept) * kDay.count();
  return {{"TableName", table},
          {"Key", {{"caller", {{"S", caller}}}, {"day", number(day)}}},
          {"UpdateExpression", "ADD #count :by SET #expires = :expires"},
          {"ExpressionAttributeNames", {{"#count", count}, {"#expires", "expires"}}},
          {"ExpressionAttributeValues", {{":by", number(by)}, {":expires", number(expires)}}}};
}

// Only while `count` is below `limit`; 0 is no limit.
void require_below(json& arguments, const std::string& count, int limit) {
  if (limit == 0) return;
  std::string condition = arguments.value("ConditionExpression", "");
  if (!condition.empty()) condition += " AND ";
  condition += "(attribute_not_exists(#" + count + ") OR #" + count + " < :max_" + count + ")";
  arguments["ConditionExpression"] = condition;
  arguments["ExpressionAttributeNames"]["#" + count] = count;
  arguments["ExpressionAttributeValues"][":max_" + count] = number(limit);
}

}  // namespace

TeamBudget::TeamBudget(DailyBudget limit, BudgetTable table, const Tls* tls)
    : limit_(limit), table_(std::move(table)), client_(table_.dynamodb.endpoint, tls) {}

TeamBudget::Admission TeamBudget::admit(const std::string& caller, std::chrono::seconds now,
                                        Deadline deadline) {
  json arguments = update(table_.name, caller, now / kDay, "calls", 1);
  require_below(arguments, "calls", limit_.calls);
  require_below(arguments, "tokens", limit_.tokens);
  const std::lock_guard lock(mutex_);
  const AwsAnswer answer = call_aws(client_, table_.dynamodb, kUpdateItem, arguments, deadline);
  if (answer.failure.empty()) return {Verdict::admitted, ""};
  if (answer.failure == "ConditionalCheckFailedException") return {Verdict::used_up, ""};
  return {Verdict::unknown, answer.failure};
}

void TeamBudget::spend(const std::string& caller, int tokens, std::chrono::seconds now) {
  const std::lock_guard lock(mutex_);
  unsettled_.push_back({caller, now / kDay, tokens});
}

std::string TeamBudget::settle(Deadline deadline) {
  const std::lock_guard lock(mutex_);
  while (!unsettled_.empty()) {
    const Use& use = unsettled_.back();
    const json arguments = update(table_.name, use.caller, use.day, "tokens", use.tokens);
    const AwsAnswer answer = call_aws(client_, table_.dynamodb, kUpdateItem, arguments, deadline);
    if (!answer.failure.empty()) return answer.failure;
    unsettled_.pop_back();
  }
  return "";
}

}  // namespace fimd
