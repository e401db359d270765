#include "predictor/workspace_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "predictor/normal_text.h"

namespace fimd {
namespace {

constexpr std::size_t kMostBytes = 0xffff'ffff;

// Written as the machine has it, so that another byte order is another version.
struct Header {
  std::uint64_t magic = 0x3178'646e'6964'6d66;  // "fmdindx1"
  std::uint64_t checksum = 0;                   // of all that follows
  std::uint64_t source_bytes = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t starts = 0;
};

// Four chains of multiplications, so that a gigabyte takes a fraction of a second. Each step is invertible:
// an altered byte always alters the sum.
std::uint64_t checksum(std::string_view bytes) {
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t sums[4] = {1, 2, 3, 4};
  const auto step = [](std::uint64_t& sum, std::uint64_t word) {
    sum = (sum ^ word) * kOdd;
    sum ^= sum >> 29;
  };
  std::size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32) {
    std::uint64_t words[4];
    std::memcpy(words, bytes.data() + at, 32);
    for (int i = 0; i < 4; ++i) step(sums[i], words[i]);
  }
  for (; at < bytes.size(); ++at) step(sums[0], static_cast<unsigned char>(bytes[at]));
  for (int i = 1; i < 4; ++i) step(sums[0], sums[i]);
  step(sums[0], bytes.size());
  return sums[0];
}

std::string_view bytes_of(const auto* values, std::size_t count) {
  return {reinterpret_cast<const char*>(values), count * sizeof(*values)};
}

std::string_view checked_part(std::string_view image) {
  return image.substr(offsetof(Header, source_bytes));
}

}  // namespace

void WorkspaceIndex::Builder::add(std::string_view text) {
  if (text_.size() + text.size() >= kMostBytes / 2) return;
  bytes_ += text.size();
  const std::size_t before = text_.size();
  append_normal(text_, text);
  if (text_.size() > before) text_ += kTextEnd;
}

WorkspaceIndex WorkspaceIndex::Builder::build() && {
  WorkspaceIndex index;
  text_.shrink_to_fit();
  index.text_ = std::move(text_);
  index.source_bytes_ = bytes_;
  append_token_starts(index.starts_, index.text_, 0);
  index.starts_.shrink_to_fit();
  sort_suffixes(index.text_, index.starts_);
  return index;
}

std::string WorkspaceIndex::image() const {
  Header header;
  header.source_bytes = source_bytes_;
  header.text_bytes = text_.size();
  header.starts = starts_.size();
  std::string image;
  image.reserve(sizeof header + text_.size() + starts_.size() * sizeof(std::uint32_t));
  image += bytes_of(&header, 1);
  image += text_;
  image += bytes_of(starts_.data(), starts_.size());
  header.checksum = checksum(checked_part(image));
  std::memcpy(image.data(), &header, sizeof header);
  return image;
}

std::optional<WorkspaceIndex> WorkspaceIndex::load(std::string_view image) {
  Header header;
  if (image.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, image.data(), sizeof header);
  const std::string_view body = image.substr(sizeof header);
  const bool sound = header.magic == Header{}.magic && header.text_bytes <= body.size() &&
                     (body.size() - header.text_bytes) / sizeof(std::uint32_t) == header.starts &&
                     (body.size() - header.text_bytes) % sizeof(std::uint32_t) == 0 &&
                     header.checksum == checksum(checked_part(image));
  if (!sound) return std::nullopt;
  WorkspaceIndex index;
  index.source_bytes_ = header.source_bytes;
  index.text_ = body.substr(0, header.text_bytes);
  index.starts_.resize(header.starts);
  if (header.starts > 0)
    std::memcpy(index.starts_.data(), body.data() + header.text_bytes, header.starts * sizeof(std::uint32_t));
  const auto inside = [&](std::uint32_t start) { return start < index.text_.size(); };
  if (!std::all_of(index.starts_.begin(), index.starts_.end(), inside)) return std::nullopt;
  return index;
}

std::size_t WorkspaceIndex::resident_bytes() const {
  return text_.capacity() + starts_.capacity() * sizeof(std::uint32_t);
}

}  // namespace fimd
