#pragma once

// SHA-256 and SHA-1 of bytes that arrive in pieces, by OpenSSL (which uses the processor's instructions for them).
// SHA-1 is kept because phones and tus clients know their files by it; nothing trusts it.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX, so that its headers stay out of ours
struct evp_md_st;

namespace mv {

/// Used by one thread at a time; movable.
class Hasher {
public:
  void update(std::span<const std::byte> bytes);
  void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }
  /// Ends the hashing: lower-case hex. Call it once; after it the hasher is spent.
  [[nodiscard]] std::string hex();

protected:
  explicit Hasher(const evp_md_st* algorithm);

private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

class Sha256 final : public Hasher {
public:
  Sha256();
};

class Sha1 final : public Hasher {
public:
  Sha1();
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string sha1_hex(std::string_view bytes);

} // namespace mv
