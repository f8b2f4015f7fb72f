// OpenSSL's newer interface keeps its state to itself. The older one shows it, is the same code beneath, and stays in
// every 3.x; this is the one file that asks for it.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/base/content_hash.hpp"

#include <openssl/sha.h>

#include <array>
#include <charconv>
#include <cstring>
#include <format>
#include <vector>

#include "core/base/encoding.hpp"

namespace mv {

namespace {

std::string words_text(std::initializer_list<SHA_LONG> words) {
  std::string text;
  for (const SHA_LONG word : words)
    text += std::format("{:08x}", word);
  return text;
}

bool read_words(std::string_view text, std::initializer_list<SHA_LONG*> words) {
  if (text.size() != words.size() * 8) return false;
  for (SHA_LONG* const word : words) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + 8, *word, 16);
    if (error != std::errc() || stop != text.data() + 8) return false;
    text.remove_prefix(8);
  }
  return true;
}

template <typename Context>
void set_length(Context& context, std::int64_t bytes) {
  const auto bits = static_cast<std::uint64_t>(bytes) * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32U);
  context.num = static_cast<unsigned int>(bytes % SHA_CBLOCK);
}

std::string hex(const unsigned char* digest, std::size_t size) {
  return hex_encode(std::string_view(reinterpret_cast<const char*>(digest), size));
}

} // namespace

struct ContentHash::State {
  SHA256_CTX sha256{};
  SHA_CTX sha1{};
  std::int64_t bytes = 0;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->sha256);
  SHA1_Init(&state_->sha1);
}

ContentHash::~ContentHash() = default;
ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;

void ContentHash::update(std::string_view bytes) {
  SHA256_Update(&state_->sha256, bytes.data(), bytes.size());
  SHA1_Update(&state_->sha1, bytes.data(), bytes.size());
  state_->bytes += static_cast<std::int64_t>(bytes.size());
}

std::int64_t ContentHash::bytes() const { return state_->bytes; }

std::string ContentHash::sha256() const {
  SHA256_CTX copy = state_->sha256;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Final(digest.data(), &copy);
  return hex(digest.data(), digest.size());
}

std::string ContentHash::sha1() const {
  SHA_CTX copy = state_->sha1;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1_Final(digest.data(), &copy);
  return hex(digest.data(), digest.size());
}

std::string ContentHash::save() const {
  const SHA256_CTX& a = state_->sha256;
  const SHA_CTX& b = state_->sha1;
  // Both work in blocks of 64 bytes, so that what waits for a block to be full is the same.
  const auto waiting = static_cast<std::size_t>(state_->bytes % SHA_CBLOCK);
  return std::format(
      "1 {} {} {} {}", state_->bytes, words_text({a.h[0], a.h[1], a.h[2], a.h[3], a.h[4], a.h[5], a.h[6], a.h[7]}),
      words_text({b.h0, b.h1, b.h2, b.h3, b.h4}), hex(reinterpret_cast<const unsigned char*>(a.data), waiting));
}

std::optional<ContentHash> ContentHash::load(std::string_view text) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto field = text.substr(0, text.find(' '));
    fields.push_back(field);
    if (field.size() == text.size()) break;
    text.remove_prefix(field.size() + 1);
  }
  if (fields.size() != 5 || fields[0] != "1") return std::nullopt;
  ContentHash hash;
  State& state = *hash.state_;
  const auto [stop, error] = std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), state.bytes);
  if (error != std::errc() || stop != fields[1].data() + fields[1].size() || state.bytes < 0) return std::nullopt;
  SHA256_CTX& a = state.sha256;
  SHA_CTX& b = state.sha1;
  if (!read_words(fields[2], {&a.h[0], &a.h[1], &a.h[2], &a.h[3], &a.h[4], &a.h[5], &a.h[6], &a.h[7]}) ||
      !read_words(fields[3], {&b.h0, &b.h1, &b.h2, &b.h3, &b.h4})) {
    return std::nullopt;
  }
  set_length(a, state.bytes);
  set_length(b, state.bytes);
  const auto waiting = hex_decode(fields[4]);
  if (!waiting || waiting->size() != static_cast<std::size_t>(state.bytes % SHA_CBLOCK)) return std::nullopt;
  std::memcpy(a.data, waiting->data(), waiting->size());
  std::memcpy(b.data, waiting->data(), waiting->size());
  return hash;
}

} // namespace mv
