// How fast the program itself is.
#pragma once

#include <string>

namespace fimd::bench {

// A line of 60 characters typed at 50 and at 150 ms per key against a model that takes 300 ms and is always
// right. In virtual time.
std::string line_report(const std::string& program, const std::string& time_library);
// Round trips of a cache hit in documents of 20 and 200 KB, beside the shortest round trip there is; what
// 1,000 different completions leave in memory; and calls with no and with 20 other documents open. In real
// time.
std::string latency_report(const std::string& program);

}  // namespace fimd::bench
