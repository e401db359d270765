// Counts words and lines of a text.
#include <cstddef>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

std::map<std::string, std::size_t> count_words(std::istream& input) {
  std::map<std::string, std::size_t> counts;
  std::string word;
  while (input >> word) ++counts[word];
  return counts;
}

std::map<std::string, std::size_t> count_lines(std::istream& input) {
  std::map<std::string, std::size_t> counts;
  std::string line;
  while (std::getline(input, line)) ++counts[line];
  return counts;
}

int main() {
  std::istringstream text("one two\none two\nthree");
  for (const auto& [word, count] : count_words(text)) std::cout << word << ' ' << count << '\n';
  text = std::istringstream("one two\none two\nthree");
  for (const auto& [line, count] : count_lines(text)) std::cout << line << ' ' << count << '\n';
}
